package cost

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/internal/facts"
)

func TestTimes(t *testing.T) {
	tests := map[string]struct {
		quantity int
		usd      float64
		want     Cents
	}{
		"whole cents":                              {1460, 0.118, 17228}, // 2 nodes × 730 h × $0.118 = $172.28
		"what floats cannot hold":                  {3, 0.1, 30},         // 0.1 + 0.1 + 0.1
		"a part of a cent below half goes down":    {1, 0.0912, 9},       // 9.12 cents
		"half a cent goes up":                      {1, 0.005, 1},        // 0.5 cents
		"more than half a cent goes up":            {730, 0.0416, 3037},  // 3036.8 cents
		"five decimals":                            {730, 0.11034, 8055}, // 8054.82 cents
		"nothing":                                  {0, 0.118, 0},
		"a million hours are beyond 32 bits, fine": {1_000_000, 1.9824, 198_240_000},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := times(tt.quantity, tt.usd); got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}

func TestCents(t *testing.T) {
	tests := map[string]struct {
		in   Cents
		text string
		json string
		usd  float64
	}{
		"dollars and cents": {123450, "$1234.50", "1234.50", 1234.5},
		"one cent":          {1, "$0.01", "0.01", 0.01},
		"nothing":           {0, "$0.00", "0.00", 0},
		"a saving":          {-123, "-$1.23", "-1.23", -1.23},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := json.Marshal(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if tt.in.String() != tt.text || string(text) != tt.json || tt.in.USD() != tt.usd {
				t.Errorf("%s, %s, %v; want %s, %s, %v", tt.in, text, tt.in.USD(), tt.text, tt.json, tt.usd)
			}
		})
	}
}

func TestOf(t *testing.T) {
	in := Input{Region: "ap-northeast-2", Items: []Item{
		{Component: "networks.main", What: "3 NAT gateways", Service: nat, Key: "hour", Count: 3, Each: 730, Note: "one in each zone"},
		{Component: "networks.main", What: "traffic through NAT", Service: nat, Key: "data_gb", PerUse: true},
		{Component: "networks.main", What: "something", Service: "nonsense", Key: "hour", Count: 1, Each: 730},
		{Component: "clusters.main", What: "a file system", Service: "efs", Key: "gb_month", PerUse: true},
		{Component: "clusters.main", What: "a spot node", Service: ec2, Key: "m6i.large", Count: 1, Each: 730, Unknown: "spot prices move"},
		{Component: "clusters.main", What: "control plane", Service: eks, Key: "control_plane_standard", Count: 1, Each: 730},
	}}
	want := Estimate{
		Region: "ap-northeast-2",
		Lines: []Line{
			{Component: "networks.main", What: "3 NAT gateways", Quantity: 2190, Unit: "hour", UnitUSD: 0.059, Monthly: 12921, // 2190 × 0.059 = 129.21
				Note: "one in each zone", Source: "pl-seoul, bill-seoul, seoul-const", Date: "2026-10-01", Confidence: facts.High},
			{Component: "clusters.main", What: "control plane", Quantity: 730, Unit: "cluster-hour", UnitUSD: 0.1, Monthly: 7300,
				Source: "pl-seoul", Date: "2026-10-01", Confidence: facts.Medium},
		},
		Total: 20221, // 129.21 + 73.00
		Unknown: []Unknown{
			{"networks.main", "traffic through NAT", "depends on use: $0.059 a GB"},
			{"networks.main", "something", "no price is known for nonsense hour in ap-northeast-2"},
			{"clusters.main", "a file system", "depends on use"},
			{"clusters.main", "a spot node", "spot prices move"},
		},
		AsOf: facts.PricesAsOf(), Caution: facts.PriceCaution(),
	}
	if diff := cmp.Diff(want, Of(in)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAMissingPriceIsNeverZero(t *testing.T) {
	in := Input{Region: "eu-south-2", Items: []Item{{Component: "clusters.main", What: "control plane", Service: eks, Key: "control_plane_standard", Count: 1, Each: 730}}}
	got := Of(in)
	if len(got.Lines) != 0 || len(got.Unknown) != 1 || got.Total != 0 {
		t.Errorf("a region without prices gives %+v", got)
	}
}

// TestEveryPriceIsExact: products are exact because every list price is a
// whole number of billionths of a dollar.
func TestEveryPriceIsExact(t *testing.T) {
	for _, region := range facts.PricedRegions() {
		for _, name := range facts.InstanceTypes() {
			p, ok := facts.Price(region, ec2, name)
			if !ok {
				continue
			}
			nano := int64(p.USD*nanoPerUSD + 0.5)
			if back := float64(nano) / nanoPerUSD; back != p.USD {
				t.Errorf("%s %s: %v is not a whole number of billionths", region, name, p.USD)
			}
		}
	}
}
