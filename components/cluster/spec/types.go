package spec

import (
	"regexp"

	"github.com/ladder-platform/ladder/internal/facts"
)

// instanceType is what is known of a type: the stack file's facts first, then
// the program's own.
func (c Config) instanceType(name string) (InstanceType, bool) {
	if t, ok := c.InstanceTypes[name]; ok {
		return t, true
	}
	t, ok := facts.InstanceType(name)
	if !ok {
		return InstanceType{}, false
	}
	arch := X86
	if t.Arch == facts.ARM64 {
		arch = ARM
	}
	return InstanceType{Architecture: arch, VCPU: t.VCPU, ENIs: t.ENIs, AddressesPerENI: t.IPv4PerENI, Nitro: t.Nitro()}, true
}

// Architecture is the CPU architecture of instance types, which must be one.
func (c Config) Architecture(types []string) (string, bool) {
	for _, name := range types {
		if t, ok := c.instanceType(name); ok {
			return t.Architecture, true
		}
	}
	if len(types) == 0 {
		return "", false
	}
	return architectureByName(types[0])
}

// typeName splits "t4g.nano" into family, generation, attributes and size.
var typeName = regexp.MustCompile(`^([a-z]+)([0-9]+)([a-z-]*)\.[a-z0-9-]+$`)

// architectureByName reads the architecture off a type's name: attribute g is
// Graviton. Source: EC2 user guide, "Instance type naming conventions".
func architectureByName(name string) (string, bool) {
	m := typeName.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	for _, attribute := range m[3] {
		if attribute == 'g' {
			return ARM, true
		}
	}
	if m[1] == "a" {
		return ARM, true // a1, the first Graviton
	}
	return X86, true
}
