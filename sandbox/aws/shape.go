package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/ladder-platform/ladder/sandbox/schema"
)

// shaped is a value of the live object cut to what the old input gave: in a
// typed object, fields that only the service filled in are no inputs, or every
// refresh would be followed by a diff. Maps such as tags stay whole, so that
// what somebody added there is seen as drift.
// Source: facts/providers.md D (pulumi-terraform-bridge, extractInputs).
func shaped(prop *schema.Property, live, old resource.PropertyValue) resource.PropertyValue {
	switch {
	case prop == nil:
		return live
	case live.IsSecret():
		return resource.MakeSecret(shaped(prop, live.SecretValue().Element, old))
	case old.IsSecret():
		return shaped(prop, live, old.SecretValue().Element)
	case prop.Ref != "" && live.IsObject() && old.IsObject():
		return shapedObject(prop, live, old)
	case prop.Items != nil && live.IsArray() && old.IsArray() && len(live.ArrayValue()) == len(old.ArrayValue()):
		elements := make([]resource.PropertyValue, len(live.ArrayValue()))
		for i, v := range live.ArrayValue() {
			elements[i] = shaped(prop.Items, v, old.ArrayValue()[i])
		}
		return resource.NewArrayProperty(elements)
	}
	return live
}

func shapedObject(prop *schema.Property, live, old resource.PropertyValue) resource.PropertyValue {
	fields := schema.AWS().Fields(prop)
	out := resource.PropertyMap{}
	for k, was := range old.ObjectValue() {
		if v, ok := live.ObjectValue()[k]; ok {
			out[k] = shaped(fields[string(k)], v, was)
		}
	}
	return resource.NewObjectProperty(out)
}
