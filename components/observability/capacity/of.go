package capacity

import (
	"slices"

	"github.com/ladder-platform/ladder/components/internal/address"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// Namespace of all workloads here.
const Namespace = address.ObservabilityNamespace

// Of are the workloads of a section whose defaults are filled in.
func Of(c spec.Config) []Workload {
	return slices.Concat(Metrics(c), Logs(c), Traces(c.Traces))
}
