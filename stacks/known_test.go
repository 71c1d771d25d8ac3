package stacks

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/observability/alerts"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
)

func shipped(t *testing.T, stack string) (config.Stack, release.Release) {
	t.Helper()
	cfg, found := config.Load("../Pulumi."+stack+".yaml", stack)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	rel, err := release.Find(cfg.ClusterRelease("main"))
	if err != nil {
		t.Fatal(err)
	}
	return cfg, rel
}

// TestKnown: what alerts and dashboards read of dates, sizes and prices is what
// the stack file and the facts say.
func TestKnown(t *testing.T) {
	cfg, rel := shipped(t, "prd")
	rel.Kubernetes.Version = "1.35"
	got := known(cfg, "main", rel)
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	if diff := cmp.Diff([]alerts.SupportEnd{{Of: "kubernetes", Version: "1.35", End: day(2027, 3, 27)}}, got.Support); diff != "" {
		t.Errorf("support (-want +got):\n%s", diff)
	}
	if len(got.PodAddresses) != 3 {
		t.Fatalf("addresses of %d zones, want 3: %v", len(got.PodAddresses), got.PodAddresses)
	}
	for zone, n := range got.PodAddresses { // 100.66.0.0/16 in four slots of /18, five addresses reserved in each
		if n != 16384-5 {
			t.Errorf("%s has %d addresses for pods, want 16379", zone, n)
		}
	}
	for _, g := range cfg.Clusters["main"].NodeGroups {
		for _, instance := range g.InstanceTypes {
			if got.NodePrices[instance] <= 0 {
				t.Errorf("no price of %s", instance)
			}
		}
	}
	if !got.Edge || got.ExternalDNS != (cfg.Edge.ExternalDNS != nil) {
		t.Errorf("edge %v, external-dns %v", got.Edge, got.ExternalDNS)
	}
}

func TestKnownOfAnOldIstio(t *testing.T) {
	cfg, _ := shipped(t, "prd")
	rel, err := release.Find("2026.05")
	if err != nil {
		t.Fatal(err)
	}
	ends := map[string]time.Time{}
	for _, s := range supportEnds(cfg, "main", rel) {
		ends[s.Of] = s.End
	}
	if !ends["istio"].Equal(time.Date(2026, 10, 12, 0, 0, 0, 0, time.UTC)) || ends["kubernetes"].IsZero() {
		t.Errorf("ends %v", ends)
	}
}

func TestNobodyKnowsTheSizesOfANetworkThatExists(t *testing.T) {
	cfg, found := config.Load("../tests/stacks/existing-vpc.yaml", "existing-vpc")
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	if got := podAddresses(cfg, "main"); got != nil {
		t.Errorf("addresses %v", got)
	}
}
