package aws

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
)

// zoneNumbers lists the numbers in use in the zone IDs of regions where they
// are not 1, 2 and 3. Source: AWS documentation, "AWS Regions and Availability
// Zones", read 2026-11; the prefixes are in facts.
var zoneNumbers = map[string][]int{
	"us-east-1": {1, 2, 3, 4, 5, 6}, "us-west-1": {1, 3}, "us-west-2": {1, 2, 3, 4}, "ca-central-1": {1, 2, 4},
	"ap-northeast-1": {1, 2, 4}, "ap-northeast-2": {1, 2, 3, 4},
}

// zoneIDs of the call's region, sorted; none in a region that does not exist.
func (c *call) zoneIDs() []string {
	r, ok := facts.RegionByName(c.region())
	if !ok {
		return nil
	}
	numbers := zoneNumbers[c.region()]
	if numbers == nil {
		numbers = []int{1, 2, 3}
	}
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = fmt.Sprintf("%s-az%d", r.ZonePrefix, n)
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
