package facts

import (
	"maps"
	"slices"
)

// Region is an AWS region of the commercial partition.
type Region struct {
	Name string
	// ZonePrefix is what its availability zone IDs begin with: apne2 for ap-northeast-2.
	ZonePrefix string
	// Zones are the zone IDs that are known to be in use there; nil means that
	// the list was not verified.
	Zones []string
	// Slots is how many equal parts a network there is cut into, so that a
	// zone added later moves nothing.
	Slots  int
	Origin Origin
}

const (
	zonesDoc = "AWS RAM user guide, \"Availability Zone IDs for your AWS resources\"; prefix follows the region name's words"
	slots4   = 4 // enough for every region whose zone IDs end at az4
	slots8   = 8 // us-east-1 has az1 to az6
)

// prefixes of zone IDs. ap-northeast-2 and us-east-1 are in use in the
// project's facts (high); the others are from memory and follow the same rule
// of abbreviation (low).
var prefixes = map[string]string{
	"af-south-1": "afs1", "ap-east-1": "ape1", "ap-east-2": "ape2",
	"ap-northeast-1": "apne1", "ap-northeast-2": "apne2", "ap-northeast-3": "apne3",
	"ap-south-1": "aps1", "ap-south-2": "aps2",
	"ap-southeast-1": "apse1", "ap-southeast-2": "apse2", "ap-southeast-3": "apse3",
	"ap-southeast-4": "apse4", "ap-southeast-5": "apse5", "ap-southeast-6": "apse6", "ap-southeast-7": "apse7",
	"ca-central-1": "cac1", "ca-west-1": "caw1",
	"eu-central-1": "euc1", "eu-central-2": "euc2", "eu-north-1": "eun1",
	"eu-south-1": "eus1", "eu-south-2": "eus2",
	"eu-west-1": "euw1", "eu-west-2": "euw2", "eu-west-3": "euw3",
	"il-central-1": "ilc1", "me-central-1": "mec1", "me-south-1": "mes1",
	"mx-central-1": "mxc1", "sa-east-1": "sae1",
	"us-east-1": "use1", "us-east-2": "use2", "us-west-1": "usw1", "us-west-2": "usw2",
}

// verified are the zone IDs of the regions that the project's facts use.
var verified = map[string][]string{
	"ap-northeast-2": {"apne2-az1", "apne2-az2", "apne2-az3", "apne2-az4"},
	"us-east-1":      {"use1-az1", "use1-az2", "use1-az3", "use1-az4", "use1-az5", "use1-az6"},
}

// RegionByName looks a commercial region up.
func RegionByName(name string) (Region, bool) {
	prefix, ok := prefixes[name]
	if !ok {
		return Region{}, false
	}
	r := Region{Name: name, ZonePrefix: prefix, Zones: slices.Clone(verified[name]), Slots: slots4,
		Origin: Origin{zonesDoc, Low}}
	if r.Zones != nil {
		r.Origin.Confidence = Medium
	}
	if name == "us-east-1" {
		r.Slots = slots8
	}
	return r, true
}

// Regions are the names of all known regions, sorted.
func Regions() []string { return slices.Sorted(maps.Keys(prefixes)) }
