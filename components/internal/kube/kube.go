package kube

import (
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// sdkVersion is the version of the kubernetes provider in go.mod.
const sdkVersion = "4.30.0"

// Kind is a built-in kind that this package may register.
type Kind struct {
	APIVersion string // group/version as in a manifest
	Kind       string
}

// The kinds that components use.
var (
	StorageClass = Kind{APIVersion: "storage.k8s.io/v1", Kind: "StorageClass"}
	Job          = Kind{APIVersion: "batch/v1", Kind: "Job"}
	ClusterRole  = Kind{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRole"}
	// CustomResourceDefinition is for charts that cannot upgrade their own.
	CustomResourceDefinition = Kind{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition"}

	ClusterRoleBinding = Kind{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRoleBinding"}
)

// Token is the kind's Pulumi type.
func (k Kind) Token() string { return fmt.Sprintf("kubernetes:%s:%s", k.APIVersion, k.Kind) }

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
	args := objectArgs{"apiVersion": pulumi.String(kind.APIVersion), "kind": pulumi.String(kind.Kind), "metadata": meta.input()}
	for field, value := range body {
		args[field] = value
	}
	var o Object
	if err := ctx.RegisterResource(kind.Token(), name, args, &o, append(opts, pulumi.Version(sdkVersion))...); err != nil {
		return nil, fmt.Errorf("%s %s: %w", kind.Kind, name, err)
	}
	return &o, nil
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

type objectArgs map[string]pulumi.Input

// ElementType tells the SDK that every field goes out as it is.
func (objectArgs) ElementType() reflect.Type { return reflect.TypeFor[map[string]any]() }
