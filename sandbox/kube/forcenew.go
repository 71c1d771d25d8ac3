package kube

import (
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// forceNew is the kubernetes provider's table of properties whose change replaces
// an object. Source: facts/providers.md A6, pulumi-kubernetes 4.30.0
// provider/pkg/provider/diff.go. Kinds that are not here follow only the rule for every kind.
var forceNew = map[string][]string{
	"apps/Deployment":                       {"spec.selector"},
	"apps/DaemonSet":                        {"spec.selector"},
	"apps/StatefulSet":                      {"spec.selector", "spec.serviceName", "spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.volumeClaimTemplates"},
	"/Service":                              {"spec.clusterIP"},
	"/ResourceQuota":                        {"spec.scopes"},
	"/PersistentVolumeClaim":                {"spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"},
	"/PersistentVolume":                     prefixed("spec.", "csi", "awsElasticBlockStore", "nfs", "hostPath", "local", "azureDisk", "azureFile", "cephfs", "cinder", "fc", "flexVolume", "flocker", "gcePersistentDisk", "glusterfs", "iscsi", "photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"),
	"/Pod":                                  podFields(),
	"/Secret":                               {"type"},
	"rbac.authorization.k8s.io/RoleBinding": {"roleRef"},
	"rbac.authorization.k8s.io/ClusterRoleBinding": {"roleRef"},
	"policy/PodDisruptionBudget@v1beta1":           {"spec"},
	"storage.k8s.io/StorageClass":                  {"parameters", "provisioner"},
	"batch/Job":                                    {"spec.completions", "spec.parallelism", "spec.selector", "spec.template"},
}

// forceNewAlways holds for every kind, custom resources included.
var forceNewAlways = []string{"metadata.name", "metadata.namespace"}

// data of a ConfigMap or Secret replaces it unless the provider says that it may change in place.
var (
	configMapData = []string{"data", "binaryData"}
	secretData    = []string{"data", "stringData"}
)

func prefixed(prefix string, names ...string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = prefix + n
	}
	return out
}

func podFields() []string {
	out := prefixed("spec.", "activeDeadlineSeconds", "affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy",
		"enableServiceLinks", "hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostname", "imagePullSecrets",
		"nodeName", "nodeSelector", "priority", "priorityClassName", "readinessGates", "restartPolicy", "runtimeClassName",
		"schedulerName", "securityContext", "serviceAccount", "serviceAccountName", "shareProcessNamespace", "subdomain",
		"terminationGracePeriodSeconds", "volumes")
	for _, c := range []string{"spec.containers[*].", "spec.initContainers[*]."} {
		out = append(out, prefixed(c, "args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe",
			"name", "ports", "readinessProbe", "resources", "securityContext", "stdin", "stdinOnce", "terminationMessagePath",
			"terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir")...)
	}
	return out
}

// mutable says which data may change in place: the provider's enableConfigMapMutable and enableSecretMutable.
type mutable struct{ configMap, secret bool }

// replacing are the property paths whose change replaces an object of the kind.
func replacing(gvk schema.GroupVersionKind, inputs map[string]any, m mutable) []string {
	key := gvk.Group + "/" + gvk.Kind
	out := append([]string{}, forceNewAlways...)
	out = append(out, forceNew[key]...)
	out = append(out, forceNew[key+"@"+gvk.Version]...)
	immutable, _ := inputs["immutable"].(bool)
	switch {
	case key == "/ConfigMap" && (!m.configMap || immutable):
		out = append(out, configMapData...)
	case key == "/Secret" && (!m.secret || immutable):
		out = append(out, secretData...)
	}
	return out
}

// covers tells whether a changed path lies at or below one of the patterns, or above one: the change then contains it.
func covers(patterns []string, path string) bool {
	generic := wildcard(path)
	for _, p := range patterns {
		if generic == p || strings.HasPrefix(generic, p+".") || strings.HasPrefix(generic, p+"[") ||
			strings.HasPrefix(p, generic+".") || strings.HasPrefix(p, generic+"[") {
			return true
		}
	}
	return false
}

// wildcard turns spec.containers[0].image into spec.containers[*].image, and ["a.b"] keys into nothing special.
func wildcard(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] != '[' {
			b.WriteByte(path[i])
			continue
		}
		end := strings.IndexByte(path[i:], ']')
		if end < 0 {
			b.WriteString(path[i:])
			break
		}
		if inner := path[i+1 : i+end]; strings.HasPrefix(inner, `"`) {
			b.WriteString("." + strings.Trim(inner, `"`))
		} else {
			b.WriteString("[*]")
		}
		i += end
	}
	return b.String()
}
