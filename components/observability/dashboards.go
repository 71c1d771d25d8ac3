package observability

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/observability/dashboards"
	"github.com/ladder-platform/ladder/components/observability/measure"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// folder of Grafana that dashboards lie in.
const folder = "Platform"

// dashboards are ConfigMaps that Grafana's watcher picks up.
func (b *builder) dashboards() error {
	if b.cfg.Grafana == nil || b.cfg.Metrics == nil {
		return nil
	}
	all := dashboards.All(dashboards.Input{
		Mesh: b.args.Mesh != nil, Edge: b.args.Mesh != nil && b.args.Known.Edge, Thanos: b.cfg.Metrics.Store == spec.StoreThanos,
		Collector: b.cfg.Traces != nil, FluentBit: b.cfg.Logs != nil,
	})
	for _, name := range keys(all) {
		text, err := all[name].JSON()
		if err != nil {
			return err
		}
		if _, err := kube.New(b.ctx, b.id("dashboard-"+name), configMap, kube.Meta{
			Name: "dashboard-" + name, Namespace: spec.Namespace, Labels: map[string]string{measure.DashboardLabel: "1"},
			Annotations: map[string]string{measure.FolderAnnotation: folder},
		}, pulumi.Map{"data": pulumi.Map{name + ".json": pulumi.String(text)}}, b.kube(b.namespace)...); err != nil {
			return fmt.Errorf("dashboard %s: %w", name, err)
		}
	}
	return nil
}
