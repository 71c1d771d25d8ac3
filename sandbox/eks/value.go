package eks

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// value is an output: a property value without Output wrappers, and the URNs that it depends on.
type value struct {
	v    resource.PropertyValue
	deps map[string]bool
}

func literal(v any) value { return value{v: resource.NewPropertyValue(v)} }

func (x value) isNull() bool { return x.v.IsNull() }

// truthy is JavaScript's notion, which decides the shape of the component.
func (x value) truthy() bool {
	v := plain(x.v)
	switch {
	case v.IsNull(), v.IsBool() && !v.BoolValue(), v.IsString() && v.StringValue() == "":
		return false
	}
	return true
}

// plain removes the secret mark of the outermost value.
func plain(v resource.PropertyValue) resource.PropertyValue {
	for v.IsSecret() {
		v = v.SecretValue().Element
	}
	return v
}

// flatten turns Output values into what they hold and collects their dependencies.
func flatten(v resource.PropertyValue, deps map[string]bool) resource.PropertyValue {
	switch {
	case v.IsOutput():
		o := v.OutputValue()
		for _, d := range o.Dependencies {
			deps[string(d)] = true
		}
		e := resource.MakeComputed(resource.NewProperty(""))
		if o.Known {
			e = flatten(o.Element, deps)
		}
		if o.Secret {
			e = resource.MakeSecret(e)
		}
		return e
	case v.IsSecret():
		return resource.MakeSecret(flatten(v.SecretValue().Element, deps))
	case v.IsResourceReference():
		deps[string(v.ResourceReferenceValue().URN)] = true
		return v
	case v.IsArray():
		var out []resource.PropertyValue
		for _, e := range v.ArrayValue() {
			out = append(out, flatten(e, deps))
		}
		return resource.NewProperty(out)
	case v.IsObject():
		out := resource.PropertyMap{}
		for k, e := range v.ObjectValue() {
			out[k] = flatten(e, deps)
		}
		return resource.NewProperty(out)
	}
	return v
}

// apply computes a value from others: unknown if one of them is, secret if one of them is.
func apply(f func(in []resource.PropertyValue) resource.PropertyValue, in ...value) value {
	deps := map[string]bool{}
	args := make([]resource.PropertyValue, len(in))
	unknown, secret := false, false
	for i, x := range in {
		maps.Copy(deps, x.deps)
		unknown = unknown || x.v.ContainsUnknowns()
		secret = secret || x.v.ContainsSecrets()
		args[i] = strip(x.v)
	}
	out := resource.MakeComputed(resource.NewProperty(""))
	if !unknown {
		out = f(args)
	}
	if secret {
		out = resource.MakeSecret(out)
	}
	return value{v: out, deps: deps}
}

// strip removes every secret mark.
func strip(v resource.PropertyValue) resource.PropertyValue {
	v = plain(v)
	switch {
	case v.IsArray():
		out := make([]resource.PropertyValue, 0, len(v.ArrayValue()))
		for _, e := range v.ArrayValue() {
			out = append(out, strip(e))
		}
		return resource.NewProperty(out)
	case v.IsObject():
		out := resource.PropertyMap{}
		for k, e := range v.ObjectValue() {
			out[k] = strip(e)
		}
		return resource.NewProperty(out)
	}
	return v
}

// object makes a value of its fields; a field that is null is left out, as JavaScript leaves out undefined.
func object(fields map[string]value) value {
	deps := map[string]bool{}
	out := resource.PropertyMap{}
	for k, f := range fields {
		maps.Copy(deps, f.deps)
		if !f.isNull() {
			out[resource.PropertyKey(k)] = f.v
		}
	}
	return value{v: resource.NewProperty(out), deps: deps}
}

// list makes an array of its elements.
func list(elems ...value) value {
	deps := map[string]bool{}
	out := make([]resource.PropertyValue, 0, len(elems))
	for _, e := range elems {
		maps.Copy(deps, e.deps)
		out = append(out, e.v)
	}
	return value{v: resource.NewProperty(out), deps: deps}
}

// field reads one field of an object; the dependencies stay the whole object's.
func (x value) field(name string) value {
	v := plain(x.v)
	out := value{v: resource.NewNullProperty(), deps: x.deps}
	switch {
	case v.IsComputed():
		out.v = v
	case v.IsObject():
		if f, ok := v.ObjectValue()[resource.PropertyKey(name)]; ok {
			out.v = f
		}
	}
	if x.v.IsSecret() && !out.v.IsNull() {
		out.v = resource.MakeSecret(out.v)
	}
	return out
}

// with adds dependencies of others.
func (x value) with(others ...value) value {
	deps := maps.Clone(x.deps)
	if deps == nil {
		deps = map[string]bool{}
	}
	for _, o := range others {
		maps.Copy(deps, o.deps)
	}
	return value{v: x.v, deps: deps}
}

func (x value) urns() []string { return slices.Sorted(maps.Keys(x.deps)) }

// merged is the tags of the component: earlier maps are overridden by later ones.
func merged(first map[string]string, rest ...value) value {
	return apply(func(in []resource.PropertyValue) resource.PropertyValue {
		out := resource.PropertyMap{}
		for k, v := range first {
			out[resource.PropertyKey(k)] = resource.NewProperty(v)
		}
		for _, m := range in {
			if m.IsObject() {
				maps.Copy(out, m.ObjectValue())
			}
		}
		return resource.NewProperty(out)
	}, rest...)
}
