package sandbox

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/eks"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/random"
	"github.com/ladder-platform/ladder/sandbox/tls"
)

// providers are the packages of the simulated cloud, by Pulumi's name.
var providers = map[string]func(deps.Deps) plugin.Provider{
	"aws":        aws.New,
	"kubernetes": kube.New,
	"eks":        func(deps.Deps) plugin.Provider { return eks.New() },
	"tls":        tls.New,
	"random":     random.New,
}

// interior is what AWS tells the inside of clusters.
func interior(o Options) deps.Cluster { return kube.NewInside(o.Rules).Listen(o.OnSample) }
