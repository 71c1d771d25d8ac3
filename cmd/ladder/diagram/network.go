package diagram

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// network is what the network view shows: VPCs and what lies in them.
type network struct {
	stack, place string
	vpcs         []vpc
}

type vpc struct {
	name     string
	existing bool // of another owner
	cidrs    []string
	zones    []string
	internet bool // has an internet gateway
	tiers    []tier
	// endpoints by service, without the common beginning of their names.
	endpoints []string
	peerings  []string
}

// tier is one kind of subnets, such as public.
type tier struct {
	name string
	// cidr by zone.
	cidr map[string]string
	// nat are zones whose subnet holds a NAT gateway; out is, by zone, the zone
	// of the NAT gateway that its traffic leaves through.
	nat map[string]bool
	out map[string]string
	// balancers and clusters whose network interfaces are in it.
	balancers []balancer
	clusters  []cluster
	// stores are managed search domains and Kafka clusters.
	stores []bar
}

type balancer struct {
	name, what string
	zones      []string
	internal   bool
}

type cluster struct {
	name  string
	facts []string
	bars  []bar
}

// bar is something with interfaces in some zones.
type bar struct {
	name, facts, kind string
	zones             []string
}

// spot is where a subnet is.
type spot struct{ vpc, tier, zone string }

// subnets finds where resources are.
type subnets struct {
	g    *Graph
	byID map[string]spot // of an existing VPC
	of   map[*Resource]spot
}

// networkOf collects the network view.
func networkOf(g *Graph) network {
	n := network{stack: g.stack, place: g.place()}
	where := subnets{g: g, byID: map[string]spot{}, of: map[*Resource]spot{}}
	for _, r := range g.kinds(typeNetwork) {
		if v := where.vpc(r); len(v.zones) > 0 {
			n.vpcs = append(n.vpcs, v)
		}
	}
	for i := range n.vpcs {
		v := &n.vpcs[i]
		for j := range v.tiers {
			v.tiers[j].balancers = where.balancers(v.name, v.tiers[j].name)
			v.tiers[j].clusters = where.clusters(v.name, v.tiers[j].name)
			v.tiers[j].stores = where.stores(v.name, v.tiers[j].name)
		}
	}
	return n
}

// inside are the resources of a type that a component made.
func (g *Graph) inside(component *Resource, types ...string) []*Resource {
	return slices.DeleteFunc(g.kinds(types...), func(r *Resource) bool { return r.Parent != component.URN })
}

// vpc collects one network component.
func (s subnets) vpc(component *Resource) vpc {
	v := vpc{name: component.Name, internet: len(s.g.inside(component, typeInternet)) > 0}
	for _, r := range s.g.inside(component, typeVPC) {
		v.name = cmp.Or(r.text("tags", "Name"), v.name)
		v.cidrs = append(v.cidrs, r.text("cidrBlock"))
	}
	for _, r := range s.g.inside(component, typeCIDR) {
		v.cidrs = append(v.cidrs, r.text("cidrBlock"))
	}
	tiers := map[string]*tier{}
	made := func(name string) *tier {
		if tiers[name] == nil {
			tiers[name] = &tier{name: name, cidr: map[string]string{}, nat: map[string]bool{}, out: map[string]string{}}
		}
		return tiers[name]
	}
	for _, r := range s.g.inside(component, typeSubnet) {
		zone := cmp.Or(r.text("availabilityZoneId"), r.text("availabilityZone"))
		name := strings.Trim(strings.TrimSuffix(strings.TrimPrefix(r.Name, component.Name), zone), "-")
		made(name).cidr[zone] = r.text("cidrBlock")
		s.of[r] = spot{v.name, name, zone}
		v.zones = append(v.zones, zone)
	}
	if len(tiers) == 0 {
		s.existing(component, &v, made)
	}
	s.ways(component, v.name, tiers)
	slices.Sort(v.zones)
	v.zones = slices.Compact(v.zones)
	for _, t := range tiers {
		v.tiers = append(v.tiers, *t)
	}
	slices.SortFunc(v.tiers, func(a, b tier) int { return cmp.Or(rank(a.name)-rank(b.name), strings.Compare(a.name, b.name)) })
	s.extras(component, &v)
	return v
}

// rank orders tiers from the internet inwards.
func rank(tier string) int {
	if i := slices.Index([]string{"public", "private", "node", "pod"}, tier); i >= 0 {
		return i
	}
	return 9
}

// existing reads a network that another owner made: the component says what it
// was told, and registers no subnet.
func (s subnets) existing(component *Resource, v *vpc, made func(string) *tier) {
	v.existing = true
	v.name = cmp.Or(word(component.Outputs["vpcId"]), v.name)
	v.cidrs = words(component.Outputs["cidrs"])
	v.zones = words(component.Outputs["zones"])
	for name, output := range map[string]string{"public": "publicSubnets", "private": "privateSubnets", "pod": "podSubnets"} {
		ids, _ := component.Outputs[output].(map[string]any)
		for zone, id := range ids {
			made(name).cidr[zone] = word(id)
			s.byID[word(id)] = spot{v.name, name, zone}
		}
	}
}

func word(v any) string {
	s, _ := v.(string)
	return s
}

// ways finds which NAT gateway the traffic of a subnet leaves through.
func (s subnets) ways(component *Resource, vpc string, tiers map[string]*tier) {
	zoneOf := map[*Resource]string{} // of NAT gateways
	for _, nat := range s.g.inside(component, typeNAT) {
		for _, subnet := range s.g.fed(nat, "subnetId", typeSubnet) {
			at := s.of[subnet]
			zoneOf[nat] = at.zone
			tiers[at.tier].nat[at.zone] = true
		}
	}
	out := map[*Resource]string{} // of route tables
	for _, route := range s.g.inside(component, typeRoute) {
		for _, nat := range s.g.fed(route, "natGatewayId", typeNAT) {
			for _, table := range s.g.fed(route, "routeTableId", typeRouteTable) {
				out[table] = zoneOf[nat]
			}
		}
	}
	for _, a := range s.g.inside(component, typeAssociation) {
		for _, subnet := range s.g.fed(a, "subnetId", typeSubnet) {
			for _, table := range s.g.fed(a, "routeTableId", typeRouteTable) {
				if at := s.of[subnet]; out[table] != "" && at.vpc == vpc {
					tiers[at.tier].out[at.zone] = out[table]
				}
			}
		}
	}
}

// extras are endpoints and peerings.
func (s subnets) extras(component *Resource, v *vpc) {
	for _, r := range s.g.inside(component, typeEndpoint) {
		name := r.text("serviceName")
		if parts := strings.SplitN(name, ".", 4); len(parts) == 4 { // com.amazonaws.REGION.SERVICE
			name = parts[3]
		}
		if r.text("vpcEndpointType") == "Gateway" {
			name += " (gateway)"
		}
		v.endpoints = append(v.endpoints, name)
	}
	slices.Sort(v.endpoints)
	for _, r := range s.g.kinds(typePeering) {
		for _, own := range s.g.fed(r, "", typeVPC) {
			if own.Parent == component.URN {
				v.peerings = append(v.peerings, r.Name)
			}
		}
	}
}

// at says where the interfaces of a resource are: its zones in a tier of a VPC.
func (s subnets) at(r *Resource, vpc, tier string) []string {
	var zones []string
	add := func(p spot) {
		if p.vpc == vpc && p.tier == tier && !slices.Contains(zones, p.zone) {
			zones = append(zones, p.zone)
		}
	}
	for _, subnet := range s.g.fed(r, "", typeSubnet) {
		add(s.of[subnet])
	}
	for _, id := range slices.Concat(r.texts("subnetIds"), r.texts("subnets"), r.texts("vpcConfig", "subnetIds"), []string{r.text("subnetId")},
		r.texts("vpcOptions", "subnetIds"), r.texts("brokerNodeGroupInfo", "clientSubnets")) {
		if p, known := s.byID[id]; known {
			add(p)
		}
	}
	for _, m := range objects(r.Inputs["subnetMappings"]) {
		if p, known := s.byID[word(m["subnetId"])]; known {
			add(p)
		}
	}
	slices.Sort(zones)
	return zones
}

func (s subnets) balancers(vpc, tier string) []balancer {
	var out []balancer
	for _, r := range s.g.kinds(typeBalancer) {
		zones := s.at(r, vpc, tier)
		if len(zones) == 0 {
			continue
		}
		b := balancer{name: cmp.Or(r.text("name"), r.Name), zones: zones, internal: r.text("internal") == "true"}
		facts := []string{r.text("loadBalancerType") + " load balancer"}
		if b.internal {
			facts = []string{"internal " + facts[0]}
		}
		if ports := s.g.ports(r); strings.Contains(ports, ",") {
			facts = append(facts, "ports "+ports)
		} else if ports != "" {
			facts = append(facts, "port "+ports)
		}
		if len(s.g.firewalls(r)) > 0 {
			facts = append(facts, "web firewall")
		}
		b.what = strings.Join(facts, " · ")
		out = append(out, b)
	}
	return out
}

// listeners of a load balancer, by port.
func (g *Graph) listeners(balancer *Resource) []*Resource {
	out := slices.DeleteFunc(g.kinds(typeListener), func(l *Resource) bool {
		return !slices.Contains(g.fed(l, "loadBalancerArn", typeBalancer), balancer)
	})
	slices.SortStableFunc(out, func(a, b *Resource) int { // 80 before 443
		return cmp.Or(len(a.text("port"))-len(b.text("port")), strings.Compare(a.text("port"), b.text("port")))
	})
	return out
}

// ports that a load balancer listens on.
func (g *Graph) ports(balancer *Resource) string {
	var ports []string
	for _, l := range g.listeners(balancer) {
		ports = append(ports, l.text("port"))
	}
	return strings.Join(ports, ", ")
}

// firewalls are the web ACLs before a load balancer.
func (g *Graph) firewalls(balancer *Resource) []*Resource {
	var out []*Resource
	for _, l := range g.kinds(typeWebACLLink) {
		if slices.Contains(g.fed(l, "resourceArn", typeBalancer), balancer) {
			out = append(out, g.fed(l, "webAclArn", typeWebACL)...)
		}
	}
	return out
}

func (s subnets) clusters(vpc, tier string) []cluster {
	var out []cluster
	for _, r := range s.g.kinds(typeCluster) {
		if len(s.at(r, vpc, tier)) == 0 {
			continue
		}
		c := cluster{name: cmp.Or(r.text("name"), r.Name), facts: []string{"EKS, Kubernetes " + r.text("version")}}
		if r.text("vpcConfig", "endpointPublicAccess") == "true" {
			c.facts = append(c.facts, "public endpoint")
		} else {
			c.facts = append(c.facts, "private endpoint")
		}
		if mesh := s.g.mesh(r); mesh != "" {
			c.facts = append(c.facts, mesh)
		}
		// Children of the same component: the EKS component, inside it the cluster.
		component := r.Parent
		if eks := s.g.byURN[r.Parent]; eks != nil && eks.Type == typeEKS {
			component = eks.Parent
		}
		c.bars = s.bars(component, vpc)
		out = append(out, c)
	}
	return out
}

// mesh is Istio's data plane in a cluster, by the charts that are installed.
func (g *Graph) mesh(cluster *Resource) string {
	charts := map[string]string{}
	for _, r := range g.kinds(typeRelease) {
		if g.clusterOf(r) == cluster {
			charts[r.text("chart")] = r.text("version")
		}
	}
	switch {
	case charts["istiod"] == "":
		return ""
	case charts["ztunnel"] != "":
		return "Istio " + charts["istiod"] + ", ambient"
	}
	return "Istio " + charts["istiod"] + ", sidecars"
}

// bars are node groups first, then what else of a cluster has interfaces.
func (s subnets) bars(component, vpc string) []bar {
	var groups, others []bar
	files := map[*Resource]*bar{}
	for _, r := range s.g.kinds(typeNodeGroup, typeInstance, typeMountTarget) {
		if r.Parent != component {
			continue
		}
		var zones []string
		for _, t := range []string{"public", "private", "node"} {
			zones = append(zones, s.at(r, vpc, t)...)
		}
		switch r.Type {
		case typeNodeGroup:
			groups = append(groups, bar{name: groupName(r), facts: groupFacts(r), kind: "node", zones: zones})
		case typeInstance:
			others = append(others, bar{name: "bastion", facts: "SSM", kind: "plain", zones: zones})
		case typeMountTarget:
			for _, fs := range s.g.fed(r, "fileSystemId", typeFileSystem) {
				if files[fs] == nil {
					name := fs.Name[strings.LastIndex(fs.Name, "-efs-")+1:]
					files[fs] = &bar{name: name, facts: "EFS file system", kind: "plain"}
				}
				files[fs].zones = append(files[fs].zones, zones...)
			}
		}
	}
	for _, fs := range s.g.kinds(typeFileSystem) {
		if files[fs] != nil {
			slices.Sort(files[fs].zones)
			others = append(others, *files[fs])
		}
	}
	return append(groups, others...)
}

// stores are what AWS runs in the subnets for logs and traces.
func (s subnets) stores(vpc, tier string) []bar {
	var out []bar
	for _, r := range s.g.kinds(typeDomain, typeKafka) {
		zones := s.at(r, vpc, tier)
		if len(zones) == 0 {
			continue
		}
		b := bar{name: r.text("domainName"), kind: "plain", zones: zones}
		engine, nodes, size := strings.ReplaceAll(r.text("engineVersion"), "_", " "), r.text("clusterConfig", "instanceCount"), r.text("clusterConfig", "instanceType")
		if r.Type == typeKafka {
			b.name = r.text("clusterName")
			engine, nodes, size = "Kafka "+r.text("kafkaVersion"), r.text("numberOfBrokerNodes"), r.text("brokerNodeGroupInfo", "instanceType")
		}
		b.facts = engine + " · " + nodes + " × " + size
		out = append(out, b)
	}
	return out
}

// groupName is the node group and, where it has more than one, the slot.
func groupName(r *Resource) string {
	group, slot := r.text("labels", "ladder/group"), r.text("labels", "ladder/slot")
	switch {
	case group == "":
		return r.Name
	case slot == "" || slot == "main":
		return group
	}
	return group + " (" + slot + ")"
}

func groupFacts(r *Resource) string {
	least, most := r.text("scalingConfig", "minSize"), r.text("scalingConfig", "maxSize")
	facts := []string{fmt.Sprintf("%s–%s nodes", least, most)}
	if least == most {
		facts = []string{least + " nodes"}
	}
	if r.text("capacityType") == "SPOT" {
		facts = append(facts, "spot")
	}
	if types := r.texts("instanceTypes"); len(types) > 0 {
		facts = append(facts, strings.Join(types, ", "))
	}
	return strings.Join(facts, " · ")
}
