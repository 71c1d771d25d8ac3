package kube

import (
	"errors"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

func keys(s string) []string { return strings.Fields(s) }

// charts is the library. Names, repositories, versions and kubeVersion:
// facts/platform.json helm_charts and istio_artifacts. Values keys, CRDs and
// objects: the charts' own values.yaml, crds/ and templates/ at their newest
// public commit (aws/eks-charts, aws/karpenter-provider-aws,
// external-secrets/external-secrets, kubernetes/autoscaler,
// kubernetes-sigs/metrics-server; read 2026-11), the others from their READMEs.
var charts = append([]chart{
	{
		name: "karpenter", oci: []string{"oci://public.ecr.aws/karpenter/karpenter"},
		versions: []chartVersion{{"1.14.1", "1.14.1"}, {"1.13.1", "1.13.1"}},
		values: keys(`additionalAnnotations additionalClusterRoleRules additionalLabels affinity controller dnsConfig dnsPolicy
			extraVolumes fullnameOverride hostNetwork imagePullPolicy imagePullSecrets initContainers logErrorOutputPaths logLevel
			logOutputPaths nameOverride nodeSelector podAnnotations podDisruptionBudget podLabels podSecurityContext
			priorityClassName replicas revisionHistoryLimit schedulerName service serviceAccount serviceMonitor settings strategy
			terminationGracePeriodSeconds tolerations topologySpreadConstraints`),
		crds: karpenterCRDs, render: renderKarpenter,
	},
	{
		name: "karpenter-crd", oci: []string{"oci://public.ecr.aws/karpenter/karpenter-crd"},
		versions: []chartVersion{{"1.14.1", "1.14.1"}, {"1.13.1", "1.13.1"}},
		values:   keys("additionalAnnotations"), render: renderKarpenterCRD,
	},
	{
		name: "cluster-autoscaler", repos: []string{"https://kubernetes.github.io/autoscaler"},
		versions: []chartVersion{{"9.59.0", "1.35.0"}, {"9.58.0", "1.35.0"}},
		values: keys(`additionalLabels affinity autoDiscovery autoscalingGroups autoscalingGroupsnamePrefix awsAccessKeyID awsRegion
			awsSecretAccessKey cloudConfigPath cloudProvider containerSecurityContext customArgs deployment dnsConfig dnsPolicy
			envFromConfigMap envFromSecret expanderPriorities extraArgs extraEnv extraEnvConfigMaps extraEnvSecrets extraObjects
			extraVolumeMounts extraVolumeSecrets extraVolumes fullnameOverride hostNetwork image initContainers
			kubeTargetVersionOverride nameOverride nodeSelector podAnnotations podDisruptionBudget podLabels priorityClassName
			priorityConfigMapAnnotations prometheusRule rbac replicaCount resources revisionHistoryLimit secretKeyRefNameOverride
			securityContext service serviceMonitor tolerations topologySpreadConstraints updateStrategy vpa`),
		render: renderClusterAutoscaler,
	},
	{
		name: "external-secrets", repos: []string{"https://charts.external-secrets.io"},
		oci:      []string{"oci://ghcr.io/external-secrets/charts/external-secrets"},
		versions: []chartVersion{{"2.11.0", "v2.11.0"}, {"2.10.0", "v2.10.0"}}, kubeVersion: ">= 1.19.0-0",
		values: keys(`affinity certController commonLabels concurrent controllerClass crds createOperator deploymentAnnotations dnsConfig
			dnsPolicy enableHTTP2 extendedMetricLabels extraArgs extraContainers extraEnv extraInitContainers extraObjects
			extraVolumeMounts extraVolumes fullnameOverride genericTargets grafanaDashboard hostAliases hostNetwork hostUsers image
			imagePullSecrets installCRDs leaderElect leaderElectionID leaderElectionLeaseDuration leaderElectionRenewDeadline
			leaderElectionRetryPeriod livenessProbe log metrics nameOverride namespaceOverride networkPolicy nodeSelector
			openshiftFinalizers podAnnotations podDisruptionBudget podLabels podSecurityContext podSpecExtra priorityClassName
			processClusterExternalSecret processClusterGenerator processClusterPushSecret processClusterStore processPushSecret
			processSecretStore rbac readinessProbe replicaCount resources revisionHistoryLimit runtimeClassName schedulerName
			scopedNamespace scopedRBAC securityContext service serviceAccount serviceMonitor storeRequeueInterval strategy
			systemAuthDelegator tolerations topologySpreadConstraints vault webhook`),
		render: renderExternalSecrets,
	},
	{
		name: "metrics-server", repos: []string{"https://kubernetes-sigs.github.io/metrics-server/"},
		versions: []chartVersion{{"3.14.0", "0.9.0"}, {"3.13.1", "0.8.1"}},
		values: keys(`addonResizer affinity apiService args commonLabels containerPort defaultArgs deploymentAnnotations dnsConfig
			extraVolumeMounts extraVolumes fullnameOverride hostNetwork hostUsers image imagePullSecrets livenessProbe metrics
			nameOverride namespaceOverride nodeSelector podAnnotations podDisruptionBudget podLabels podSecurityContext
			priorityClassName rbac readinessProbe replicas resources revisionHistoryLimit schedulerName securityContext service
			serviceAccount serviceMonitor tls tmpVolume tolerations topologySpreadConstraints updateStrategy`),
		render: renderMetricsServer,
	},
	{
		name: "aws-load-balancer-controller", repos: []string{"https://aws.github.io/eks-charts"},
		versions: []chartVersion{{"3.5.0", "v3.5.0"}, {"3.4.3", "v3.4.3"}},
		crds: []definition{
			{"elbv2.k8s.aws", "TargetGroupBinding", "targetgroupbindings", []string{"v1beta1"}, false},
			{"elbv2.k8s.aws", "IngressClassParams", "ingressclassparams", []string{"v1beta1"}, true},
			{"elbv2.k8s.aws", "ALBTargetControlConfig", "albtargetcontrolconfigs", []string{"v1beta1"}, false},
			{"aga.k8s.aws", "GlobalAccelerator", "globalaccelerators", []string{"v1beta1"}, false},
		},
		render: renderLoadBalancerController,
	},
	{
		name: "cert-manager", repos: []string{"https://charts.jetstack.io"}, oci: []string{"oci://quay.io/jetstack/charts/cert-manager"},
		versions: []chartVersion{{"v1.21.2", "v1.21.2"}, {"v1.20.4", "v1.20.4"}}, kubeVersion: ">= 1.22.0-0",
		render: renderCertManager,
	},
	{
		name: "external-dns", repos: []string{"https://kubernetes-sigs.github.io/external-dns/"},
		versions: []chartVersion{{"1.23.0", "0.23.0"}, {"1.22.0", "0.22.0"}},
		crds:     []definition{{"externaldns.k8s.io", "DNSEndpoint", "dnsendpoints", []string{"v1alpha1"}, false}},
		render:   renderExternalDNS,
	},
}, slices.Concat(istioCharts(), metricCharts(), tracingCharts(), loggingCharts())...)

var karpenterCRDs = []definition{
	{"karpenter.sh", "NodePool", "nodepools", []string{"v1"}, true},
	{"karpenter.sh", "NodeClaim", "nodeclaims", []string{"v1"}, true},
	{"karpenter.sh", "NodeOverlay", "nodeoverlays", []string{"v1alpha1"}, true},
	{"karpenter.k8s.aws", "EC2NodeClass", "ec2nodeclasses", []string{"v1"}, true},
	{"autoscaling.x-k8s.io", "CapacityBuffer", "capacitybuffers", []string{"v1alpha1"}, false},
}

func renderKarpenter(r render) ([]map[string]any, error) {
	w := deployment(pods{
		namespace: r.namespace, name: r.fullname(), app: r.app(), replicas: int(number(r.values, 2, "replicas")),
		cpu:    override(r.values, "", "controller", "resources", "requests", "cpu"),
		memory: override(r.values, "", "controller", "resources", "requests", "memory"),
		image:  "public.ecr.aws/karpenter/controller", account: r.account(), identity: r.account(), critical: true, apart: true, spec: r.values,
	})
	nested.Object(w, sandboxKey)["kinds"] = []any{"karpenter.sh/v1/NodePool", "karpenter.k8s.aws/v1/EC2NodeClass"}
	return []map[string]any{
		r.serviceAccount(), w, service(r.namespace, r.fullname(), r.app(), "ClusterIP", 8080),
		budget(r.namespace, r.fullname(), r.app(), 1.),
		plainObject("rbac.authorization.k8s.io/v1", "ClusterRole", "", r.fullname()),
	}, nil
}

func renderKarpenterCRD(r render) ([]map[string]any, error) {
	var out []map[string]any
	for _, d := range karpenterCRDs {
		o := d.object()
		if a := nested.Object(r.values, "additionalAnnotations"); len(a) > 0 {
			nested.Object(o, "metadata")["annotations"] = clone(a)
		}
		out = append(out, o)
	}
	return out, nil
}

func renderClusterAutoscaler(r render) ([]map[string]any, error) {
	name := nested.Text(r.values, "nameOverride")
	if name == "" {
		name = "aws-cluster-autoscaler"
	}
	full := nested.Text(r.values, "fullnameOverride")
	switch {
	case full != "":
	case name == r.release:
		full = name
	default:
		full = cut(r.release + "-" + name)
	}
	account := nested.Text(r.values, "rbac", "serviceAccount", "name")
	if account == "" {
		account = full
	}
	out := []map[string]any{
		serviceAccount(r.namespace, account, nested.At(r.values, "rbac", "serviceAccount", "annotations")),
		plainObject("rbac.authorization.k8s.io/v1", "ClusterRole", "", full),
		service(r.namespace, full, name, "ClusterIP", 8085), budget(r.namespace, full, name, 1.),
	}
	if nested.Text(r.values, "autoDiscovery", "clusterName") == "" && len(nested.List(r.values, "autoscalingGroups")) == 0 {
		return out, nil // templates/deployment.yaml renders nothing then
	}
	return append(out, deployment(pods{
		namespace: r.namespace, name: full, app: name, replicas: int(number(r.values, 1, "replicaCount")),
		cpu: override(r.values, "", "resources", "requests", "cpu"), memory: override(r.values, "", "resources", "requests", "memory"),
		image: "registry.k8s.io/autoscaling/cluster-autoscaler", account: account, identity: account, spec: r.values,
	})), nil
}

func renderExternalSecrets(r render) ([]map[string]any, error) {
	part := func(suffix string, values map[string]any) map[string]any {
		return deployment(pods{
			namespace: r.namespace, name: r.fullname() + suffix, app: r.app() + suffix, replicas: int(number(values, 1, "replicaCount")),
			cpu: override(values, "", "resources", "requests", "cpu"), memory: override(values, "", "resources", "requests", "memory"),
			image: "ghcr.io/external-secrets/external-secrets", account: r.account(), spec: values,
		})
	}
	out := []map[string]any{
		r.serviceAccount(), part("", r.values), part("-webhook", nested.Object(r.values, "webhook")), part("-cert-controller", nested.Object(r.values, "certController")),
		service(r.namespace, r.fullname()+"-webhook", r.app()+"-webhook", "ClusterIP", 443),
	}
	for _, part := range []struct {
		suffix string
		values map[string]any
	}{{"", r.values}, {"-webhook", nested.Object(r.values, "webhook")}, {"-cert-controller", nested.Object(r.values, "certController")}} {
		if enabled, _ := nested.At(part.values, "podDisruptionBudget", "enabled").(bool); enabled {
			out = append(out, atLeast(r.namespace, r.fullname()+part.suffix+"-pdb", r.app()+part.suffix, number(part.values, 1, "podDisruptionBudget", "minAvailable")))
		}
	}
	if install, said := r.values["installCRDs"].(bool); said && !install {
		for _, w := range out[1:4] {
			w[sandboxKey] = map[string]any{"kinds": []any{"external-secrets.io/v1/ExternalSecret"}}
		}
		return out, nil
	}
	for _, d := range []definition{
		{"external-secrets.io", "ExternalSecret", "externalsecrets", []string{"v1"}, false},
		{"external-secrets.io", "SecretStore", "secretstores", []string{"v1"}, false},
		{"external-secrets.io", "ClusterSecretStore", "clustersecretstores", []string{"v1"}, true},
		{"external-secrets.io", "ClusterExternalSecret", "clusterexternalsecrets", []string{"v1"}, true},
		{"external-secrets.io", "PushSecret", "pushsecrets", []string{"v1alpha1"}, false},
		{"external-secrets.io", "ClusterPushSecret", "clusterpushsecrets", []string{"v1alpha1"}, true},
		{"generators.external-secrets.io", "Password", "passwords", []string{"v1alpha1"}, false},
		{"generators.external-secrets.io", "ECRAuthorizationToken", "ecrauthorizationtokens", []string{"v1alpha1"}, false},
	} {
		out = append(out, d.object())
	}
	return out, nil
}

// atLeast is a budget of pods that stay.
func atLeast(namespace, name, app string, minAvailable float64) map[string]any {
	b := budget(namespace, name, app, nil)
	spec := nested.Object(b, "spec")
	delete(spec, "maxUnavailable")
	spec["minAvailable"] = minAvailable
	return b
}

func renderMetricsServer(r render) ([]map[string]any, error) {
	return []map[string]any{
		r.serviceAccount(),
		deployment(pods{
			namespace: r.namespace, name: r.fullname(), app: r.app(), replicas: int(number(r.values, 1, "replicas")),
			cpu: override(r.values, "100m", "resources", "requests", "cpu"), memory: override(r.values, "200Mi", "resources", "requests", "memory"),
			image: "registry.k8s.io/metrics-server/metrics-server", account: r.account(), spec: r.values,
		}),
		service(r.namespace, r.fullname(), r.app(), "ClusterIP", 443),
		plainObject("apiregistration.k8s.io/v1", "APIService", "", "v1beta1.metrics.k8s.io"),
	}, nil
}

func renderLoadBalancerController(r render) ([]map[string]any, error) {
	if nested.Text(r.values, "clusterName") == "" {
		return nil, errors.New("execution error at (aws-load-balancer-controller/templates/deployment.yaml): Chart cannot be installed without a valid clusterName!")
	}
	w := deployment(pods{
		namespace: r.namespace, name: r.fullname(), app: r.app(), replicas: int(number(r.values, 2, "replicaCount")),
		cpu: override(r.values, "", "resources", "requests", "cpu"), memory: override(r.values, "", "resources", "requests", "memory"),
		image: "public.ecr.aws/eks/aws-load-balancer-controller", account: r.account(), spec: r.values,
	})
	w[sandboxKey] = map[string]any{"kinds": []any{"elbv2.k8s.aws/v1beta1/TargetGroupBinding"}}
	out := []map[string]any{
		r.serviceAccount(), w, service(r.namespace, "aws-load-balancer-webhook-service", r.app(), "ClusterIP", 443),
		plainObject("networking.k8s.io/v1", "IngressClass", "", "alb"), r.gateInjector(),
	}
	if b := nested.Object(r.values, "podDisruptionBudget"); len(b) > 0 && number(r.values, 2, "replicaCount") > 1 {
		out = append(out, budgetOf(r.namespace, r.fullname(), map[string]any{"app.kubernetes.io/name": r.app()}, b))
	}
	return out, nil
}

func renderCertManager(r render) ([]map[string]any, error) {
	part := func(suffix string, values map[string]any) map[string]any {
		return deployment(pods{
			namespace: r.namespace, name: r.fullname() + suffix, app: strings.TrimPrefix("cert-manager"+suffix, "cert-manager-"),
			replicas: int(number(values, 1, "replicaCount")), image: "quay.io/jetstack/cert-manager-controller", account: r.account(), spec: values,
			cpu: override(values, "", "resources", "requests", "cpu"), memory: override(values, "", "resources", "requests", "memory"),
		})
	}
	out := []map[string]any{
		r.serviceAccount(), part("", r.values), part("-webhook", nested.Object(r.values, "webhook")), part("-cainjector", nested.Object(r.values, "cainjector")),
	}
	if on, _ := nested.At(r.values, "crds", "enabled").(bool); !on {
		return out, nil
	}
	keep, said := nested.At(r.values, "crds", "keep").(bool)
	for _, d := range []definition{
		{"cert-manager.io", "Certificate", "certificates", []string{"v1"}, false}, {"cert-manager.io", "CertificateRequest", "certificaterequests", []string{"v1"}, false},
		{"cert-manager.io", "Issuer", "issuers", []string{"v1"}, false}, {"cert-manager.io", "ClusterIssuer", "clusterissuers", []string{"v1"}, true},
		{"acme.cert-manager.io", "Order", "orders", []string{"v1"}, false}, {"acme.cert-manager.io", "Challenge", "challenges", []string{"v1"}, false},
	} {
		out = append(out, kept(d.object(), keep || !said))
	}
	return out, nil
}

// kept adds the annotation that makes Helm leave an object behind.
func kept(o map[string]any, keep bool) map[string]any {
	if keep {
		nested.Object(o, "metadata")["annotations"] = map[string]any{"helm.sh/resource-policy": "keep"}
	}
	return o
}

func renderExternalDNS(r render) ([]map[string]any, error) {
	return []map[string]any{r.serviceAccount(), deployment(pods{
		namespace: r.namespace, name: r.fullname(), app: r.app(), replicas: 1, image: "registry.k8s.io/external-dns/external-dns",
		cpu: override(r.values, "", "resources", "requests", "cpu"), memory: override(r.values, "", "resources", "requests", "memory"),
		account: r.account(), identity: r.account(), spec: r.values,
	})}, nil
}
