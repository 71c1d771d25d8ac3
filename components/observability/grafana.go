package observability

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/collector"
	"github.com/ladder-platform/ladder/components/observability/measure"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// grafana shows what the stores hold. The admin's password and the secret of
// single sign-on come from Secrets Manager by External Secrets, and pass
// neither through values nor through this program's state.
func (b *builder) grafana() error {
	g := b.cfg.Grafana
	if g == nil {
		return nil
	}
	in := b.input()
	after := slices.Concat(b.crds, b.metricStore.viewers)
	secrets := []measure.Object{measure.ExternalSecret(measure.GrafanaAdmin, g.AdminEntry, map[string]string{
		"admin-user": "admin-user", "admin-password": "admin-password",
	})}
	if g.SingleSignOn != nil {
		secrets = append(secrets, measure.ExternalSecret(measure.GrafanaSignOn, g.SingleSignOn.ClientEntry, map[string]string{"client-secret": "client-secret"}))
	}
	for _, o := range secrets {
		made, err := b.object(o, b.namespace)
		if err != nil {
			return err
		}
		after = append(after, made)
	}
	var managed any
	if b.metricStore.workspace != nil {
		managed = b.managedURL("")
	}
	if err := b.dataSources("metrics", measure.DataSources(in, managed)); err != nil {
		return err
	}
	if _, err := b.release(measure.GrafanaRelease, spec.ChartGrafana, measure.Grafana(in), after...); err != nil {
		return err
	}
	b.out.GrafanaURL = pulumi.String(grafanaURL(*g)).ToStringOutput()
	if b.args.Mesh == nil || g.Replicas < 2 {
		return nil
	}
	_, err := b.object(measure.Sticky(), b.namespace)
	return err
}

// grafanaURL is the one for people, else the one inside the cluster.
func grafanaURL(g spec.Grafana) string {
	if g.URL != "" {
		return g.URL
	}
	return insideGrafana
}

const insideGrafana = "http://" + measure.GrafanaRelease + "." + spec.Namespace + ".svc.cluster.local"

// kiali draws the mesh.
func (b *builder) kiali() error {
	k := b.cfg.Kiali
	if k == nil {
		return nil
	}
	secrets := measure.SigningKey()
	if k.SingleSignOn != nil {
		secrets = append(secrets, measure.ExternalSecret(measure.KialiRelease, k.SingleSignOn.ClientEntry, map[string]string{"oidc-secret": "client-secret"}))
	}
	after := []pulumi.Resource{b.namespace}
	for _, o := range secrets {
		made, err := b.object(o, after...)
		if err != nil {
			return err
		}
		after = []pulumi.Resource{made} // each waits for the one before it
	}
	inside := ""
	if b.cfg.Grafana != nil {
		inside = insideGrafana
	}
	_, err := b.release(measure.KialiRelease, spec.ChartKiali, measure.Kiali(b.input(), b.tracing(), inside), after...)
	return err
}

// tracing is where Kiali asks for traces: the store that new ones go to.
func (b *builder) tracing() measure.Tracing {
	t := b.cfg.Traces
	switch {
	case t == nil:
		return measure.Tracing{}
	case t.Store == spec.TracesTempo:
		return measure.Tracing{Provider: spec.TracesTempo, URL: fmt.Sprintf("http://%s:%d", measure.Host(capacity.Tempo), collector.TempoPort)}
	}
	return measure.Tracing{Provider: spec.TracesJaeger, URL: fmt.Sprintf("http://%s:%d", measure.Host(capacity.Jaeger), collector.QueryPort-1), GRPC: true}
}
