package aws

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// invoke answers one function; c.in has the arguments.
type invoke func(c *call) (map[string]any, error)

var invokes = map[string]invoke{
	"aws:index/getPartition:getPartition": func(*call) (map[string]any, error) {
		return map[string]any{"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}, nil
	},
	"aws:index/getRegion:getRegion": func(c *call) (map[string]any, error) {
		name := c.region()
		if s := str(c.in, "name"); s != "" {
			name = s
		}
		return map[string]any{"id": name, "name": name, "description": name, "endpoint": "ec2." + name + ".amazonaws.com"}, nil
	},
	"aws:index/getRegions:getRegions": func(*call) (map[string]any, error) {
		return map[string]any{"id": "aws", "names": facts.Regions()}, nil
	},
	"aws:index/getCallerIdentity:getCallerIdentity": func(c *call) (map[string]any, error) {
		return map[string]any{"id": c.account(), "accountId": c.account(), "arn": c.p.conf.callerARN, "userId": "AROASANDBOX:ladder"}, nil
	},
	"aws:index/getDefaultTags:getDefaultTags": func(c *call) (map[string]any, error) {
		return map[string]any{"id": c.region(), "tags": plain(c.p.conf.defaultTags)}, nil
	},
	"aws:index/getAvailabilityZones:getAvailabilityZones": getZones,
	"aws:index/getAvailabilityZone:getAvailabilityZone":   getZone,
	"aws:ec2/getVpc:getVpc":                               getVpc,
	"aws:ec2/getVpcs:getVpcs":                             getVpcs,
	"aws:ec2/getSubnet:getSubnet":                         getSubnet,
	"aws:ec2/getSubnets:getSubnets":                       getSubnets,
	"aws:ec2/getRouteTable:getRouteTable":                 getRouteTable,
	"aws:ec2/getRouteTables:getRouteTables":               getRouteTables,
	"aws:ec2/getSecurityGroup:getSecurityGroup":           getSecurityGroup,
	"aws:ec2/getAmi:getAmi":                               getAmi,
	"aws:iam/getPolicyDocument:getPolicyDocument":         getPolicyDocument,
	"aws:iam/getRole:getRole":                             getRole,
	"aws:iam/getPolicy:getPolicy":                         getPolicy,
	"aws:ssm/getParameter:getParameter":                   getParameter,
	"aws:acm/getCertificate:getCertificate":               getCertificate,
	"aws:route53/getZone:getZone":                         getHostedZone,
	"aws:eks/getAddonVersion:getAddonVersion":             getAddonVersion,
	"aws:eks/getCluster:getCluster":                       getCluster,
	"aws:eks/getClusterAuth:getClusterAuth":               getClusterAuth,
	"aws:eks/getNodeGroup:getNodeGroup":                   getNodeGroup,
}

// Invoke answers a function call. One that is not modelled is a loud error.
func (p *provider) Invoke(_ context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	token := string(req.Tok)
	failures, err := p.schema.CheckInvoke(token, req.Args)
	if err != nil {
		return plugin.InvokeResponse{}, err
	}
	var out plugin.InvokeResponse
	for _, f := range failures {
		out.Failures = append(out.Failures, plugin.CheckFailure{Property: resource.PropertyKey(f.Path), Reason: f.Reason})
	}
	if len(out.Failures) > 0 {
		return out, nil
	}
	f, ok := invokes[token]
	if !ok {
		names := make([]string, 0, len(invokes))
		for n := range invokes {
			names = append(names, n)
		}
		sort.Strings(names)
		return out, fmt.Errorf("the sandbox does not model the function %q; it answers %v", token, names)
	}
	c := &call{p: p, kind: genericKind(token), token: token, verb: "read", in: toMap(req.Args)}
	var res map[string]any
	c.view(func() { res, err = f(c) })
	if err != nil {
		return out, fmt.Errorf("invoking %s: %w", token, err)
	}
	for k, v := range c.in { // arguments are results too, in every function of this provider
		if _, set := res[k]; !set {
			res[k] = v
		}
	}
	if spec := p.schema.Functions[token].Outputs; spec != nil {
		for _, k := range spec.Required {
			if _, set := res[k]; !set {
				cc := *c
				cc.obj = &world.Object{ID: str(res, "id")}
				res[k] = cc.computed(k, spec.Properties[k])
			}
		}
	}
	out.Properties = toProps(res)
	return out, nil
}

// filtered keeps the objects that match EC2-style filters and tags.
func (c *call) filtered(objs []*world.Object, attrs map[string]string) []*world.Object {
	tags := stringMap(c.in, "tags")
	return slices.DeleteFunc(objs, func(o *world.Object) bool {
		for k, v := range tags {
			if str(dict(o.Attrs, "tags"), k) != v {
				return true
			}
		}
		for _, f := range dicts(c.in, "filters") {
			name := str(f, "name")
			have := str(o.Attrs, attrs[name])
			if tag, ok := cutTag(name); ok {
				have = str(dict(o.Attrs, "tags"), tag)
			}
			if !slices.Contains(strs(f, "values"), have) {
				return true
			}
		}
		return false
	})
}

func cutTag(name string) (string, bool) {
	if len(name) > 4 && name[:4] == "tag:" {
		return name[4:], true
	}
	return "", false
}

// one is the single object that a singular data source must find.
func one(objs []*world.Object, noun string) (*world.Object, error) {
	switch len(objs) {
	case 1:
		return objs[0], nil
	case 0:
		return nil, fmt.Errorf("no matching %s found", noun)
	}
	return nil, fmt.Errorf("multiple %s matched; use additional constraints to reduce matches to a single %s", noun, noun)
}

func ids(objs []*world.Object) []string {
	out := make([]string, len(objs))
	for i, o := range objs {
		out[i] = o.ID
	}
	return out
}

// visible are an object's attributes without the sandbox's own.
func visible(o *world.Object) map[string]any {
	out := clone(o.Attrs)
	for k := range out {
		if len(k) > 2 && k[:2] == "__" {
			delete(out, k)
		}
	}
	out["id"] = o.ID
	return out
}
