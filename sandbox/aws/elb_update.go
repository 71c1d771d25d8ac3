package aws

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

func updateLB(c *call) error {
	if !same(c.old["securityGroups"], c.obj.Attrs["securityGroups"]) && has(c.in, "securityGroups") {
		if err := c.lbGroups("SetSecurityGroups"); err != nil {
			return err
		}
		for _, o := range c.find(hiddenENI, where("loadBalancerArn", c.obj.ID)) {
			o.Attrs["securityGroups"] = plain(strs(c.obj.Attrs, "securityGroups"))
			c.tx.Put(o)
		}
	}
	if err := c.moveLB("SetSubnets"); err != nil {
		return err
	}
	return c.lbLogging()
}

// moveLB adds and removes subnets.
func (c *call) moveLB(action string) error {
	want := c.lbSubnetIDs()
	if err := c.lbSubnets(action, want); err != nil {
		return err
	}
	var fresh []string
	have := map[string]bool{}
	for _, o := range c.find(hiddenENI, where("loadBalancerArn", c.obj.ID)) {
		subnet := str(o.Attrs, "subnetId")
		have[subnet] = true
		if !slices.Contains(want, subnet) {
			c.tx.Delete(o.Key())
		}
	}
	for _, id := range want {
		if !have[id] {
			fresh = append(fresh, id)
		}
	}
	c.lbSubnetAttributes()
	return c.lbInterfaces(action, fresh)
}

// diffLB: a network load balancer gets security groups when it is made or
// never, and gives up no subnet. Source: terraform-provider-aws
// internal/service/elbv2/load_balancer.go, customizeDiffLoadBalancerNLB; NLB user guide.
func diffLB(old, new map[string]any, res *plugin.DiffResult) {
	if str(new, "loadBalancerType") != nlbKind {
		return
	}
	replace := func(key string) {
		for path, d := range res.DetailedDiff {
			if strings.HasPrefix(path, key) {
				res.DetailedDiff[path] = d.ToReplace()
				if k := resource.PropertyKey(key); !slices.Contains(res.ReplaceKeys, k) {
					res.ReplaceKeys = append(res.ReplaceKeys, k)
				}
			}
		}
	}
	if (len(list(old, "securityGroups")) == 0) != (len(list(new, "securityGroups")) == 0) {
		replace("securityGroups")
	}
	for _, key := range []string{"subnets", "subnetMappings"} {
		gone := slices.ContainsFunc(list(old, key), func(v any) bool {
			return !slices.ContainsFunc(list(new, key), func(n any) bool { return same(v, n) })
		})
		if gone {
			replace(key)
		}
	}
}
