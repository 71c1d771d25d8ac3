package spec

import (
	"fmt"
	"regexp"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/internal/finding"
)

// OpenSearch is an Amazon OpenSearch Service domain for each watched cluster,
// in its network. Logs and traces share it. As long as the section is there the
// domain stays, whether something is written to it or not. Config:
// observability.openSearch.
type OpenSearch struct {
	// Version of the engine, for example 2.19; empty means 2.19.
	Version string `json:"version,omitempty"`
	// InstanceType of the data nodes; empty means r7g.large.search.
	InstanceType string `json:"instanceType,omitempty"`
	// Nodes that hold data, a multiple of the zones; 0 means one in each zone.
	Nodes int `json:"nodes,omitempty" jsonschema:"minimum=0"`
	// VolumeGiB of each data node (gp3); 0 means 100.
	VolumeGiB int `json:"volumeGiB,omitempty" jsonschema:"minimum=0"`
	// MasterType is the instance type of the three dedicated masters; empty
	// means m7g.large.search.
	MasterType string `json:"masterType,omitempty"`
	// Warm moves indices to UltraWarm nodes, which keep them in S3; nil means
	// that they stay on the data nodes until they are deleted.
	Warm *Warm `json:"warm,omitempty"`
	// ServiceLinkedRole that lets OpenSearch Service into a VPC: create makes it
	// with this stack, existing says that the account has it. An account has at
	// most one. Empty means create.
	ServiceLinkedRole string `json:"serviceLinkedRole,omitempty" jsonschema:"enum=create,enum=existing"`
}

// Warm is UltraWarm and, after it, cold storage.
type Warm struct {
	// InstanceType of the warm nodes; empty means ultrawarm1.medium.search.
	InstanceType string `json:"instanceType,omitempty"`
	// Nodes, at least 2; 0 means 2.
	Nodes int `json:"nodes,omitempty" jsonschema:"minimum=0"`
	// AfterDays an index moves to warm nodes; 0 means 7.
	AfterDays int `json:"afterDays,omitempty" jsonschema:"minimum=0"`
	// ColdAfterDays an index moves to cold storage, where it must be attached
	// before somebody can read it; 0 means never.
	ColdAfterDays int `json:"coldAfterDays,omitempty" jsonschema:"minimum=0"`
}

// Where the service-linked role comes from.
const (
	RoleCreate   = "create"
	RoleExisting = "existing"
)

// Limits and defaults with their sources.
const (
	defaultSearchVersion  = "2.19" // the last 2.x; Jaeger v2 and Fluent Bit write to it without compatibility mode
	defaultSearchInstance = "r7g.large.search"
	defaultMasterInstance = "m7g.large.search"
	defaultSearchVolume   = 100 // GiB
	// Masters is the number that AWS recommends: a quorum of three survives the
	// loss of one. Source: OpenSearch Service developer guide, "Dedicated master nodes", read 2026-11.
	Masters = 3
	// maxZones that a domain or an MSK cluster spreads over. Source: OpenSearch
	// Service developer guide, "Configuring a multi-AZ domain"; MSK API, BrokerNodeGroupInfo.
	maxZones = 3
	// minWarm and maxWarm nodes. Source: OpenSearch Service quotas: 2 to 150.
	minWarm, maxWarm = 2, 150
	// maxData nodes without a raised quota. Source: OpenSearch Service quotas.
	maxData = 80
	// minVolume and maxVolume of a node with gp3, in GiB; the largest instance
	// types take more. Source: OpenSearch Service quotas, EBS volume sizes.
	minVolume, maxVolume = 10, 3072
	// maxBurstable is how many nodes a domain of t2 or t3 may have. Source:
	// OpenSearch Service developer guide, "Supported instance types".
	maxBurstable = 10
	// SearchReplicas of each shard, so that a zone may fail.
	SearchReplicas = 1
	// searchOverhead is what an index needs on disk beyond its source: AWS's own
	// factor. Source: OpenSearch Service developer guide, "Sizing domains":
	// source × (1 + replicas) × 1.45. In hundredths.
	searchOverhead = 145
)

var (
	// domainName. Source: facts, name_and_limit_rules (botocore model 2026-08).
	domainName    = regexp.MustCompile(`^[a-z][a-z0-9-]{2,27}$`)
	searchVersion = regexp.MustCompile(`^[1-9]\.[0-9]{1,2}$`)
)

// DomainName is the name of a cluster's domain.
func DomainName(stack, cluster string) string { return stack + "-" + cluster }

// StoreZones are the zones of a network that stores spread over.
func StoreZones(zones []string) []string { return zones[:min(maxZones, len(zones))] }

// NodesIn is the number of data nodes in so many zones.
func (o OpenSearch) NodesIn(zones int) int { return orZones(o.Nodes, zones) }

func orZones(count, zones int) int {
	if count == 0 {
		return zones
	}
	return count
}

func (o *OpenSearch) defaults() {
	for field, value := range map[*string]string{
		&o.Version: defaultSearchVersion, &o.InstanceType: defaultSearchInstance, &o.MasterType: defaultMasterInstance, &o.ServiceLinkedRole: RoleCreate,
	} {
		if *field == "" {
			*field = value
		}
	}
	if o.VolumeGiB == 0 {
		o.VolumeGiB = defaultSearchVolume
	}
	if o.Warm != nil {
		w := *o.Warm
		if w.InstanceType == "" {
			w.InstanceType = facts.WarmTypes[0]
		}
		if w.Nodes == 0 {
			w.Nodes = minWarm
		}
		if w.AfterDays == 0 {
			w.AfterDays = 7
		}
		o.Warm = &w
	}
}

func (o OpenSearch) validate(c Config, in Input) finding.List {
	var out finding.List
	if !searchVersion.MatchString(o.Version) {
		out.Add("version", "use for example "+defaultSearchVersion, "%q is not a version of OpenSearch", o.Version)
	}
	word(&out, "serviceLinkedRole", o.ServiceLinkedRole, RoleCreate, RoleExisting)
	between(&out, "volumeGiB", o.VolumeGiB, minVolume, maxVolume, "GiB")
	o.instances(&out)
	if o.Warm != nil {
		out.Join("warm", o.Warm.validate())
	}
	for _, key := range c.On(keys(in.Clusters)) {
		if name := DomainName(in.Stack, key); !domainName.MatchString(name) {
			out.Add("", "use a shorter name of stack or cluster", "%q cannot name the domain of cluster %q: AWS takes 3 to 28 lowercase letters, digits and hyphens", name, key)
		}
		o.zones(&out, key, len(StoreZones(in.Clusters[key].Zones)))
	}
	return out
}

// zones says what the zones of one cluster's network make impossible.
func (o OpenSearch) zones(out *finding.List, key string, zones int) {
	if zones == 0 {
		return // the network has findings of its own
	}
	nodes := o.NodesIn(zones)
	if zones < 2 {
		out.Add("", "use a network with two zones or more", "the network of cluster %q has one zone, and a domain that survives a zone needs two", key)
	}
	if nodes%zones != 0 {
		out.Add("nodes", fmt.Sprintf("use %d or %d", max(1, nodes/zones)*zones, (nodes/zones+1)*zones), "%d nodes do not spread evenly over the %d zones of cluster %q", nodes, zones, key)
	}
	if nodes > maxData {
		out.Add("nodes", fmt.Sprintf("use %d at most", maxData), "%d nodes are more than a domain may have", nodes)
	}
	if burstable(o.InstanceType) && nodes > maxBurstable {
		out.Add("nodes", "use a larger family", "%d nodes of %s: AWS takes %d at most of that family", nodes, o.InstanceType, maxBurstable)
	}
}

func burstable(instance string) bool {
	return len(instance) > 2 && (instance[:3] == "t2." || instance[:3] == "t3.")
}

// instances says what the instance types lack of what a domain here is made with.
func (o OpenSearch) instances(out *finding.List) {
	need := func(path, instance string, features ...facts.SearchFeature) {
		if _, known := facts.SearchInstance(instance); !known {
			out.Add(path, "use for example "+defaultSearchInstance, "%q is not an instance type of OpenSearch Service", instance)
			return
		}
		for _, f := range features {
			if !facts.SearchInstanceHas(instance, f) {
				out.Add(path, "use a current family, for example "+defaultSearchInstance, "%s does not have %s", instance, f)
			}
		}
	}
	data := []facts.SearchFeature{facts.SearchEBS, facts.SearchEncryption, facts.SearchFineAccess}
	if o.Warm != nil {
		data = append(data, facts.SearchWarm)
	}
	need("instanceType", o.InstanceType, data...)
	need("masterType", o.MasterType, facts.SearchMaster, facts.SearchEncryption)
}

func (w Warm) validate() finding.List {
	var out finding.List
	word(&out, "instanceType", w.InstanceType, facts.WarmTypes...)
	between(&out, "nodes", w.Nodes, minWarm, maxWarm, "nodes")
	if w.AfterDays < 1 {
		out.Add("afterDays", "use a day or more", "%d days is not a time", w.AfterDays)
	}
	if w.ColdAfterDays != 0 && w.ColdAfterDays <= w.AfterDays {
		out.Add("coldAfterDays", fmt.Sprintf("use more than %d", w.AfterDays), "an index cannot become cold after %d days and warm after %d", w.ColdAfterDays, w.AfterDays)
	}
	return out
}

// HotDays is how long indices of a retention stay on the data nodes.
func (o OpenSearch) HotDays(retention int) int {
	if o.Warm != nil {
		return min(retention, o.Warm.AfterDays)
	}
	return retention
}

// HotGiB is what the data nodes must hold for so much source a day.
func (o OpenSearch) HotGiB(dailyGiB, retention int) int {
	return (dailyGiB*o.HotDays(retention)*(1+SearchReplicas)*searchOverhead + 99) / 100
}

// Interfaces that the stores of a cluster have in each of their subnets, in a
// network of so many zones, and how many of them are there only while a domain
// changes: OpenSearch Service makes new nodes beside the old ones. Source:
// OpenSearch Service developer guide, "Making configuration changes" (blue/green)
// and "Reserving IP addresses in a VPC subnet", read 2026-11.
func (c Config) Interfaces(zones int) (all, surge int) {
	zones = min(zones, maxZones)
	if zones == 0 {
		return 0, 0
	}
	each := func(n int) int { return (n + zones - 1) / zones }
	if o := c.OpenSearch; o != nil {
		nodes := o.NodesIn(zones) + Masters
		if o.Warm != nil {
			nodes += o.Warm.Nodes
		}
		surge = each(nodes)
		all = 2 * surge
	}
	if c.Kafka != nil {
		all += each(c.Kafka.BrokersIn(zones))
	}
	return all, surge
}
