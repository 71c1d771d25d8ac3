package kube

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/untyped"
)

// Kind is a built-in kind that this package may register.
type Kind struct {
	APIVersion string // group/version as in a manifest
	Kind       string
}

// The kinds that components use.
var (
	Namespace      = Kind{APIVersion: "v1", Kind: "Namespace"}
	Secret         = Kind{APIVersion: "v1", Kind: "Secret"}
	Service        = Kind{APIVersion: "v1", Kind: "Service"}
	ServiceAccount = Kind{APIVersion: "v1", Kind: "ServiceAccount"}

	// CustomResourceDefinition is for charts that cannot upgrade their own.
	CustomResourceDefinition = Kind{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition"}

	ClusterRole         = Kind{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRole"}
	ClusterRoleBinding  = Kind{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRoleBinding"}
	Deployment          = Kind{APIVersion: "apps/v1", Kind: "Deployment"}
	Job                 = Kind{APIVersion: "batch/v1", Kind: "Job"}
	NetworkPolicy       = Kind{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"}
	PodDisruptionBudget = Kind{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"}
	StorageClass        = Kind{APIVersion: "storage.k8s.io/v1", Kind: "StorageClass"}
)

// Token is the kind's Pulumi type.
func (k Kind) Token() string {
	group := k.APIVersion
	if group == "v1" {
		group = "core/v1" // the provider's name for the group without one
	}
	return fmt.Sprintf("kubernetes:%s:%s", group, k.Kind)
}

// Meta is an object's metadata. Name is explicit: other objects refer to it.
type Meta struct {
	Name        string
	Namespace   string
	Labels      map[string]string
	Annotations map[string]string
}

// Object is a registered object.
type Object struct {
	pulumi.CustomResourceState
}

// New registers an object. body holds the fields beside apiVersion, kind and metadata.
func New(ctx *pulumi.Context, name string, kind Kind, meta Meta, body pulumi.Map, opts ...pulumi.ResourceOption) (*Object, error) {
	var o Object
	if err := Register(ctx, name, kind, meta, body, &o, opts...); err != nil {
		return nil, err
	}
	return &o, nil
}

// Register is New for a type of resource that has outputs.
func Register(ctx *pulumi.Context, name string, kind Kind, meta Meta, body pulumi.Map, into pulumi.CustomResource, opts ...pulumi.ResourceOption) error {
	args := pulumi.Map{"apiVersion": pulumi.String(kind.APIVersion), "kind": pulumi.String(kind.Kind), "metadata": meta.input()}
	for field, value := range body {
		args[field] = value
	}
	return untyped.Register(ctx, kind.Token(), name, args, into, opts...)
}

func (m Meta) input() pulumi.Map {
	out := pulumi.Map{"name": pulumi.String(m.Name)}
	if m.Namespace != "" {
		out["namespace"] = pulumi.String(m.Namespace)
	}
	if len(m.Labels) > 0 {
		out["labels"] = pulumi.ToStringMap(m.Labels)
	}
	if len(m.Annotations) > 0 {
		out["annotations"] = pulumi.ToStringMap(m.Annotations)
	}
	return out
}

// Input is a plain value, as encoding/json would make it, as an input.
func Input(v any) pulumi.Input {
	switch v := v.(type) {
	case map[string]any:
		return Map(v)
	case []any:
		out := make(pulumi.Array, len(v))
		for i, e := range v {
			out[i] = Input(e)
		}
		return out
	case []string:
		return pulumi.ToStringArray(v)
	case map[string]string:
		return pulumi.ToStringMap(v)
	case string:
		return pulumi.String(v)
	case bool:
		return pulumi.Bool(v)
	case int:
		return pulumi.Int(v)
	case float64:
		return pulumi.Float64(v)
	case pulumi.Input:
		return v
	}
	panic(fmt.Sprintf("kube: a value of type %T cannot be an input", v)) // written in this program, never read from a file
}

// Map is Input of a mapping.
func Map(m map[string]any) pulumi.Map {
	out := make(pulumi.Map, len(m))
	for k, v := range m {
		out[k] = Input(v)
	}
	return out
}
