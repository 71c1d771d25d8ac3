package untyped

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// versions of the providers that the arguments belong to, by package: the
// engine picks the plugin by them. Those of aws and kubernetes are go.mod's;
// that of tls, whose SDK is not imported, is known to resolve (design, section 2).
var versions = map[string]string{"aws": "6.83.2", "kubernetes": "4.30.0", "tls": "5.2.0"}

// Register registers a resource, or a provider by "pulumi:providers:" and its
// package. in holds the arguments by their names in the provider's schema; into
// takes the outputs.
func Register(ctx *pulumi.Context, token, name string, in pulumi.Map, into pulumi.Resource, opts ...pulumi.ResourceOption) error {
	pkg, _, _ := strings.Cut(strings.TrimPrefix(token, "pulumi:providers:"), ":")
	version, known := versions[pkg]
	if !known {
		return fmt.Errorf("%s %s: no version of provider %q is known", token, name, pkg)
	}
	// The caller's options may have room behind them that others append to.
	if err := ctx.RegisterResource(token, name, in, into, append(slices.Clone(opts), pulumi.Version(version))...); err != nil {
		return fmt.Errorf("%s %s: %w", token, name, err)
	}
	return nil
}
