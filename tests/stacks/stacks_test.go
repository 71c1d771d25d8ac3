package stacks_test

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	edge "github.com/ladder-platform/ladder/components/edge/spec"
	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/stacks/config"
)

// variants are the files that must be here: what the other tests rely on.
var variants = []string{
	"ambient-waypoints", "blue-green", "bottlerocket-arm", "edge-gateway-api", "edge-nlb", "edge-shift", "edge-zone-account",
	"existing-vpc", "external-authz", "karpenter", "mesh-one-network", "mesh-sidecars-linked", "mesh-two-networks",
	"node-subnets", "obs-alerts", "obs-managed-metrics", "obs-msk", "obs-no-logs", "obs-s3", "obs-switch", "prefix-delegation", "public-endpoint", "revision-upgrade", "sidecar", "two-clusters", "two-networks",
}

// read loads a stack file as every command does. A shipped file or a variant
// has no finding, not even a warning.
func read(t *testing.T, path string) config.Stack {
	t.Helper()
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "Pulumi."), ".yaml")
	s, found := config.Load(path, name)
	for _, f := range found {
		t.Error(f)
	}
	return s
}

func TestEveryFileIsAStack(t *testing.T) {
	here, err := filepath.Glob("*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := filepath.Glob("../../Pulumi.*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(here) != len(variants) || len(shipped) != 3 {
		t.Fatalf("%d variants and %d shipped stacks, want %d and 3", len(here), len(shipped), len(variants))
	}
	for _, path := range append(here, shipped...) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			s := read(t, path)
			if len(s.Networks) == 0 || len(s.Clusters) == 0 || s.Release == "" {
				t.Errorf("incomplete: %d networks, %d clusters, release %q", len(s.Networks), len(s.Clusters), s.Release)
			}
			for key, c := range s.Clusters {
				if _, ok := s.Networks[c.Network]; !ok {
					t.Errorf("clusters.%s.network: there is no network %q", key, c.Network)
				}
			}
		})
	}
}

// TestEveryVariantVaries keeps a file from losing what it is named for.
func TestEveryVariantVaries(t *testing.T) {
	main := func(s config.Stack) cluster.Config { return s.Clusters["main"] }
	general := func(s config.Stack) cluster.NodeGroup { return main(s).NodeGroups["general"] }
	varies := map[string]func(config.Stack) bool{
		"ambient-waypoints": func(s config.Stack) bool {
			own, ok := s.Mesh.For("main")
			rules := false
			for _, n := range own.Namespaces {
				for _, a := range n.Allow {
					rules = rules || (n.Plane() == mesh.PlaneWaypoint && len(a.Paths) > 0)
				}
			}
			return ok && rules && own.Has(mesh.PlaneAmbient)
		},
		"sidecar": func(s config.Stack) bool { return s.Mesh.DataPlane == mesh.Sidecar && len(s.Mesh.External) > 0 },
		"blue-green": func(s config.Stack) bool {
			slots := general(s).Slots
			return general(s).Upgrade == cluster.BlueGreen && len(slots) == 2 && slots["blue"].State == cluster.Draining
		},
		"bottlerocket-arm": func(s config.Stack) bool {
			arch, ok := main(s).Architecture(general(s).InstanceTypes)
			return ok && arch == cluster.ARM && general(s).AMIFamily == cluster.FamilyBottlerocket
		},
		"edge-gateway-api": func(s config.Stack) bool { return s.Edge.Routing == edge.RoutingGatewayAPI },
		"edge-nlb": func(s config.Stack) bool {
			return s.Edge.Application.LoadBalancer == edge.NLB && s.Edge.Application.StaticAddresses && s.Edge.Management.Internal
		},
		"edge-shift": func(s config.Stack) bool { return len(s.Edge.Clusters()) == 2 && len(s.Networks) == 1 },
		"edge-zone-account": func(s config.Stack) bool {
			return s.Edge.Domain.Zone.RoleARN != "" && len(s.Edge.Application.Certificate.Extra) == 1
		},
		"existing-vpc": func(s config.Stack) bool { return s.Networks["main"].Existing != nil },
		"karpenter": func(s config.Stack) bool {
			return main(s).Autoscaler == cluster.AutoscalerKarpenter && len(main(s).Karpenter.NodePools) > 1
		},
		"node-subnets": func(s config.Stack) bool {
			return main(s).PodAddressing.Mode == cluster.PodsInNodeSubnets && !s.Networks["main"].HasPodSubnets()
		},
		"obs-alerts": func(s config.Stack) bool {
			a := s.Observability.Alerts
			return a != nil && len(a.Receivers) == 3 && a.Heartbeat != nil && a.Backups != nil && len(a.Rules) > 0 && len(a.Silent) > 0
		},
		"obs-managed-metrics": func(s config.Stack) bool {
			o := s.Observability
			return o != nil && o.Metrics.Store == "managed" && o.Metrics.Thanos != nil && o.Grafana.SingleSignOn != nil && o.Kiali.Write
		},
		"obs-msk": func(s config.Stack) bool {
			o := s.Observability
			return o != nil && o.Kafka != nil && o.Logs.Kafka && o.Traces.Kafka && o.OpenSearch.Warm != nil
		},
		"obs-no-logs": func(s config.Stack) bool { return s.Observability != nil && s.Observability.Logs == nil },
		"obs-s3": func(s config.Stack) bool {
			o := s.Observability
			return o != nil && o.OpenSearch == nil && o.LogStore() == "loki" && o.Traces.Tempo != nil
		},
		"obs-switch": func(s config.Stack) bool {
			o := s.Observability
			return o != nil && o.LogsInOpenSearch() && o.Logs.Loki != nil && o.Kafka != nil && !o.Logs.Kafka
		},
		"external-authz": func(s config.Stack) bool {
			return s.Mesh != nil && len(s.Mesh.ExternalAuthorization) == 2 && len(s.Mesh.EnvoyFilters) == 1
		},
		"mesh-one-network":  func(s config.Stack) bool { return linked(s, "ambient", 1) && s.Mesh.CA.Development() },
		"mesh-two-networks": func(s config.Stack) bool { return linked(s, "ambient", 2) && s.Mesh.CA.Development() },
		"mesh-sidecars-linked": func(s config.Stack) bool {
			return linked(s, "sidecar", 2) && !s.Mesh.CA.Development()
		},
		"revision-upgrade":  func(s config.Stack) bool { return s.Mesh != nil && len(s.Mesh.Revisions) == 2 },
		"prefix-delegation": func(s config.Stack) bool { return main(s).PodAddressing.PrefixDelegation },
		"public-endpoint":   func(s config.Stack) bool { return len(main(s).Endpoint.PublicCIDRs) > 0 },
		"two-clusters":      func(s config.Stack) bool { return len(s.Clusters) == 2 && len(s.Networks) == 1 },
		"two-networks": func(s config.Stack) bool {
			links, used := 0, map[string]bool{}
			for _, n := range s.Networks {
				links += len(n.Peering)
			}
			for _, c := range s.Clusters {
				used[c.Network] = true
			}
			return len(s.Networks) == 2 && links == 1 && len(used) == 2
		},
	}
	for _, name := range variants {
		t.Run(name, func(t *testing.T) {
			check, ok := varies[name]
			if !ok {
				t.Fatal("nothing says what it varies")
			}
			if !check(read(t, name+".yaml")) {
				t.Error("it does not vary what its name says")
			}
			if check(read(t, "../../Pulumi.dev.yaml")) {
				t.Error("dev does the same, so it varies nothing")
			}
		})
	}
}

// linked: two clusters with a link, on a data plane, in so many networks.
func linked(s config.Stack, plane string, networks int) bool {
	return s.Mesh != nil && s.Mesh.DataPlane == plane && len(s.Mesh.Links) == 1 && len(s.Clusters) == 2 && len(s.Networks) == networks
}

// TestStagesStayApart: no shared account, no overlapping block. That their shape
// is one, or the difference acknowledged, is a rule of stacks/config.
func TestStagesStayApart(t *testing.T) {
	blocks := map[netip.Prefix]string{}
	accounts := map[string]string{}
	for _, stage := range []string{"dev", "stg", "prd"} {
		s := read(t, "../../Pulumi."+stage+".yaml")
		if s.Environment.Stage != stage {
			t.Errorf("%s: stage is %q", stage, s.Environment.Stage)
		}
		if other, dup := accounts[s.Environment.AccountID]; dup {
			t.Errorf("%s and %s share account %s", stage, other, s.Environment.AccountID)
		}
		accounts[s.Environment.AccountID] = stage
		for _, b := range s.Networks["main"].Blocks() {
			p := netip.MustParsePrefix(b)
			for q, other := range blocks {
				if p.Overlaps(q) {
					t.Errorf("%s of %s overlaps %s of %s: they could never be linked", p, stage, q, other)
				}
			}
			blocks[p] = stage
		}
		account := s.Environment.AccountID
		for _, a := range s.Clusters["main"].Access {
			if !strings.Contains(a.PrincipalARN, account) {
				t.Errorf("%s: %s is of another account than %s", stage, a.PrincipalARN, account)
			}
		}
		if s.Promotion.Reader != nil && accounts[strings.Split(s.Promotion.Reader.RoleARN, ":")[4]] != s.Promotion.After {
			t.Errorf("%s: reader %s is not in the account of %s", stage, s.Promotion.Reader.RoleARN, s.Promotion.After)
		}
	}
}
