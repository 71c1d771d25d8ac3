package stacks

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	network "github.com/ladder-platform/ladder/components/network/spec"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
)

func linkedStack(clusters ...string) config.Stack {
	s := config.Stack{
		Networks: map[string]network.Config{"main": {CIDR: "10.20.0.0/16", Zones: []string{"apne2-az1", "apne2-az2"}}},
		Clusters: map[string]cluster.Config{}, Mesh: &mesh.Config{},
	}
	for _, c := range clusters {
		s.Clusters[c] = cluster.Config{Network: "main"}
	}
	return s
}

// An address follows from the cluster's key alone: another cluster moves none.
func TestEastWestAddressesStay(t *testing.T) {
	alone, err := eastWestAddresses(linkedStack("main"), "main")
	if err != nil {
		t.Fatal(err)
	}
	beside, err := eastWestAddresses(linkedStack("alpha", "main", "zulu"), "main")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(alone, beside); diff != "" || len(alone) != 2 {
		t.Errorf("two more clusters move the addresses %v:\n%s", alone, diff)
	}
	other, err := eastWestAddresses(linkedStack("main", "zulu"), "zulu")
	if err != nil || other["apne2-az1"] == alone["apne2-az1"] {
		t.Errorf("two clusters have one address: %v, %v", other, err)
	}
	given := linkedStack("main")
	given.Mesh.Clusters = map[string]mesh.Cluster{"main": {EastWestAddresses: map[string]string{"apne2-az1": "10.20.0.9"}}}
	if got, err := eastWestAddresses(given, "main"); err != nil || got["apne2-az1"] != "10.20.0.9" {
		t.Errorf("the address that the file gives is not taken: %v, %v", got, err)
	}
}

func TestFromEnd(t *testing.T) {
	for block, want := range map[string]string{"10.0.0.0/24": "10.0.0.239", "10.0.0.0/19": "10.0.31.239", "10.0.0.128/25": "10.0.0.239"} {
		if got := fromEnd(netip.MustParsePrefix(block), 16).String(); got != want {
			t.Errorf("%s: %s, want %s", block, got, want)
		}
	}
}

func TestCheckMeshes(t *testing.T) {
	record := func(edit func(*promotion.MeshRecord)) promotion.Record {
		m := promotion.MeshRecord{DataPlane: "sidecar", Roots: map[string]string{"r1": "a"}, Issuing: "r1",
			Revisions: map[string]string{"2026-08": "2026.08", "2026-11": "2026.11"}, Namespaces: map[string]string{"a": "2026-08", "b": "2026-11"}}
		if edit != nil {
			edit(&m)
		}
		return promotion.Record{Meshes: map[string]promotion.MeshRecord{"main": m, "twin": m}}
	}
	tests := map[string]struct {
		last, next promotion.Record
		want       []string
	}{
		"nothing changes":   {record(nil), record(nil), nil},
		"the first mesh":    {promotion.Record{}, record(nil), nil},
		"no mesh any more":  {record(nil), promotion.Record{}, nil},
		"a root is added":   {record(nil), record(func(m *promotion.MeshRecord) { m.Roots = map[string]string{"r1": "a", "r2": "b"} }), nil},
		"a namespace moves": {record(nil), record(func(m *promotion.MeshRecord) { m.Namespaces = map[string]string{"a": "2026-11", "b": "2026-11"} }), nil},
		"a step of the rotation is skipped, said once for two clusters": {record(nil), record(func(m *promotion.MeshRecord) { m.Roots, m.Issuing = map[string]string{"r2": "b"}, "r2" }), []string{
			`mesh.ca.issuing: switches to root "r2", which no workload trusts yet; first add root "r2" beside "r1" and run up, then switch`}},
		"a control plane goes with its namespaces still on it": {record(nil), record(func(m *promotion.MeshRecord) {
			m.Revisions, m.Namespaces = map[string]string{"2026-11": "2026.11"}, map[string]string{"a": "2026-11", "b": "2026-11"}
		}), []string{
			"mesh.revisions.2026-08: is removed from cluster main while it serves a; keep the entry, move these namespaces first, restart their pods, and remove it in a later pull request",
			"mesh.revisions.2026-08: is removed from cluster twin while it serves a; keep the entry, move these namespaces first, restart their pods, and remove it in a later pull request"}},
		"a control plane goes with its namespace": {record(nil), record(func(m *promotion.MeshRecord) {
			m.Revisions, m.Namespaces = map[string]string{"2026-11": "2026.11"}, map[string]string{"b": "2026-11"}
		}), nil},
		"a control plane goes that nobody used": {record(func(m *promotion.MeshRecord) { m.Namespaces = map[string]string{"b": "2026-11"} }),
			record(func(m *promotion.MeshRecord) {
				m.Revisions, m.Namespaces = map[string]string{"2026-11": "2026.11"}, map[string]string{"b": "2026-11"}
			}), nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range checkMeshes(tt.last, tt.next) {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
