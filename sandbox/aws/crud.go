package aws

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Attributes that only the sandbox reads.
const (
	attrInputs   = "__inputs"   // names of the attributes that were inputs
	attrDefaults = "__defaults" // names of those that Check filled in
)

var ruleExists = rule.Register(rule.Rule{
	Name: "aws.exists", Service: "provider",
	Source: "each service's own conflict error; this is the answer for types without a file of their own (facts, providers D7.15)",
	Text:   "ResourceAlreadyExistsException: %s %s already exists",
})

// Create makes an object, or in a preview says what it would look like.
func (p *provider) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	token := string(req.URN.Type())
	if _, err := p.schema.Check(token, nil); err != nil {
		return plugin.CreateResponse{}, err
	}
	c := p.call(token, req.URN, "create")
	if req.Preview {
		return plugin.CreateResponse{Properties: p.planned(c.res, req.Properties, nil, nil)}, nil
	}
	c.in = toMap(req.Properties)
	c.latency = orDefault(c.kind.createTime)
	err := p.tx(c, func() error {
		c.obj = c.newObject(req.Properties)
		if err := c.unique(); err != nil {
			return err
		}
		if c.kind.create != nil {
			if err := c.kind.create(c); err != nil {
				return err
			}
		}
		c.finish()
		c.tx.Put(c.obj)
		return nil
	})
	if err != nil {
		if c.waited {
			p.record(c, c.obj.ID)
		}
		return plugin.CreateResponse{}, err
	}
	p.record(c, c.obj.ID)
	out := plugin.CreateResponse{ID: resource.ID(c.obj.ID), Properties: p.outputs(c.res, c.obj)}
	if len(c.initErrs) > 0 {
		out.Status = resource.StatusPartialFailure
		return out, initFailed(c.obj.ID, out.Properties, req.Properties, c.initErrs)
	}
	return out, nil
}

// unique: two objects of a kind cannot have one id. Services with an answer of
// their own to a taken name give it in their create function.
func (c *call) unique() error {
	if _, exists := c.tx.Get(c.key(c.obj.ID)); !exists || c.kind.namesClash || !c.on(ruleExists) {
		return nil
	}
	return c.refuse("Create"+strings.ReplaceAll(c.kind.noun, " ", ""), ruleExists, c.kind.noun, c.obj.ID)
}

// tx runs f in one transaction of the world; an error undoes it.
func (p *provider) tx(c *call, f func() error) error {
	return p.deps.World.Tx(func(tx *world.Tx) error { c.tx = tx; return f() })
}

// newObject has the id and the inputs as attributes.
func (c *call) newObject(in resource.PropertyMap) *world.Object {
	attrs := c.inputAttrs()
	c.obj = &world.Object{
		Kind: c.token, Scope: c.scope(), URN: string(c.urn), Owner: "pulumi", Attrs: attrs,
		Secret: secretKeys(in), Created: c.tx.Now(), Name: nameOf(attrs),
	}
	if c.kind.makeID != nil {
		c.obj.ID = c.kind.makeID(c)
		return c.obj
	}
	digits := c.kind.hex
	if digits == 0 {
		digits = 17
	}
	c.obj.ID = c.newID(c.kind.id, digits)
	return c.obj
}

// inputAttrs are the new inputs, with a note of which attributes they are.
func (c *call) inputAttrs() map[string]any {
	attrs := clone(c.in)
	names := []string{}
	for k := range c.in {
		if !strings.HasPrefix(k, "__") && k != "tagsAll" {
			names = append(names, k)
		}
	}
	sort.Strings(names)
	attrs[attrInputs] = plain(names)
	if !has(attrs, attrDefaults) {
		attrs[attrDefaults] = []any{}
	}
	return attrs
}

func nameOf(attrs map[string]any) string {
	for _, k := range []string{"name", "nodeGroupName", "addonName", "alarmName"} {
		if s := str(attrs, k); s != "" {
			return s
		}
	}
	return str(dict(attrs, "tags"), "Name")
}

// finish fills the computed outputs that the service did not set, and notes
// which attributes are secret.
func (c *call) finish() {
	if c.kind.arn != "" {
		c.setDefault("arn", c.expand(c.kind.arn))
	}
	if c.res.Outputs["tagsAll"] != nil {
		c.setDefault("tagsAll", map[string]any{})
	}
	if c.res.Outputs["region"] != nil {
		c.setDefault("region", c.region())
	}
	for _, k := range c.res.Required {
		if !has(c.obj.Attrs, k) {
			c.set(k, c.computed(k, c.res.Outputs[k]))
		}
	}
	for k := range c.obj.Attrs {
		if !slices.Contains(c.obj.Secret, k) && (c.p.schema.HoldsSecret(c.res.Outputs[k]) || c.p.schema.HoldsSecret(c.res.Inputs[k])) {
			c.obj.Secret = append(c.obj.Secret, k)
		}
	}
	sort.Strings(c.obj.Secret)
}

// computed is a value of the right type for an output that no file models.
func (c *call) computed(key string, prop *schema.Property) any {
	if key == "arn" {
		return fmt.Sprintf("arn:aws:%s:%s:%s:%s", strings.ToLower(strings.Split(strings.TrimPrefix(c.token, "aws:"), "/")[0]), c.region(), c.account(), c.obj.ID)
	}
	if prop == nil {
		return ""
	}
	switch prop.Type {
	case "string":
		switch {
		case key == "ownerId" || key == "accountId" || strings.HasSuffix(key, "AccountId"):
			return c.account()
		case strings.HasSuffix(strings.ToLower(key), "id") || strings.HasSuffix(strings.ToLower(key), "arn"):
			return c.obj.ID
		}
		return ""
	case "boolean":
		return false
	case "integer", "number":
		return float64(0)
	case "array":
		return []any{}
	}
	return map[string]any{}
}

func (c *call) expand(template string) string {
	return strings.NewReplacer("{region}", c.region(), "{account}", c.account(), "{id}", c.obj.ID, "{name}", c.obj.Name).Replace(template)
}

// outputs are what the program sees.
func (p *provider) outputs(res *schema.Resource, obj *world.Object) resource.PropertyMap {
	m := map[string]any{}
	for k, v := range obj.Attrs {
		if !strings.HasPrefix(k, "__") {
			m[k] = v
		}
	}
	out := toProps(m)
	for k, prop := range res.Outputs {
		key := resource.PropertyKey(k)
		if v, ok := out[key]; ok && (p.schema.HoldsSecret(prop) || slices.Contains(obj.Secret, k)) {
			out[key] = resource.MakeSecret(v)
		}
	}
	return out
}

// inputsOf are the inputs as the object is now: of a refresh those that the
// state has, of an import those that the object was made with.
func (p *provider) inputsOf(res *schema.Resource, obj *world.Object, old resource.PropertyMap) resource.PropertyMap {
	out := p.outputs(res, obj)
	in := resource.PropertyMap{}
	names := strs(obj.Attrs, attrInputs)
	if len(old) > 0 {
		names = nil
		for k := range old {
			names = append(names, string(k))
		}
	} else if names == nil { // a seeded object: everything that could have been an input
		for k := range res.Inputs {
			names = append(names, k)
		}
	}
	for _, k := range names {
		if v, ok := out[resource.PropertyKey(k)]; ok && !strings.HasPrefix(k, "__") {
			if was, ok := old[resource.PropertyKey(k)]; ok {
				v = shaped(res.Inputs[k], v, was)
			}
			in[resource.PropertyKey(k)] = v
		}
	}
	if v, ok := out["tagsAll"]; ok && len(old) == 0 && v.IsObject() && len(v.ObjectValue()) > 0 {
		in["tagsAll"] = v
	}
	if d, ok := old["__defaults"]; ok {
		in["__defaults"] = d
	} else {
		in["__defaults"] = resource.NewPropertyValue(plain(append([]string{}, strs(obj.Attrs, attrDefaults)...)))
	}
	return in
}

// planned are a preview's outputs: inputs, what is known to stay, and unknown
// for everything that AWS decides. old and oldIn are nil for a creation.
func (p *provider) planned(res *schema.Resource, in, old, oldIn resource.PropertyMap, volatile ...string) resource.PropertyMap {
	out := resource.PropertyMap{}
	for k, prop := range res.Outputs {
		key := resource.PropertyKey(k)
		v, stays := old[key]
		switch {
		case given(in, k):
			out[key] = p.plannedNested(prop, in[key], v, oldIn[key], old == nil)
		case stays && !slices.Contains(volatile, k) && (res.Inputs[k] == nil || slices.Contains(res.Required, k)):
			out[key] = v
		case old == nil || slices.Contains(volatile, k):
			out[key] = resource.MakeComputed(resource.NewStringProperty(""))
		}
	}
	return out
}

// plannedNested fills what AWS decides inside an object that was given, such as
// the cluster security group in a cluster's vpcConfig.
func (p *provider) plannedNested(prop *schema.Property, in, old, oldIn resource.PropertyValue, fresh bool) resource.PropertyValue {
	fields := p.schema.Fields(prop)
	if fields == nil || !in.IsObject() {
		return in
	}
	out := in.ObjectValue().Copy()
	for k := range fields {
		key := resource.PropertyKey(k)
		if given(out, k) || (oldIn.IsObject() && given(oldIn.ObjectValue(), k)) {
			continue
		}
		switch {
		case fresh:
			out[key] = resource.MakeComputed(resource.NewStringProperty(""))
		case old.IsObject() && given(old.ObjectValue(), k):
			out[key] = old.ObjectValue()[key]
		}
	}
	return resource.NewObjectProperty(out)
}

// Update changes an object in place.
func (p *provider) Update(_ context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	token := string(req.URN.Type())
	if _, err := p.schema.Check(token, nil); err != nil {
		return plugin.UpdateResponse{}, err
	}
	c := p.call(token, req.URN, "update")
	c.in = toMap(req.NewInputs)
	if req.Preview {
		var volatile []string
		if c.kind.volatile != nil {
			volatile = c.kind.volatile(toMap(req.OldInputs), c.in)
		}
		return plugin.UpdateResponse{Properties: p.planned(c.res, req.NewInputs, req.OldOutputs, req.OldInputs, volatile...)}, nil
	}
	c.latency = orDefault(c.kind.updateTime)
	err := p.tx(c, func() error {
		obj, ok := c.tx.Get(c.key(string(req.ID)))
		if !ok {
			return fmt.Errorf("Resource provider reported that the resource did not exist while updating %s (%s).\n\n"+ //nolint:staticcheck // the bridge's words
				"This is usually a result of the resource having been deleted outside of Pulumi, and can often be\n"+
				"fixed by running `pulumi refresh` before updating.", token, req.ID)
		}
		c.old = clone(obj.Attrs)
		c.merge(obj, req.NewInputs)
		if c.kind.update != nil {
			if err := c.kind.update(c); err != nil {
				return err
			}
		}
		c.finish()
		c.tx.Put(c.obj)
		return nil
	})
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	p.record(c, c.obj.ID)
	out := plugin.UpdateResponse{Properties: p.outputs(c.res, c.obj)}
	if len(c.initErrs) > 0 {
		out.Status = resource.StatusPartialFailure
		return out, initFailed(c.obj.ID, out.Properties, req.NewInputs, c.initErrs)
	}
	return out, nil
}

// merge puts new inputs over the attributes; an input that was left out goes,
// unless AWS decides it (then it keeps its value).
func (c *call) merge(obj *world.Object, in resource.PropertyMap) {
	attrs := clone(obj.Attrs)
	for _, k := range append(strs(obj.Attrs, attrInputs), "tagsAll") {
		if !has(c.in, k) && !slices.Contains(c.res.Required, k) {
			delete(attrs, k)
		}
	}
	for k, v := range c.inputAttrs() {
		attrs[k] = v
	}
	next := *obj
	next.Attrs, next.Secret, next.Name = attrs, secretKeys(in), nameOf(attrs)
	c.obj = &next
}

// Delete removes an object; one that is gone already is a success.
func (p *provider) Delete(_ context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	token := string(req.URN.Type())
	if _, err := p.schema.Check(token, nil); err != nil {
		return plugin.DeleteResponse{}, err
	}
	c := p.call(token, req.URN, "delete")
	c.latency = orDefault(c.kind.deleteTime)
	err := p.tx(c, func() error {
		obj, ok := c.tx.Get(c.key(string(req.ID)))
		if !ok {
			return nil
		}
		c.obj, c.old, c.in = obj, clone(obj.Attrs), clone(obj.Attrs)
		if c.kind.remove != nil {
			if err := c.kind.remove(c); err != nil {
				return err
			}
		}
		c.tx.Delete(c.key(string(req.ID)))
		return nil
	})
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	p.record(c, string(req.ID))
	return plugin.DeleteResponse{}, nil
}

func (p *provider) record(c *call, id string) {
	p.deps.Report(deps.Operation{
		URN: string(c.urn), Verb: c.verb, Kind: c.token, ID: id, Service: c.kind.service, Latency: c.latency,
	})
}
