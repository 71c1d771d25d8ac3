package sandbox

import (
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/kube"
)

// unmeasured is what an operation takes in a preview that no provider can say
// anything about: a call and the read after it, as most APIs need.
const unmeasured = 2 * time.Second

// estimate is how long an operation will take that has not run: a preview does
// not ask the providers for everything.
func estimate(op Operation, verb string) time.Duration {
	pkg, _, _ := strings.Cut(op.Type, ":")
	switch pkg {
	case "pulumi", "tls", "random":
		return 0 // nothing in the cloud
	case "aws":
		return aws.Latency(op.Type, verb, changed(op))
	case "kubernetes":
		return kube.Latency(op.Type, verb)
	}
	return unmeasured
}

// changed are the top-level properties that an operation changes.
func changed(op Operation) []string {
	var out []string
	for _, d := range op.Diff {
		if i := strings.IndexAny(d.Path, ".["); i >= 0 {
			d.Path = d.Path[:i]
		}
		out = append(out, d.Path)
	}
	return out
}
