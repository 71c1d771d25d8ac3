package kube

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// customType is what is known of a custom resource: the fields at a path, and which of them are required.
type customType map[string]customFields

type customFields struct{ known, required []string }

// customTypes are the custom resources of the platform whose fields are checked,
// by group and kind. Sources: the CRDs that the projects ship, read 2026-11:
// aws/karpenter-provider-aws v1.13 and v1.14 pkg/apis/crds, aws/amazon-vpc-cni-k8s
// v1.22 crds, kubernetes-csi/external-snapshotter v8 client/config/crd,
// external-secrets v2 config/crds, aws-load-balancer-controller v3.5 config/crd,
// cert-manager v1.21 deploy/crds.
var customTypes = map[string]customType{
	"karpenter.sh/NodePool": {
		"spec":                            {[]string{"disruption", "limits", "replicas", "template", "weight"}, []string{"template"}},
		"spec.template":                   {[]string{"metadata", "spec"}, []string{"spec"}},
		"spec.template.spec":              {[]string{"expireAfter", "nodeClassRef", "requirements", "startupTaints", "taints", "terminationGracePeriod"}, []string{"nodeClassRef", "requirements"}},
		"spec.template.spec.nodeClassRef": {[]string{"group", "kind", "name"}, []string{"group", "kind", "name"}},
		"spec.disruption":                 {[]string{"budgets", "consolidateAfter", "consolidationPolicy"}, []string{"consolidateAfter"}},
	},
	"karpenter.k8s.aws/EC2NodeClass": {
		"spec": {[]string{"amiFamily", "amiSelectorTerms", "associatePublicIPAddress", "blockDeviceMappings", "capacityReservationSelectorTerms",
			"connectionTracking", "context", "cpuOptions", "detailedMonitoring", "instanceProfile", "instanceStorePolicy", "ipPrefixCount", "kubelet", "metadataOptions", "networkInterfaces",
			"placementGroupSelector", "role", "securityGroupSelectorTerms", "subnetSelectorTerms", "tags", "userData"},
			[]string{"amiSelectorTerms", "securityGroupSelectorTerms", "subnetSelectorTerms"}},
		"spec.metadataOptions": {[]string{"httpEndpoint", "httpProtocolIPv6", "httpPutResponseHopLimit", "httpTokens"}, nil},
		"spec.kubelet": {[]string{"clusterDNS", "cpuCFSQuota", "evictionHard", "evictionMaxPodGracePeriod", "evictionSoft", "evictionSoftGracePeriod",
			"imageGCHighThresholdPercent", "imageGCLowThresholdPercent", "kubeReserved", "maxPods", "podsPerCore", "systemReserved"}, nil},
	},
	"crd.k8s.amazonaws.com/ENIConfig": {
		"spec": {[]string{"securityGroups", "subnet"}, []string{"subnet"}},
	},
	"snapshot.storage.k8s.io/VolumeSnapshotClass": {
		"": {[]string{"apiVersion", "deletionPolicy", "driver", "kind", "metadata", "parameters"}, []string{"deletionPolicy", "driver"}},
	},
	"elbv2.k8s.aws/TargetGroupBinding": {
		"spec": {[]string{"assumeRoleExternalId", "iamRoleArnToAssume", "ipAddressType", "multiClusterTargetGroup", "networking", "nodeSelector",
			"serviceRef", "targetGroupARN", "targetGroupName", "targetGroupProtocol", "targetType", "vpcID"}, []string{"serviceRef"}},
		"spec.serviceRef": {[]string{"name", "port"}, []string{"name", "port"}},
	},
	"cert-manager.io/Certificate": {
		"spec": {[]string{"additionalOutputFormats", "commonName", "dnsNames", "duration", "emailAddresses", "encodeUsagesInRequest", "ipAddresses", "isCA",
			"issuerRef", "keystores", "literalSubject", "nameConstraints", "otherNames", "privateKey", "renewBefore", "renewBeforePercentage",
			"revisionHistoryLimit", "secretName", "secretTemplate", "signatureAlgorithm", "subject", "uris", "usages"}, []string{"issuerRef", "secretName"}},
		"spec.issuerRef": {[]string{"group", "kind", "name"}, []string{"name"}},
	},
	"cert-manager.io/ClusterIssuer": issuer, "cert-manager.io/Issuer": issuer,
	"external-secrets.io/ClusterSecretStore": secretStore,
	"external-secrets.io/SecretStore":        secretStore,
	"external-secrets.io/ExternalSecret": {
		"spec": {[]string{"data", "dataFrom", "refreshInterval", "refreshPolicy", "secretStoreRef", "target"}, nil},
	},
}

var issuer = customType{
	"spec":      {[]string{"acme", "ca", "selfSigned", "vault", "venafi"}, nil},
	"spec.acme": {[]string{"caBundle", "disableAccountKeyGeneration", "email", "enableDurationFeature", "externalAccountBinding", "preferredChain", "privateKeySecretRef", "profile", "server", "skipTLSVerify", "solvers"}, []string{"privateKeySecretRef", "server"}},
}

var secretStore = customType{
	"spec": {[]string{"conditions", "controller", "provider", "refreshInterval", "retrySettings"}, []string{"provider"}},
}

// decodeCustom checks a custom resource against the fields that are known of it.
func (a *api) decodeCustom(gvk schema.GroupVersionKind, obj map[string]any) error {
	if s := crdSchemas()[gvk.Group+"/"+gvk.Kind]; s != nil {
		return a.checkSchema(gvk, s, obj)
	}
	ct := customTypes[gvk.Group+"/"+gvk.Kind]
	if ct == nil || !a.rules.On(ruleCustomFields) {
		return nil
	}
	var unknown []string
	var missing field.ErrorList
	for _, p := range sorted(ct) {
		keys := strings.Split(p, ".")
		here := obj
		if p != "" {
			here = nested.Object(obj, keys...)
		}
		if here == nil {
			if p == "spec" {
				missing = append(missing, field.Required(field.NewPath("spec"), ""))
			}
			continue
		}
		for _, k := range sorted(here) {
			if !slices.Contains(ct[p].known, k) {
				unknown = append(unknown, fmt.Sprintf("unknown field %q", strings.TrimPrefix(p+"."+k, ".")))
			}
		}
		for _, k := range ct[p].required {
			if _, ok := here[k]; !ok {
				missing = append(missing, field.Required(fieldPath(p, k), ""))
			}
		}
	}
	switch {
	case len(unknown) > 0:
		return apierrors.NewBadRequest(ruleCustomFields.Errorf(gvk.Kind, gvk.Version, gvk.Kind, strings.Join(unknown, ", ")).Error())
	case len(missing) > 0:
		return apierrors.NewInvalid(gvk.GroupKind(), nested.Text(obj, "metadata", "name"), missing)
	}
	return nil
}

func fieldPath(parent, key string) *field.Path {
	if parent == "" {
		return field.NewPath(key)
	}
	keys := strings.Split(parent, ".")
	return field.NewPath(keys[0], append(keys[1:], key)...)
}

// crd finds the definition of a custom kind, and whether it serves the version.
func (a *api) crd(gvk schema.GroupVersionKind) (*world.Object, bool) {
	// Definitions are large: none is copied.
	named := func(o *world.Object) bool {
		return nested.Text(o.Attrs, "spec", "group") == gvk.Group && nested.Text(o.Attrs, "spec", "names", "kind") == gvk.Kind &&
			nested.Text(o.Attrs, "metadata", "deletionTimestamp") == ""
	}
	found := a.tx.Peek("kube:apiextensions.k8s.io/v1/CustomResourceDefinition", a.scope, named)
	if len(found) == 0 {
		return nil, false
	}
	return found[0], slices.ContainsFunc(nested.Objects(found[0].Attrs, "spec", "versions"), func(v map[string]any) bool {
		served, said := v["served"].(bool)
		return nested.Text(v, "name") == gvk.Version && (served || !said)
	})
}

// definition is a CRD that a chart or an add-on brings.
type definition struct {
	group, kind, plural string
	versions            []string
	cluster             bool
}

func (d definition) object() map[string]any {
	scope := "Namespaced"
	if d.cluster {
		scope = "Cluster"
	}
	var versions []any
	for i, v := range d.versions {
		versions = append(versions, map[string]any{"name": v, "served": true, "storage": i == 0})
	}
	return map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
		"metadata": map[string]any{"name": d.plural + "." + d.group},
		"spec": map[string]any{
			"group": d.group, "scope": scope, "versions": versions,
			"names": map[string]any{"kind": d.kind, "plural": d.plural},
		},
	}
}

// customObjects are all objects of the kind that a CRD defines.
func (a *api) customObjects(crd *world.Object) []*world.Object {
	group, kind := nested.Text(crd.Attrs, "spec", "group"), nested.Text(crd.Attrs, "spec", "names", "kind")
	return a.tx.Find("", a.scope, func(o *world.Object) bool {
		if !strings.HasPrefix(o.Kind, "kube:") {
			return false
		}
		g := gvkOfWorld(o.Kind)
		return g.Group == group && g.Kind == kind
	})
}
