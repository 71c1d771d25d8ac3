package aws

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// regions lists the zone IDs of each region: prefix, then the numbers in use.
// A zone's name (ap-northeast-2a) is a letter that differs between accounts.
// Source: AWS documentation, "AWS Regions and Availability Zones", read 2026-11.
var regions = map[string]struct {
	prefix string
	zones  []int
}{
	"us-east-1": {"use1", []int{1, 2, 3, 4, 5, 6}}, "us-east-2": {"use2", []int{1, 2, 3}},
	"us-west-1": {"usw1", []int{1, 3}}, "us-west-2": {"usw2", []int{1, 2, 3, 4}},
	"ca-central-1": {"cac1", []int{1, 2, 4}}, "ca-west-1": {"caw1", []int{1, 2, 3}}, "sa-east-1": {"sae1", []int{1, 2, 3}},
	"eu-west-1": {"euw1", []int{1, 2, 3}}, "eu-west-2": {"euw2", []int{1, 2, 3}}, "eu-west-3": {"euw3", []int{1, 2, 3}},
	"eu-central-1": {"euc1", []int{1, 2, 3}}, "eu-central-2": {"euc2", []int{1, 2, 3}}, "eu-north-1": {"eun1", []int{1, 2, 3}},
	"eu-south-1": {"eus1", []int{1, 2, 3}}, "eu-south-2": {"eus2", []int{1, 2, 3}},
	"ap-northeast-1": {"apne1", []int{1, 2, 4}}, "ap-northeast-2": {"apne2", []int{1, 2, 3, 4}}, "ap-northeast-3": {"apne3", []int{1, 2, 3}},
	"ap-southeast-1": {"apse1", []int{1, 2, 3}}, "ap-southeast-2": {"apse2", []int{1, 2, 3}}, "ap-southeast-3": {"apse3", []int{1, 2, 3}},
	"ap-southeast-4": {"apse4", []int{1, 2, 3}}, "ap-south-1": {"aps1", []int{1, 2, 3}}, "ap-south-2": {"aps2", []int{1, 2, 3}},
	"ap-east-1": {"ape1", []int{1, 2, 3}}, "me-south-1": {"mes1", []int{1, 2, 3}}, "me-central-1": {"mec1", []int{1, 2, 3}},
	"af-south-1": {"afs1", []int{1, 2, 3}}, "il-central-1": {"ilc1", []int{1, 2, 3}},
}

func regionNames() []string {
	var out []string
	for r := range regions {
		out = append(out, r)
	}
	sort.Strings(out)
	return out
}

// zoneIDs of the call's region, sorted.
func (c *call) zoneIDs() []string {
	r := regions[c.region()]
	out := make([]string, len(r.zones))
	for i, n := range r.zones {
		out[i] = fmt.Sprintf("%s-az%d", r.prefix, n)
	}
	return out
}

// zoneName is this account's name of a zone ID. Which letter an account has for
// which zone is AWS's secret; here the account's digits turn the wheel, so that
// nobody gets away with taking one for the other.
func (c *call) zoneName(id string) string {
	ids := c.zoneIDs()
	i := slices.Index(ids, id)
	if i < 0 {
		return ""
	}
	turn := 0
	for _, d := range c.account() {
		turn += int(d - '0')
	}
	return c.region() + string(rune('a'+(i+turn)%len(ids)))
}

func (c *call) zoneID(name string) string {
	for _, id := range c.zoneIDs() {
		if c.zoneName(id) == name {
			return id
		}
	}
	return ""
}

func (c *call) zoneNames() []string {
	var out []string
	for _, id := range c.zoneIDs() {
		out = append(out, c.zoneName(id))
	}
	sort.Strings(out)
	return out
}

func getZones(c *call) (map[string]any, error) {
	names := c.zoneNames()
	var ids []string
	for _, n := range names {
		ids = append(ids, c.zoneID(n))
	}
	for _, f := range dicts(c.in, "filters") {
		if name := str(f, "name"); name == "zone-id" {
			keep := strs(f, "values")
			ids = slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(keep, id) })
			names = nil
			for _, id := range ids {
				names = append(names, c.zoneName(id))
			}
		}
	}
	return map[string]any{"id": c.region(), "names": names, "zoneIds": ids, "groupNames": []string{c.region()}}, nil
}

func getZone(c *call) (map[string]any, error) {
	id, name := str(c.in, "zoneId"), str(c.in, "name")
	if id == "" {
		id = c.zoneID(name)
	}
	if c.zoneName(id) == "" {
		return nil, fmt.Errorf("InvalidParameterValue: Invalid availability zone-id: [%s]", id+name)
	}
	return map[string]any{
		"id": c.zoneName(id), "name": c.zoneName(id), "zoneId": id, "region": c.region(), "groupName": c.region(),
		"networkBorderGroup": c.region(), "optInStatus": "opt-in-not-required", "state": "available", "zoneType": "availability-zone",
		"nameSuffix": strings.TrimPrefix(c.zoneName(id), c.region()),
	}, nil
}
