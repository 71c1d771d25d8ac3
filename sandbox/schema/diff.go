package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// sets are arrays whose order means nothing to AWS: terraform-provider-aws
// declares them as sets, so a reordering is no change. Source: the TypeSet
// attributes of the resources that the platform registers.
var sets = map[string]bool{
	"subnetIds": true, "securityGroupIds": true, "vpcSecurityGroupIds": true, "securityGroups": true,
	"routeTableIds": true, "enabledClusterLogTypes": true, "publicAccessCidrs": true, "cidrBlocks": true,
	"kubernetesGroups": true, "clientIdLists": true, "alarmActions": true, "okActions": true,
	"secondaryAllocationIds": true, "secondaryPrivateIpAddresses": true, "namespaces": true, "ingress": true, "egress": true,
}

// documents are JSON texts that are compared by meaning.
var documents = map[string]bool{"policy": true, "assumeRolePolicy": true, "policyDocument": true}

// alwaysDeleteFirst are types that the bridge always deletes before it
// replaces them. Source: pulumi-aws resources.go (facts, providers D2.5).
var alwaysDeleteFirst = map[string]bool{
	"aws:ec2/securityGroupRule:SecurityGroupRule":                true,
	"aws:ec2transitgateway/vpcAttachment:VpcAttachment":          true,
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment":          true,
	"aws:ecr/lifecyclePolicy:LifecyclePolicy":                    true,
	"aws:efs/mountTarget:MountTarget":                            true,
	"aws:apigatewayv2/integration:Integration":                   true,
	"aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": true,
	"aws:iam/policyAttachment:PolicyAttachment":                  true,
	"aws:iam/accountAlias:AccountAlias":                          true,
	"aws:iam/userPolicyAttachment:UserPolicyAttachment":          true,
	"aws:iam/groupPolicyAttachment:GroupPolicyAttachment":        true,
}

// Diff compares the inputs of the last run with new ones. ignoreChanges are
// top-level or nested property paths. A new value that is not known yet counts
// as a change, and on a property that cannot change as a replacement
// (facts, providers D7.14).
func (p *Package) Diff(token string, olds, news resource.PropertyMap, ignoreChanges []string) (plugin.DiffResult, error) {
	r, ok := p.Resource(token)
	if !ok {
		return plugin.DiffResult{}, p.unknownType(token)
	}
	d := differ{pkg: p, ignore: ignoreChanges, out: map[string]plugin.PropertyDiff{}}
	d.object(nil, r.Inputs, olds, news, false)
	res := plugin.DiffResult{Changes: plugin.DiffNone}
	if len(d.out) == 0 {
		return res, nil
	}
	res.Changes, res.DetailedDiff = plugin.DiffSome, d.out
	changed, replaced := map[resource.PropertyKey]bool{}, map[resource.PropertyKey]bool{}
	for path, kind := range d.out {
		top := topKey(path)
		changed[top] = true
		if kind.Kind.IsReplace() {
			replaced[top] = true
		}
	}
	res.ChangedKeys, res.ReplaceKeys = keys(changed), keys(replaced)
	res.DeleteBeforeReplace = len(replaced) > 0 && (alwaysDeleteFirst[token] || explicitlyNamed(r, news))
	return res, nil
}

// explicitlyNamed is the bridge's rule nameRequiresDeleteBeforeReplace: a name
// that the auto-namer did not make would clash with the old object's. It holds
// only where Check recorded which values are defaults.
func explicitlyNamed(r *Resource, news resource.PropertyMap) bool {
	defaults, ok := news["__defaults"]
	if _, named := r.Inputs["name"]; !named || !ok || !defaults.IsArray() {
		return false
	}
	if v, given := news["name"]; !given || v.IsNull() {
		return false // namePrefix, or a type whose name is optional
	}
	for _, k := range defaults.ArrayValue() {
		if k.IsString() && k.StringValue() == "name" {
			return false
		}
	}
	return true
}

type differ struct {
	pkg    *Package
	ignore []string
	out    map[string]plugin.PropertyDiff
}

func (d *differ) object(path resource.PropertyPath, props map[string]*Property, olds, news resource.PropertyMap, forced bool) {
	for _, k := range unionKeys(olds, news) {
		name := string(k)
		if name == "__defaults" || (len(path) == 0 && strings.HasPrefix(name, "__")) {
			continue
		}
		prop := props[name]
		if prop == nil {
			prop = &Property{} // tagsAll, map values: never a replacement of their own
		}
		d.value(append(slices.Clone(path), name), prop, olds[k], news[k], forced || prop.Replace)
	}
}

func (d *differ) value(path resource.PropertyPath, prop *Property, old, new resource.PropertyValue, replace bool) {
	old, new = unwrap(old), unwrap(new)
	if d.ignored(path) {
		return
	}
	absentOld, absentNew := d.absent(prop, old), d.absent(prop, new)
	switch {
	case absentOld && absentNew:
	case isUnknown(new):
		d.add(path, plugin.DiffUpdate, absentOld, replace)
	case absentOld:
		d.add(path, plugin.DiffAdd, true, replace || d.nestedReplace(prop, new))
	case absentNew:
		d.add(path, plugin.DiffDelete, false, replace || d.nestedReplace(prop, old))
	case old.IsObject() && new.IsObject():
		var props map[string]*Property
		if obj := d.pkg.object(prop); obj != nil {
			// A block that cannot change says so of each of its properties: its own
			// mark is for one that appears or goes. Source: terraform-plugin-sdk v2,
			// schemaMap.diffList.
			props, replace = obj.Properties, false
		}
		d.object(path, props, old.ObjectValue(), new.ObjectValue(), replace)
	case old.IsArray() && new.IsArray():
		d.array(path, prop, old.ArrayValue(), new.ArrayValue(), replace)
	case !equal(path, old, new):
		d.add(path, plugin.DiffUpdate, false, replace)
	}
}

func (d *differ) array(path resource.PropertyPath, prop *Property, old, new []resource.PropertyValue, replace bool) {
	if name, ok := path[len(path)-1].(string); ok && sets[name] {
		old, new = sorted(old), sorted(new)
	}
	items := prop.Items
	if items == nil {
		items = &Property{}
	}
	for i := range max(len(old), len(new)) {
		var o, n resource.PropertyValue
		if i < len(old) {
			o = old[i]
		}
		if i < len(new) {
			n = new[i]
		}
		d.value(append(slices.Clone(path), i), items, o, n, replace || items.Replace)
	}
}

// nestedReplace says whether a whole value that appears or goes holds a
// property that cannot change.
func (d *differ) nestedReplace(prop *Property, v resource.PropertyValue) bool {
	v = unwrap(v)
	if prop == nil {
		return false
	}
	if v.IsArray() {
		for _, e := range v.ArrayValue() {
			if d.nestedReplace(prop.Items, e) {
				return true
			}
		}
		return false
	}
	obj := d.pkg.object(prop)
	if obj == nil || !v.IsObject() {
		return false
	}
	for k, e := range v.ObjectValue() {
		if np := obj.Properties[string(k)]; np != nil && !absent(e) && (np.Replace || d.nestedReplace(np, e)) {
			return true
		}
	}
	return false
}

func (d *differ) add(path resource.PropertyPath, kind plugin.DiffKind, added, replace bool) {
	if added {
		kind = plugin.DiffAdd
	}
	if replace {
		kind = kind.AsReplace()
	}
	d.out[path.String()] = plugin.PropertyDiff{Kind: kind, InputDiff: true}
}

func (d *differ) ignored(path resource.PropertyPath) bool {
	for _, text := range d.ignore {
		pattern, err := resource.ParsePropertyPath(text)
		if err == nil && len(pattern) <= len(path) && pattern.Contains(path) {
			return true
		}
	}
	return false
}

// absent is absent for a property. An empty block is one: that it is there is what
// it says, as with the actions of a firewall's rules, "count: {}" and "block: {}".
// Source: pulumi-terraform-bridge counts a block's elements ("rule.0.action.0.count.#"),
// and terraform-provider-aws has blocks without arguments in wafv2, read 2026-11.
func (d *differ) absent(prop *Property, v resource.PropertyValue) bool {
	if v.IsObject() && d.pkg.object(prop) != nil {
		return false
	}
	return absent(v)
}

// absent: the bridge does not tell an empty list or map from none.
func absent(v resource.PropertyValue) bool {
	return v.IsNull() || (v.IsArray() && len(v.ArrayValue()) == 0) || (v.IsObject() && len(v.ObjectValue()) == 0)
}

func isUnknown(v resource.PropertyValue) bool {
	return v.IsComputed() || (v.IsOutput() && !v.OutputValue().Known)
}

func equal(path resource.PropertyPath, old, new resource.PropertyValue) bool {
	if old.DeepEquals(new) {
		return true
	}
	name, _ := path[len(path)-1].(string)
	return documents[name] && old.IsString() && new.IsString() && sameJSON(old.StringValue(), new.StringValue())
}

func sameJSON(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	p, errP := json.Marshal(x)
	q, errQ := json.Marshal(y)
	return errP == nil && errQ == nil && bytes.Equal(p, q)
}

func sorted(in []resource.PropertyValue) []resource.PropertyValue {
	out := slices.Clone(in)
	sort.SliceStable(out, func(i, j int) bool { return fmt.Sprint(unwrap(out[i])) < fmt.Sprint(unwrap(out[j])) })
	return out
}

func unionKeys(a, b resource.PropertyMap) []resource.PropertyKey {
	set := map[resource.PropertyKey]bool{}
	for k := range a {
		set[k] = true
	}
	for k := range b {
		set[k] = true
	}
	return keys(set)
}

func keys(set map[resource.PropertyKey]bool) []resource.PropertyKey {
	out := make([]resource.PropertyKey, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func topKey(path string) resource.PropertyKey {
	p, err := resource.ParsePropertyPath(path)
	if err != nil || len(p) == 0 {
		return resource.PropertyKey(path)
	}
	name, _ := p[0].(string)
	return resource.PropertyKey(name)
}
