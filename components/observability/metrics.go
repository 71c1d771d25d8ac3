package observability

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/amp"
	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/observability/measure"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// metricStore is what the stores of metrics leave for what runs inside.
type metricStore struct {
	// bucket is the name of Thanos's; nil without Thanos.
	bucket pulumi.StringInput
	// workspace of Amazon Managed Service for Prometheus; nil without one.
	workspace *amp.Workspace
	// writers, readers and compactor must be there before the pods that take
	// the role of Prometheus, of the store gateway and of the compactor.
	writers, readers, compactor []pulumi.Resource
	// viewers must be there before Grafana, which takes a role to read the workspace.
	viewers []pulumi.Resource
}

// metricStores are the stores of metrics in AWS, those that are read only too.
func (b *builder) metricStores() error {
	m := b.cfg.Metrics
	if m == nil {
		return nil
	}
	if m.Thanos != nil {
		if err := b.thanosStore(); err != nil {
			return err
		}
	}
	if m.Managed != nil {
		return b.managedStore()
	}
	return nil
}

// input is what the values need to know.
func (b *builder) input() measure.Input {
	return measure.Input{
		Config: b.cfg, Cluster: b.args.Cluster.Name, Stack: b.args.Stack, Region: b.args.Environment.Region, Zones: b.args.Network.Zones,
		ThanosTag: b.args.Release.Images[spec.ImageThanos], Mesh: b.args.Mesh != nil,
		Topics: b.topics(),
	}
}

// metrics are the workloads in the cluster: Prometheus with all that it
// scrapes, then Thanos, whose querier asks it, then what it looks at elsewhere.
func (b *builder) metrics() error {
	m := b.cfg.Metrics
	if m == nil {
		return nil
	}
	in := b.input()
	values := measure.PrometheusStack(in)
	after := slices.Concat(b.crds, b.metricStore.writers, b.told)
	if m.Thanos != nil {
		config, err := b.objectStore()
		if err != nil {
			return err
		}
		after = append(after, config)
	}
	if m.Store == spec.StoreManaged {
		measure.WriteTo(values, measure.RemoteWrite(b.managedURL("api/v1/remote_write"), in.Region))
	}
	prometheus, err := b.release(measure.Release, spec.ChartPrometheus, values, after...)
	if err != nil {
		return err
	}
	b.scraping = prometheus
	b.out.RemoteWriteURL = pulumi.String(measure.RemoteWriteURL()).ToStringOutput()
	if m.Store == spec.StoreManaged {
		b.out.RemoteWriteURL = b.managedURL("api/v1/remote_write")
	}
	if m.Thanos != nil {
		if _, err := b.release(measure.ThanosRelease, spec.ChartThanos, measure.Thanos(in),
			append([]pulumi.Resource{prometheus}, append(b.metricStore.readers, b.metricStore.compactor...)...)...); err != nil {
			return err
		}
	}
	for _, o := range measure.Monitors(in) {
		if _, err := b.object(o, b.crds...); err != nil {
			return err
		}
	}
	return nil
}

// objectStore tells Thanos where its bucket is. It is a Secret because
// prometheus-operator reads nothing else; nothing in it is secret.
func (b *builder) objectStore() (pulumi.Resource, error) {
	region := b.args.Environment.Region
	text := b.metricStore.bucket.ToStringOutput().ApplyT(func(name string) string { return measure.ObjectStoreConfig(name, region) }).(pulumi.StringOutput)
	return kube.New(b.ctx, b.id(measure.ObjectStore), kube.Secret, kube.Meta{Name: measure.ObjectStore, Namespace: spec.Namespace},
		pulumi.Map{"stringData": pulumi.Map{measure.ObjectStoreKey: text}}, b.kube(b.namespace)...)
}

// managedURL is a path below the workspace's endpoint, which ends with a slash.
func (b *builder) managedURL(path string) pulumi.StringOutput {
	return pulumi.Sprintf("%s%s", b.metricStore.workspace.Endpoint, path)
}

// dataSources is a ConfigMap that Grafana's watcher picks up. A value among the
// sources may be an input that is known late.
func (b *builder) dataSources(name string, sources []any) error {
	text := kube.Map(measure.DataSourceFile(sources)).ToMapOutput().ApplyT(encoded).(pulumi.StringOutput)
	_, err := kube.New(b.ctx, b.id("datasources-"+name), configMap, kube.Meta{
		Name: "datasources-" + name, Namespace: spec.Namespace, Labels: map[string]string{measure.DataSourceLabel: "1"},
	}, pulumi.Map{"data": pulumi.Map{name + ".yaml": text}}, b.kube(b.namespace)...)
	return err
}

var configMap = kube.Kind{APIVersion: "v1", Kind: "ConfigMap"}

// encoded is a value as JSON, which is YAML too.
func encoded(v map[string]any) (string, error) {
	text, err := json.Marshal(v) // sorts keys
	if err != nil {
		return "", fmt.Errorf("data sources: %w", err)
	}
	return string(text), nil
}

func lower(kind string) string { return strings.ToLower(kind) }
