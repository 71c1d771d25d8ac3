package untyped

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// versions of the providers that the arguments belong to, by package: the
// engine picks the plugin by them. All but one are go.mod's; that of tls, whose
// SDK is not imported, is known to resolve (design, section 2).
var versions = map[string]string{"aws": "6.83.2", "eks": "2.8.1", "kubernetes": "4.30.0", "tls": "5.2.0"}

// Register registers a resource, or a provider by "pulumi:providers:" and its
// package. in holds the arguments by their names in the provider's schema; into
// takes the outputs.
func Register(ctx *pulumi.Context, token, name string, in pulumi.Map, into pulumi.Resource, opts ...pulumi.ResourceOption) error {
	opts, err := versioned(token, opts)
	if err == nil {
		err = ctx.RegisterResource(token, name, in, into, opts...)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", token, name, err)
	}
	return nil
}

// RegisterRemote registers a component that a provider makes the children of.
// Its arguments may be those of its SDK: what is dear is the SDK's type of the
// component, whose outputs bring every built-in type.
func RegisterRemote(ctx *pulumi.Context, token, name string, in pulumi.Input, into pulumi.ComponentResource, opts ...pulumi.ResourceOption) error {
	opts, err := versioned(token, opts)
	if err == nil {
		err = ctx.RegisterRemoteComponentResource(token, name, in, into, opts...)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", token, name, err)
	}
	return nil
}

// versioned are the options with the version of the token's provider.
func versioned(token string, opts []pulumi.ResourceOption) ([]pulumi.ResourceOption, error) {
	pkg, _, _ := strings.Cut(strings.TrimPrefix(token, "pulumi:providers:"), ":")
	version, known := versions[pkg]
	if !known {
		return nil, fmt.Errorf("no version of provider %q is known", pkg)
	}
	// The caller's options may have room behind them that others append to.
	return append(slices.Clone(opts), pulumi.Version(version)), nil
}
