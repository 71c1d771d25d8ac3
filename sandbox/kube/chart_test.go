package kube

import (
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

func TestUnknownChartValuesWarn(t *testing.T) {
	b := newBench(t)
	if _, err := b.check(tokenRelease, "x", propertyMap(with(externalSecrets(), m{"values": m{"replicas": 2., "replicaCount": 2.}}))); err != nil {
		t.Fatal(err)
	}
	if len(b.p.log.sent) != 1 || !strings.Contains(b.p.log.sent[0], `chart external-secrets 2.11.0 has no value "replicas"`) {
		t.Errorf("warnings %q", b.p.log.sent)
	}
}

func TestChartReferences(t *testing.T) {
	const eso = "https://charts.external-secrets.io"
	for name, c := range map[string]struct{ chart, repo, version, want string }{
		"a chart of a repository":            {"external-secrets", eso, "2.11.0", ""},
		"a trailing slash in the repository": {"metrics-server", "https://kubernetes-sigs.github.io/metrics-server", "3.14.0", ""},
		"a version without its v":            {"cert-manager", "https://charts.jetstack.io", "1.21.2", ""},
		"no version is the newest":           {"external-secrets", eso, "", ""},
		"a range":                            {"external-secrets", eso, "~2.10.0", ""},
		"an OCI reference":                   {"oci://public.ecr.aws/karpenter/karpenter", "", "1.14.1", ""},
		"an unknown chart":                   {"nothing", eso, "", `chart "nothing" not found in https://charts.external-secrets.io repository`},
		"an unknown repository":              {"external-secrets", "https://charts.example.com", "", "is not a valid chart repository or cannot be reached"},
		"repo/chart with a repository":       {"eso/external-secrets", eso, "", `chart "eso/external-secrets" not found`},
		"no repository at all":               {"external-secrets", "", "", "no repository is given"},
		"an OCI repository beside a name":    {"karpenter", "oci://public.ecr.aws/karpenter", "", "put the whole oci:// reference into chart"},
		"an unknown OCI reference":           {"oci://public.ecr.aws/karpenter/other", "", "", "not found"},
		"an unknown OCI version":             {"oci://public.ecr.aws/karpenter/karpenter", "", "0.1.0", "public.ecr.aws/karpenter/karpenter:0.1.0: not found"},
	} {
		_, _, err := loadChart(c.chart, c.repo, c.version)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestEveryChartOfTheLibraryInstalls(t *testing.T) {
	values := map[string]m{
		"aws-load-balancer-controller": {"clusterName": "prd", "replicaCount": 1.},
		"cluster-autoscaler":           {"autoDiscovery": m{"clusterName": "prd"}, "rbac": m{"serviceAccount": m{"name": "cluster-autoscaler"}}},
		"cert-manager":                 {"crds": m{"enabled": true}},
		"gateway":                      {"service": m{"type": "ClusterIP"}},
		"loki":                         {"loki": m{"useTestSchema": true, "storage": m{"type": "filesystem"}}},
		"opentelemetry-collector":      {"mode": "daemonset", "image": m{"repository": "otel/opentelemetry-collector-contrib"}},
	}
	before := map[string][]string{"istiod": {"base"}, "gateway": {"base", "istiod"}, "kube-prometheus-stack": {"prometheus-operator-crds"}} // what has to be there first
	for i := range charts {
		c := &charts[i]
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			for _, sa := range []string{"karpenter", "cluster-autoscaler", "external-dns", "tempo", "thanos-store-gateway"} {
				identity(b, sa)
			}
			b.node("large", nil)
			b.tx(func(tx *world.Tx) {
				o, _ := tx.Get(world.Key{Kind: "kube:v1/Node", Scope: endpoint, ID: "large"})
				o.Attrs["allocatable"] = m{"cpu": "16", "memory": "64Gi", "pods": 110.}
				tx.Put(o)
			})
			for _, name := range append(before[c.name], c.name) {
				ref, repo := name, ""
				for j := range charts {
					if charts[j].name == name {
						if len(charts[j].repos) > 0 {
							repo = charts[j].repos[0]
						} else {
							ref = charts[j].oci[0]
						}
					}
				}
				b.must(tokenRelease, name, chartRelease(name, ref, repo, "", values[name]))
			}
			if err := b.remove(tokenRelease, c.name); err != nil {
				t.Errorf("uninstall: %v", err)
			}
		})
	}
}

func TestEveryChartRendersWhatTheUpstreamTypesAccept(t *testing.T) {
	for i := range charts {
		c := &charts[i]
		objs, err := c.render(render{chart: c, release: c.name, namespace: "x", version: c.versions[0].version, values: m{"clusterName": "prd", "autoDiscovery": m{"clusterName": "prd"}}, minor: 36})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		for _, d := range c.crds {
			objs = append(objs, d.object())
		}
		for _, o := range objs {
			gvk, err := kindOf("kubernetes:"+nested.Text(o, "apiVersion")+":"+nested.Text(o, "kind"), o)
			if nested.Text(o, "apiVersion") == "v1" {
				gvk, err = kindOf("kubernetes:core/v1:"+nested.Text(o, "kind"), o)
			}
			if err != nil {
				t.Fatal(err)
			}
			if gvk.Group == "apiregistration.k8s.io" || gvk.Group == "monitoring.coreos.com" {
				continue // their types are not in k8s.io/api
			}
			if _, err := typed(gvk, visible(o)); err != nil {
				t.Errorf("%s: %s %s: %v", c.name, gvk.Kind, nested.Text(o, "metadata", "name"), err)
			}
		}
	}
	for name, a := range addons {
		for _, o := range a.objects(nil) {
			kind := "kubernetes:" + nested.Text(o, "apiVersion") + ":" + nested.Text(o, "kind")
			if nested.Text(o, "apiVersion") == "v1" {
				kind = "kubernetes:core/v1:" + nested.Text(o, "kind")
			}
			gvk, err := kindOf(kind, o)
			if err != nil {
				t.Fatal(err)
			}
			if gvk.Group == "apiregistration.k8s.io" {
				continue
			}
			if _, err := typed(gvk, visible(o)); err != nil {
				t.Errorf("add-on %s: %s: %v", name, gvk.Kind, err)
			}
		}
	}
}
