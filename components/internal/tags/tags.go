package tags

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Keys that every resource of a stack carries.
const (
	Stage     = "stage"
	Owner     = "owner"
	ManagedBy = "managed-by"
	Name      = "Name"
)

// ManagedByValue is the value of managed-by: the project that owns the resource.
const ManagedByValue = "ladder"

// Set is the tags that a component puts on everything it makes. The zero value is empty.
type Set map[string]string

// New is the set of a stack: the user's tags, and over them stage, owner and
// managed-by, which nobody may contradict, because reports and policies read them.
func New(stage, owner string, user map[string]string) Set {
	s := Set{}
	maps.Copy(s, user)
	s[Stage] = stage
	if owner != "" {
		s[Owner] = owner
	}
	s[ManagedBy] = ManagedByValue
	return s
}

// Named is the set plus Name.
func (s Set) Named(name string) Set { return s.With(map[string]string{Name: name}) }

// With is the set plus more; more wins.
func (s Set) With(more map[string]string) Set {
	out := Set{}
	maps.Copy(out, s)
	maps.Copy(out, more)
	return out
}

// Input is the set as a resource argument.
func (s Set) Input() pulumi.StringMap {
	out := pulumi.StringMap{}
	for _, k := range slices.Sorted(maps.Keys(s)) {
		out[k] = pulumi.String(s[k])
	}
	return out
}

// For is the set plus Name as a resource argument.
func (s Set) For(name string) pulumi.StringMap { return s.Named(name).Input() }
