package world

import (
	"encoding/json"
	"fmt"
	"time"
)

// Owners of objects. A service that makes objects of its own has
// "service:<name>", for example "service:vpc-cni".
const (
	OwnerPulumi = "pulumi"
	OwnerSeed   = "seed"
)

// Key identifies an object.
type Key struct {
	// Kind is a Pulumi token for what Pulumi can own ("aws:ec2/vpc:Vpc",
	// "kube:apps/v1/Deployment") and "hidden:…" for what it cannot
	// ("hidden:ec2/NetworkInterface").
	Kind string `json:"kind"`
	// Scope is "<account>/<region>" for AWS, "<account>" for services that
	// are global in an account (IAM), the API server's URL in a cluster.
	Scope string `json:"scope"`
	ID    string `json:"id"`
}

// Object is one thing that exists in the cloud.
type Object struct {
	Kind  string `json:"kind"`
	Scope string `json:"scope"`
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	// URN is the Pulumi resource that made the object, "" for others. It is
	// how recovery finds what the engine forgot.
	URN string `json:"urn,omitempty"`
	// Owner is OwnerPulumi, OwnerSeed or "service:<who>".
	Owner string `json:"owner,omitempty"`
	// State is the service's own word (ACTIVE, CREATE_FAILED); "" is plain.
	State string `json:"state,omitempty"`
	// Attrs are JSON values only: inputs and computed outputs.
	Attrs map[string]any `json:"attrs,omitempty"`
	// Secret names the Attrs that hold secrets. They stand in the world's own
	// file, as they would in the cloud; whoever shows them masks them.
	Secret []string `json:"secret,omitempty"`
	// Retain: the state of the stack that made the object says retainOnDelete.
	// When that state no longer has it, Pulumi let it go on purpose.
	Retain bool `json:"retain,omitempty"`
	// Created is virtual time.
	Created time.Time `json:"created"`
}

// Key returns the object's identity.
func (o *Object) Key() Key { return Key{Kind: o.Kind, Scope: o.Scope, ID: o.ID} }

// Clone returns an independent copy.
func (o *Object) Clone() *Object {
	c := *o
	c.Attrs, _ = plain(o.Attrs).(map[string]any)
	c.Secret = append([]string(nil), o.Secret...)
	return &c
}

// Masked returns a copy whose secret attributes are replaced, for output.
func (o *Object) Masked() *Object {
	c := o.Clone()
	for _, key := range c.Secret {
		if _, has := c.Attrs[key]; has {
			c.Attrs[key] = "[secret]"
		}
	}
	return c
}

// plain copies a value deeply, in the form that encoding/json would decode.
func plain(v any) any {
	switch v := v.(type) {
	case nil, bool, string, float64:
		return v
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case map[string]any:
		if v == nil {
			return map[string]any(nil)
		}
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = plain(e)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = plain(e)
		}
		return l
	case []string:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = e
		}
		return l
	case map[string]string:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = e
		}
		return m
	}
	// Anything else takes the long way through JSON.
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("world: attribute of type %T is not a JSON value: %v", v, err))
	}
	var decoded any
	if err := json.Unmarshal(text, &decoded); err != nil {
		panic(fmt.Sprintf("world: attribute of type %T is not a JSON value: %v", v, err))
	}
	return decoded
}
