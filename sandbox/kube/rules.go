package kube

import "github.com/ladder-platform/ladder/sandbox/rule"

const (
	kubeAPI = "Kubernetes API conventions and k8s.io/kubernetes 1.36 validation, read 2026-11"
	facts   = "facts/providers.md, read 2026-11 from pulumi-kubernetes 4.30.0, "
)

// The laws of the simulated Kubernetes API server, in the words in which it refuses.
var (
	ruleReachable = rule.Register(rule.Rule{Name: "kube.cluster-exists", Service: "kubernetes", Source: facts + "A4.2",
		Text: "unable to load schema information from the API server: Get \"%s/openapi/v2?timeout=32s\": dial tcp: lookup %s: no such host"})
	ruleAuthenticated = rule.Register(rule.Rule{Name: "kube.access-entry", Service: "kubernetes",
		Source: "client-go 0.36 (Unauthorized); EKS user guide, access entries, read 2026-11; " + facts + "A4.1",
		Text:   "unable to load schema information from the API server: the server has asked for the client to provide credentials"})
	ruleAuthorized = rule.Register(rule.Rule{Name: "kube.access-policy", Service: "kubernetes",
		Source: kubeAPI + ", RBAC authorizer; EKS user guide, access policies, read 2026-11",
		Text:   "%s is forbidden: User %q cannot %s resource %q in API group %q %s"})
	ruleServed = rule.Register(rule.Rule{Name: "kube.kind-served", Service: "kubernetes", Source: facts + "A8.3; k8s.io/api 0.36.3 prerelease lifecycle",
		Text: "no matches for kind %q in version %q"})
	ruleCRDFirst = rule.Register(rule.Rule{Name: "kube.crd-before-resource", Service: "kubernetes", Source: facts + "A8.3",
		Text: "no matches for kind %q in version %q"})
	ruleKnownFields = rule.Register(rule.Rule{Name: "kube.known-fields", Service: "kubernetes", Source: kubeAPI + ", field validation Strict",
		Text: "%s in version %q cannot be handled as a %s: %s"})
	ruleCustomFields = rule.Register(rule.Rule{Name: "kube.custom-known-fields", Service: "kubernetes",
		Source: kubeAPI + ", field validation Strict; CRDs of the named projects at the catalogue's versions",
		Text:   "%s in version %q cannot be handled as a %s: strict decoding error: %s"})
	ruleMetadata = rule.Register(rule.Rule{Name: "kube.names-and-labels", Service: "kubernetes", Source: "k8s.io/apimachinery 0.36.3, pkg/api/validation",
		Text: "%s"})
	ruleSpec      = rule.Register(rule.Rule{Name: "kube.spec-valid", Service: "kubernetes", Source: kubeAPI, Text: "%s"})
	ruleNamespace = rule.Register(rule.Rule{Name: "kube.namespace-first", Service: "kubernetes", Source: facts + "A8.6",
		Text: "namespaces %q not found"})
	ruleTerminating = rule.Register(rule.Rule{Name: "kube.namespace-terminating", Service: "kubernetes", Source: kubeAPI + ", NamespaceLifecycle admission",
		Text: "%s %q is forbidden: unable to create new content in namespace %s because it is being terminated"})
	ruleExists = rule.Register(rule.Rule{Name: "kube.name-unique", Service: "kubernetes", Source: facts + "A8.4",
		Text: "%s %q already exists"})
	ruleImmutable = rule.Register(rule.Rule{Name: "kube.immutable-fields", Service: "kubernetes", Source: kubeAPI + ", ValidateUpdate per kind; " + facts + "A6.10",
		Text: "%s"})
	ruleReady = rule.Register(rule.Rule{Name: "kube.pods-need-nodes", Service: "kubernetes", Source: facts + "A8.2, A9.2; kube-scheduler 1.36 messages",
		Text: "%s"})
	ruleIdentity = rule.Register(rule.Rule{Name: "kube.pod-needs-identity", Service: "kubernetes",
		Source: "EKS user guide, Pod Identity; READMEs of the charts and add-ons, read 2026-11",
		Text:   "Pod %q: container is in CrashLoopBackOff: no AWS credentials for service account %q"})
	ruleEviction = rule.Register(rule.Rule{Name: "kube.eviction-budget", Service: "kubernetes",
		Source: kubeAPI + ", pods/eviction: checkAndDecrement; kubectl drain prints the message without its cause",
		Text:   "Cannot evict pod as it would violate the pod's disruption budget. The disruption budget %s needs %d healthy pods and has %d currently"})
	ruleEvictionOne = rule.Register(rule.Rule{Name: "kube.eviction-one-budget", Service: "kubernetes",
		Source: kubeAPI + ", pods/eviction",
		Text:   "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support: %s"})
	ruleDrainAccess = rule.Register(rule.Rule{Name: "kube.drain-access", Service: "kubernetes",
		Source: kubeAPI + ", RBAC authorizer; k8s.io/kubectl 0.36 pkg/drain: what drain asks the server",
		Text:   "%s is forbidden: User \"system:serviceaccount:%s\" cannot %s resource %q in API group %q at the cluster scope"})
	ruleDrainBare = rule.Register(rule.Rule{Name: "kube.drain-controller", Service: "kubernetes",
		Source: "k8s.io/kubectl 0.36 pkg/drain/filters.go, unreplicatedFilter",
		Text:   "cannot delete Pods that declare no controller (use --force to override): %s"})
	ruleDrainDaemons = rule.Register(rule.Rule{Name: "kube.drain-daemons", Service: "kubernetes",
		Source: "k8s.io/kubectl 0.36 pkg/drain/filters.go, daemonSetFilter",
		Text:   "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): %s"})
	ruleFinalizers = rule.Register(rule.Rule{Name: "kube.finalizers", Service: "kubernetes", Source: facts + "A10.2, E3",
		Text: "finalizers might be preventing deletion (%s)"})
	ruleClaim = rule.Register(rule.Rule{Name: "kube.claim-needs-class", Service: "kubernetes", Source: facts + "A9.5",
		Text: "storageclass.storage.k8s.io %q not found"})
	ruleLoadBalancer = rule.Register(rule.Rule{Name: "kube.load-balancer-controller", Service: "kubernetes", Source: facts + "A9.3, A9.4",
		Text: "Service was not allocated an IP address; does your cloud provider support this?"})
)

// The laws of Helm, as the kubernetes provider's Release meets them.
var (
	ruleChart = rule.Register(rule.Rule{Name: "helm.chart-exists", Service: "helm", Source: facts + "B.4; facts/platform.json helm_charts",
		Text: "%s; check the chart name and repository configuration."})
	ruleKubeVersion = rule.Register(rule.Rule{Name: "helm.kube-version", Service: "helm", Source: "Helm 3, action/install: isReleaseInstallable; facts/platform.json helm_charts",
		Text: "chart requires kubeVersion: %s which is incompatible with Kubernetes v%s"})
	ruleReleaseName = rule.Register(rule.Rule{Name: "helm.release-name", Service: "helm", Source: facts + "B.9",
		Text: "cannot re-use a name that is still in use"})
	rulePending = rule.Register(rule.Rule{Name: "helm.operation-in-progress", Service: "helm", Source: facts + "B.9",
		Text: "another operation (install/upgrade/rollback) is in progress"})
	ruleReleaseGone = rule.Register(rule.Rule{Name: "helm.release-exists", Service: "helm", Source: facts + "B.11",
		Text: "release: not found"})
	ruleReleaseNamespace = rule.Register(rule.Rule{Name: "helm.namespace-first", Service: "helm", Source: facts + "A8.6, B.9",
		Text: "create: failed to create: namespaces %q not found"})
	ruleReleaseKinds = rule.Register(rule.Rule{Name: "helm.kinds-exist", Service: "helm", Source: facts + "B.9",
		Text: "unable to build kubernetes objects from release manifest: resource mapping not found for name: %q namespace: %q from \"\": no matches for kind %q in version %q\nensure CRDs are installed first"})
	ruleOwnership = rule.Register(rule.Rule{Name: "helm.object-ownership", Service: "helm", Source: "Helm 3, action/validate.go: existingResourceConflict, checkOwnership, read 2026-11",
		Text: "Unable to continue with install: %s %q in namespace %q exists and cannot be imported into the current release: invalid ownership metadata; label validation error: missing key \"app.kubernetes.io/managed-by\": must be set to \"Helm\"; annotation validation error: missing key \"meta.helm.sh/release-name\": must be set to %q; annotation validation error: missing key \"meta.helm.sh/release-namespace\": must be set to %q"})
	ruleReleaseReady = rule.Register(rule.Rule{Name: "helm.release-ready", Service: "helm", Source: facts + "B.8",
		Text: "Helm release %q was created, but failed to initialize completely. Use Helm CLI to investigate: %s"})
)
