package diagram

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/internal/svg"
	"github.com/ladder-platform/ladder/internal/svg/svgtest"
)

// toy builds graphs by hand; tests/diagram has those of the engine.
type toy []Resource

func (y *toy) add(kind, name, parent string, inputs map[string]any, feeds map[string][]string) {
	r := Resource{URN: name, Type: kind, Name: name, Parent: parent, Inputs: inputs, Feeds: feeds}
	*y = append(*y, r)
}

type in = map[string]any
type from = map[string][]string

// network is a VPC with n zones, public and private subnets, and a NAT gateway in
// the first zone.
func (y *toy) network(name string, n int) {
	y.add(typeNetwork, name, "", nil, nil)
	y.add(typeVPC, name+"-vpc", name, in{"cidrBlock": "10.0.0.0/16", "tags": in{"Name": name}}, nil)
	y.add(typeInternet, name+"-igw", name, nil, nil)
	for i := 1; i <= n; i++ {
		zone := fmt.Sprintf("az%d", i)
		for _, tier := range []string{"public", "private"} {
			subnet := name + "-" + tier + "-" + zone
			y.add(typeSubnet, subnet, name, in{"availabilityZoneId": zone, "cidrBlock": fmt.Sprintf("10.0.%d.0/24", i)}, nil)
			if tier == "private" {
				y.add(typeRouteTable, subnet+"-rt", name, nil, nil)
				y.add(typeRoute, subnet+"-out", name, nil, from{"routeTableId": {subnet + "-rt"}, "natGatewayId": {name + "-nat"}})
				y.add(typeAssociation, subnet+"-a", name, nil, from{"routeTableId": {subnet + "-rt"}, "subnetId": {subnet}})
			}
		}
	}
	y.add(typeNAT, name+"-nat", name, nil, from{"subnetId": {name + "-public-az1"}})
}

func (y *toy) cluster(name, network string, groups, zones int) {
	y.add("ladder:cluster:Cluster", name, "", nil, nil)
	private := []string{}
	for i := 1; i <= zones; i++ {
		private = append(private, fmt.Sprintf("%s-private-az%d", network, i))
	}
	y.add(typeEKS, name+"-eks", name, nil, nil)
	y.add(typeCluster, name+"-real", name+"-eks", in{"name": name, "version": "1.36"}, from{"vpcConfig": private})
	for i := range groups {
		y.add(typeNodeGroup, fmt.Sprintf("%s-ng-%d", name, i), name, in{
			"labels": in{"ladder/group": strings.Repeat("group", 4) + fmt.Sprint(i), "ladder/slot": "green"}, "capacityType": "SPOT",
			"scalingConfig": in{"minSize": 2, "maxSize": 100}, "instanceTypes": []any{"m6i.24xlarge", "m6a.24xlarge", "m7i.24xlarge", "c6i.24xlarge"},
		}, from{"subnetIds": private[:1+i%zones]})
	}
}

// stores are a search domain and a Kafka cluster over n zones.
func (y *toy) stores(network string, n int) {
	private := []string{}
	for i := 1; i <= n; i++ {
		private = append(private, fmt.Sprintf("%s-private-az%d", network, i))
	}
	y.add(typeDomain, network+"-search", "", in{"domainName": network + "-logs", "engineVersion": "OpenSearch_2.19", "clusterConfig": in{"instanceCount": 3, "instanceType": "r7g.medium.search"}}, from{"vpcOptions": private})
	y.add(typeKafka, network+"-kafka", "", in{"clusterName": network + "-stream", "kafkaVersion": "3.9.x", "numberOfBrokerNodes": 3, "brokerNodeGroupInfo": in{"instanceType": "kafka.m7g.large"}}, from{"brokerNodeGroupInfo": private})
}

func look(t *testing.T, document []byte, err error) svgtest.Picture {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	p, err := svgtest.Read(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.Faults() {
		t.Error(f)
	}
	return p
}

// TestNothingOverlapsAtAnySize grows what a stack may have.
func TestNothingOverlapsAtAnySize(t *testing.T) {
	for zones := 1; zones <= 4; zones++ {
		for clusters := 0; clusters <= 2; clusters++ {
			t.Run(fmt.Sprintf("%d zones, %d clusters", zones, clusters), func(t *testing.T) {
				var y toy
				for _, network := range []string{"main", "a-network-with-rather-a-long-name-for-a-picture"} {
					y.network(network, zones)
					for c := range clusters {
						y.cluster(fmt.Sprintf("%s-%d", network, c), network, 4, zones)
					}
					y.stores(network, zones)
					for i, internal := range []bool{false, false, true} {
						tier := map[bool]string{true: "private", false: "public"}[internal]
						y.add(typeBalancer, fmt.Sprintf("%s-lb-%d", network, i), "", in{"loadBalancerType": "application", "internal": internal}, from{"subnets": {network + "-" + tier + "-az1"}})
					}
				}
				picture, err := Network(NewGraph("toy", y))
				p := look(t, picture, err)
				groups := 0
				for _, text := range p.Says() {
					if strings.HasSuffix(text, " (green)") {
						groups++
					}
				}
				if groups < 8*clusters {
					t.Errorf("%d node groups are drawn, want %d at least", groups, 8*clusters)
				}
			})
		}
	}
}

func TestANetworkIsRead(t *testing.T) {
	var y toy
	y.network("main", 2)
	y.cluster("blue", "main", 2, 2)
	y.stores("main", 2)
	n := networkOf(NewGraph("toy", y))
	want := []tier{
		{name: "public", cidr: map[string]string{"az1": "10.0.1.0/24", "az2": "10.0.2.0/24"}, nat: map[string]bool{"az1": true}, out: map[string]string{}},
		{name: "private", cidr: map[string]string{"az1": "10.0.1.0/24", "az2": "10.0.2.0/24"}, nat: map[string]bool{}, out: map[string]string{"az1": "az1", "az2": "az1"},
			clusters: []cluster{{name: "blue", facts: []string{"EKS, Kubernetes 1.36", "private endpoint"}, bars: []bar{
				{name: "groupgroupgroupgroup0 (green)", facts: "2–100 nodes · spot · m6i.24xlarge, m6a.24xlarge, m7i.24xlarge, c6i.24xlarge", kind: "node", zones: []string{"az1"}},
				{name: "groupgroupgroupgroup1 (green)", facts: "2–100 nodes · spot · m6i.24xlarge, m6a.24xlarge, m7i.24xlarge, c6i.24xlarge", kind: "node", zones: []string{"az1", "az2"}},
			}}},
			stores: []bar{
				{name: "main-stream", facts: "Kafka 3.9.x · 3 × kafka.m7g.large", kind: "plain", zones: []string{"az1", "az2"}},
				{name: "main-logs", facts: "OpenSearch 2.19 · 3 × r7g.medium.search", kind: "plain", zones: []string{"az1", "az2"}},
			}},
	}
	if len(n.vpcs) != 1 {
		t.Fatalf("%d VPCs, want one", len(n.vpcs))
	}
	if diff := cmp.Diff(want, n.vpcs[0].tiers, cmp.AllowUnexported(tier{}, cluster{}, bar{}, balancer{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAnEmptyStackSaysSo: whoever asks for a picture of nothing learns what is missing.
func TestAnEmptyStackSaysSo(t *testing.T) {
	onlyStack := []Resource{{URN: "s", Type: "pulumi:pulumi:Stack", Name: "ladder-dev"}}
	for name, c := range map[string]struct {
		draw func(*Graph) ([]byte, error)
		want string
	}{
		"the network": {Network, "there is nothing to draw of dev: its preview has no network; give its file networks and clusters (docs/config.md)"},
		"the way in":  {Request, "there is nothing to draw of dev: its preview has no load balancer, so nobody reaches it from outside; give its file an edge (docs/edge.md)"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.draw(NewGraph("dev", onlyStack)); err == nil || err.Error() != c.want {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// TestEveryInkCanBeRead: 4.5 is what WCAG 2.1 asks of text, in both modes.
func TestEveryInkCanBeRead(t *testing.T) {
	const enough = 4.5
	readable := func(what string, ink, surface svg.Paint) {
		if c := svg.Contrast(ink.Light, surface.Light); !(c >= enough) {
			t.Errorf("%s in light mode: %s on %s has a contrast of %.2f", what, ink.Light, surface.Light, c)
		}
		if c := svg.Contrast(ink.Dark, surface.Dark); !(c >= enough) {
			t.Errorf("%s in dark mode: %s on %s has a contrast of %.2f", what, ink.Dark, surface.Dark, c)
		}
	}
	for name, k := range kinds {
		readable(name, k.ink, k.surface)
	}
	readable("muted on the page", muted, kinds["page"].surface)
	readable("muted on a frame", muted, kinds["frame"].surface)
	// Lines need 3 (WCAG 1.4.11).
	for _, name := range []string{"public", "nat", "node", "entry"} {
		edge, page := kinds[name].edge, kinds["frame"].surface
		if light, dark := svg.Contrast(edge.Light, page.Light), svg.Contrast(edge.Dark, page.Dark); light < 3 || dark < 3 {
			t.Errorf("lines of %s have a contrast of %.2f and %.2f", name, light, dark)
		}
	}
}

// TestNamesThatWouldBreakThePicture are escaped, and cut where there is no room.
func TestNamesThatWouldBreakThePicture(t *testing.T) {
	var y toy
	y.network(`<b>"&'`+strings.Repeat("語", 60), 2)
	picture, err := Network(NewGraph(`</svg><script>alert(1)</script>`, y))
	look(t, picture, err)
	if strings.Contains(string(picture), "<script>") || strings.Contains(string(picture), "<b>") {
		t.Error("a name became markup")
	}
}
