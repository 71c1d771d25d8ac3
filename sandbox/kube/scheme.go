package kube

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
)

// scheme holds every built-in kind that k8s.io/api v0.36.3 knows, and CustomResourceDefinition.
var scheme = func() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientscheme.AddToScheme, apiextensionsv1.AddToScheme} {
		if err := add(s); err != nil {
			panic("kube: the upstream scheme registers: " + err.Error())
		}
	}
	return s
}()

// strict is the decoder that a server uses with fieldValidation=Strict.
var strict = json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{Strict: true})

// Built-in kinds without a namespace. Source: kubectl api-resources --namespaced=false of 1.36, and the removed kinds of older minors.
var clusterScoped = map[string]bool{
	"Namespace": true, "Node": true, "PersistentVolume": true, "ClusterRole": true, "ClusterRoleBinding": true,
	"StorageClass": true, "CSIDriver": true, "CSINode": true, "VolumeAttachment": true, "VolumeAttributesClass": true,
	"PriorityClass": true, "RuntimeClass": true, "IngressClass": true, "CustomResourceDefinition": true,
	"MutatingWebhookConfiguration": true, "ValidatingWebhookConfiguration": true, "ValidatingAdmissionPolicy": true,
	"ValidatingAdmissionPolicyBinding": true, "MutatingAdmissionPolicy": true, "MutatingAdmissionPolicyBinding": true,
	"APIService": true, "FlowSchema": true, "PriorityLevelConfiguration": true, "CertificateSigningRequest": true,
	"ClusterTrustBundle": true, "IPAddress": true, "ServiceCIDR": true, "DeviceClass": true, "ResourceSlice": true,
	"DeviceTaintRule": true, "PodSecurityPolicy": true, "StorageVersionMigration": true, "TokenReview": true,
	"SelfSubjectReview": true, "SubjectAccessReview": true, "SelfSubjectAccessReview": true, "ComponentStatus": true,
}

// kindOf reads group, version and kind from the inputs, or from the Pulumi token when the inputs lack them.
func kindOf(token string, obj map[string]any) (schema.GroupVersionKind, error) {
	apiVersion, _ := obj["apiVersion"].(string)
	kind, _ := obj["kind"].(string)
	parts := strings.SplitN(token, ":", 3)
	if len(parts) != 3 || parts[0] != "kubernetes" || !strings.Contains(parts[1], "/") {
		return schema.GroupVersionKind{}, fmt.Errorf("sandbox: kubernetes resource type %q is not simulated", token)
	}
	if kind == "" {
		kind = parts[2]
	}
	if apiVersion == "" {
		apiVersion = strings.TrimPrefix(parts[1], "core/")
	}
	gv, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		return schema.GroupVersionKind{}, fmt.Errorf("sandbox: apiVersion %q of %s: %w", apiVersion, token, err)
	}
	switch {
	case strings.HasSuffix(parts[2], "List") && parts[2] != "List":
		return schema.GroupVersionKind{}, fmt.Errorf("list resources exist for compatibility with YAML manifests and Helm charts, and cannot be created directly; use the underlying resource type instead of %s", parts[2])
	case strings.HasSuffix(parts[2], "Patch") && kind != parts[2]:
		return schema.GroupVersionKind{}, fmt.Errorf("sandbox: Patch resources such as %q are not simulated", token)
	case gv.Group == "helm.sh":
		return schema.GroupVersionKind{}, fmt.Errorf("sandbox: %q is not simulated; use kubernetes:helm.sh/v3:Release", token)
	}
	return gv.WithKind(kind), nil
}

// lifecycle is what upstream's generated code says of kinds that came or went.
type introduced interface{ APILifecycleIntroduced() (int, int) }
type removed interface{ APILifecycleRemoved() (int, int) }

// betaOnByDefault is the last minor in which a new beta API was on by default:
// KEP-3136, beta APIs are off by default from 1.24; EKS turns none on.
const betaOnByDefault = 23

// builtIn tells whether the API server of 1.<minor> serves a kind of the upstream scheme.
func builtIn(gvk schema.GroupVersionKind, minor int) bool {
	obj, err := scheme.New(gvk)
	if err != nil || strings.HasSuffix(gvk.Kind, "List") || strings.HasSuffix(gvk.Kind, "Options") {
		return false
	}
	since := 0
	if l, ok := obj.(introduced); ok {
		_, since = l.APILifecycleIntroduced()
		if since > minor {
			return false
		}
	}
	if l, ok := obj.(removed); ok {
		if _, gone := l.APILifecycleRemoved(); gone > 0 && gone <= minor {
			return false
		}
	}
	return !strings.Contains(gvk.Version, "alpha") && (!strings.Contains(gvk.Version, "beta") || since <= betaOnByDefault)
}

// resourceOf is the plural under which the API server names a kind in its messages.
func resourceOf(gvk schema.GroupVersionKind) schema.GroupResource {
	plural, _ := meta.UnsafeGuessKindToResource(gvk)
	return plural.GroupResource()
}

// minorOf reads 36 from "1.36".
func minorOf(version string) int {
	_, m, _ := strings.Cut(version, ".")
	m, _, _ = strings.Cut(m, ".")
	n, err := strconv.Atoi(m)
	if err != nil {
		return 0
	}
	return n
}

// sameKinds are all versions of a kind, the given one first: an object is one whatever version it is read in.
func sameKinds(gvk schema.GroupVersionKind) []schema.GroupVersionKind {
	if known, ok := kindsSeen.Load(gvk); ok {
		return known.([]schema.GroupVersionKind)
	}
	out := []schema.GroupVersionKind{gvk}
	if !scheme.Recognizes(gvk) {
		return out
	}
	for _, gv := range scheme.VersionsForGroupKind(gvk.GroupKind()) {
		if gv.Version != gvk.Version {
			out = append(out, gv.WithKind(gvk.Kind))
		}
	}
	kindsSeen.Store(gvk, out)
	return out
}

// kindsSeen are answers of sameKinds: the scheme, which never changes, walks
// through all its types for each.
var kindsSeen sync.Map

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
