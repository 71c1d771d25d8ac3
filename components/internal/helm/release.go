package helm

import (
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// token is the type of the kubernetes provider's Helm release.
const token = "kubernetes:helm.sh/v3:Release"

// sdkVersion is the version of the kubernetes provider that the arguments
// below belong to; it is the one in go.mod.
const sdkVersion = "4.30.0"

// DefaultTimeoutSeconds is how long Helm waits for a release's objects. Twice
// the provider's default of 300, since images are pulled on new nodes.
const DefaultTimeoutSeconds = 600

// Chart is a chart at one version.
type Chart struct {
	// Name is the chart's name in Repository, or a whole oci:// reference.
	Name string
	// Repository is the URL of an HTTP repository; empty for oci://.
	Repository string
	Version    string
}

// Args of a release.
type Args struct {
	Chart Chart
	// ReleaseName is the release's name in the cluster: explicit, because
	// objects and service accounts are named after it.
	ReleaseName string
	Namespace   pulumi.StringInput
	// Values of the chart; nothing secret goes in here.
	Values pulumi.Map
	// SkipCRDs leaves the chart's crds/ directory out. CRDs are releases of
	// their own or templates of the chart: Helm never upgrades that directory.
	SkipCRDs bool
	// TimeoutSeconds of install, upgrade and uninstall; 0 means DefaultTimeoutSeconds.
	TimeoutSeconds int
}

// Release is a Helm release; it is done when its objects are ready.
type Release struct {
	pulumi.CustomResourceState

	Name      pulumi.StringPtrOutput `pulumi:"name"`
	Namespace pulumi.StringPtrOutput `pulumi:"namespace"`
}

// New installs or upgrades a release. A failed upgrade is rolled back and a
// failed first install removed (atomic), so that the next up starts clean.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Release, error) {
	timeout := args.TimeoutSeconds
	if timeout == 0 {
		timeout = DefaultTimeoutSeconds
	}
	in := &releaseArgs{
		Atomic: pulumi.Bool(true), Chart: pulumi.String(args.Chart.Name), CleanupOnFail: pulumi.Bool(true),
		MaxHistory: pulumi.Int(historyKept), Name: pulumi.String(args.ReleaseName), Namespace: args.Namespace,
		SkipCrds: pulumi.Bool(args.SkipCRDs), Timeout: pulumi.Int(timeout),
		Values: args.Values, Version: pulumi.String(args.Chart.Version),
	}
	if args.Chart.Repository != "" {
		in.RepositoryOpts = pulumi.StringMap{"repo": pulumi.String(args.Chart.Repository)}
	}
	var r Release
	if err := ctx.RegisterResource(token, name, in, &r, append(opts, pulumi.Version(sdkVersion))...); err != nil {
		return nil, fmt.Errorf("helm release %s: %w", name, err)
	}
	return &r, nil
}

// historyKept is the number of revisions that Helm keeps as Secrets; 0, the
// provider's default, keeps every one for ever (facts/providers.md B2).
const historyKept = 5

type release struct {
	Atomic         bool              `pulumi:"atomic"`
	Chart          string            `pulumi:"chart"`
	CleanupOnFail  bool              `pulumi:"cleanupOnFail"`
	MaxHistory     int               `pulumi:"maxHistory"`
	Name           string            `pulumi:"name"`
	Namespace      string            `pulumi:"namespace"`
	RepositoryOpts map[string]string `pulumi:"repositoryOpts"`
	SkipCrds       bool              `pulumi:"skipCrds"`
	Timeout        int               `pulumi:"timeout"`
	Values         map[string]any    `pulumi:"values"`
	Version        string            `pulumi:"version"`
}

type releaseArgs struct {
	Atomic         pulumi.BoolInput
	Chart          pulumi.StringInput
	CleanupOnFail  pulumi.BoolInput
	MaxHistory     pulumi.IntInput
	Name           pulumi.StringInput
	Namespace      pulumi.StringInput
	RepositoryOpts pulumi.StringMapInput
	SkipCrds       pulumi.BoolInput
	Timeout        pulumi.IntInput
	Values         pulumi.MapInput
	Version        pulumi.StringInput
}

// ElementType tells the SDK how the arguments are serialised.
func (releaseArgs) ElementType() reflect.Type { return reflect.TypeFor[release]() }
