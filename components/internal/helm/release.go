package helm

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/untyped"
)

// token is the type of the kubernetes provider's Helm release.
const token = "kubernetes:helm.sh/v3:Release"

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
	in := pulumi.Map{
		"atomic": pulumi.Bool(true), "chart": pulumi.String(args.Chart.Name), "cleanupOnFail": pulumi.Bool(true),
		"maxHistory": pulumi.Int(historyKept), "name": pulumi.String(args.ReleaseName), "namespace": args.Namespace,
		"skipCrds": pulumi.Bool(args.SkipCRDs), "timeout": pulumi.Int(timeout), "values": args.Values, "version": pulumi.String(args.Chart.Version),
	}
	if args.Chart.Repository != "" {
		in["repositoryOpts"] = pulumi.Map{"repo": pulumi.String(args.Chart.Repository)}
	}
	var r Release
	return &r, untyped.Register(ctx, token, name, in, &r, opts...)
}

// historyKept is the number of revisions that Helm keeps as Secrets; 0, the
// provider's default, keeps every one for ever (facts/providers.md B2).
const historyKept = 5
