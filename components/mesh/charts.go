package mesh

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/gatewayapi"
	"github.com/ladder-platform/ladder/components/internal/helm"
	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/mesh/plan"
	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// Helm releases with names of their own; the others are named after what they run.
const (
	baseRelease    = "istio-base"
	cniRelease     = "istio-cni"
	ztunnelRelease = "ztunnel"
)

// definitions are release items of their own: the Gateway API's as objects,
// because its project publishes no chart, and Istio's as the chart that has
// them as templates, so that Helm upgrades them and keeps them on uninstall.
// None is deleted with the stack: a definition takes every object of its kind along.
// Each waits for the one before it, so that whoever needs them waits for the last.
func (b *builder) definitions() error {
	defs, err := gatewayapi.Definitions(b.newest().GatewayAPI)
	if err != nil {
		return err
	}
	after := b.args.Cluster.Nodes
	for _, d := range defs {
		crd, err := kube.New(b.ctx, b.id("crd-"+d.Metadata.Name), kube.CustomResourceDefinition,
			kube.Meta{Name: d.Metadata.Name, Annotations: d.Metadata.Annotations, Labels: d.Metadata.Labels},
			pulumi.Map{"spec": kube.Map(d.Spec)}, append(b.kube(after...), pulumi.RetainOnDelete(true))...)
		if err != nil {
			return err
		}
		after = []pulumi.Resource{crd}
	}
	b.crds = after
	return nil
}

// newest is the release of the newest control plane: its definitions serve the
// older ones too, and not the other way round.
func (b *builder) newest() spec.Release {
	newest := b.args.Release
	for _, name := range plan.Revisions(b.cfg, b.in) {
		if r, ok := b.args.release(name); ok && spec.IstioBefore(newest.Istio(), r.Istio()) {
			newest = r
		}
	}
	return newest
}

// chart is a chart of a release.
func chart(r spec.Release, name string) helm.Chart {
	c := r.Charts[name]
	return helm.Chart{Name: c.Name, Repository: c.Repository, Version: c.Version}
}

// controlPlanes are Istio's definitions and an istiod for each revision. The
// old ones stay as long as configuration names them.
func (b *builder) controlPlanes() error {
	base, err := helm.New(b.ctx, b.id(baseRelease), helm.Args{
		Chart: chart(b.newest(), spec.ChartBase), ReleaseName: baseRelease, Namespace: pulumi.String(spec.SystemNamespace), SkipCRDs: true,
		Values: kube.Map(plan.Base(b.cfg)),
	}, b.kube(append(slices.Clone(b.crds), b.system)...)...)
	if err != nil {
		return err
	}
	revisions := plan.Revisions(b.cfg, b.in)
	for _, name := range keys(revisions) {
		release, ok := b.args.release(revisions[name])
		if !ok {
			return fmt.Errorf("revision %s: release %q was not handed over", name, revisions[name])
		}
		istiod, err := helm.New(b.ctx, b.id(plan.IstiodName(name)), helm.Args{
			Chart: chart(release, spec.ChartIstiod), ReleaseName: plan.IstiodName(name), Namespace: pulumi.String(spec.SystemNamespace), SkipCRDs: true,
			Values: kube.Map(plan.Istiod(b.cfg, b.in, name)),
		}, b.kube(slices.Concat([]pulumi.Resource{base}, b.beforeControlPlane)...)...)
		if err != nil {
			return err
		}
		b.out.ControlPlane = append(b.out.ControlPlane, istiod)
	}
	return nil
}

// dataPlane is what runs on each node: the CNI plugin, and ztunnel for ambient.
// They follow the control plane, which may be newer than they are and not older.
func (b *builder) dataPlane() error {
	release := b.of(plan.ControlRevision(b.cfg))
	cni, err := helm.New(b.ctx, b.id(cniRelease), helm.Args{
		Chart: chart(release, spec.ChartCNI), ReleaseName: cniRelease, Namespace: pulumi.String(spec.SystemNamespace), SkipCRDs: true,
		Values: kube.Map(plan.CNI(b.cfg)),
	}, b.kube(b.out.ControlPlane...)...)
	if err != nil {
		return err
	}
	b.up = cni
	if b.cfg.DataPlane == spec.Ambient {
		ztunnel, err := helm.New(b.ctx, b.id(ztunnelRelease), helm.Args{
			Chart: chart(release, spec.ChartZtunnel), ReleaseName: ztunnelRelease, Namespace: pulumi.String(spec.SystemNamespace), SkipCRDs: true,
			Values: kube.Map(plan.Ztunnel(b.cfg, b.in)),
		}, b.kube(cni)...)
		if err != nil {
			return err
		}
		b.up = ztunnel
	}
	return nil
}

// of is the release of a revision.
func (b *builder) of(revision string) spec.Release {
	r, ok := b.args.release(plan.Revisions(b.cfg, b.in)[revision])
	if !ok {
		return b.args.Release
	}
	return r
}

// gateways are Deployments of Envoy: those that let clients in, and the way out
// of sidecars. A webhook of the control plane gives them their image.
func (b *builder) gateways() error {
	release := b.of(plan.ControlRevision(b.cfg))
	for _, key := range keys(b.cfg.Gateways) {
		name := plan.GatewayName(key)
		gateway, err := helm.New(b.ctx, b.id(name), helm.Args{
			Chart: chart(release, spec.ChartGateway), ReleaseName: name, Namespace: pulumi.String(spec.IngressNamespace), SkipCRDs: true,
			Values: kube.Map(plan.Gateway(b.cfg, key)),
		}, b.kube(b.up, b.out.Namespaces[spec.IngressNamespace])...)
		if err != nil {
			return err
		}
		b.out.Gateways[key] = Gateway{
			Namespace: spec.IngressNamespace, Service: name, HTTPPort: 80, HTTPSPort: 443,
			ReadinessPort: plan.GatewayReadinessPort, Labels: map[string]string{"istio": name},
		}
		b.ready = append(b.ready, gateway)
	}
	if !plan.EgressGatewayNeeded(b.cfg) {
		return nil
	}
	egress, err := helm.New(b.ctx, b.id(plan.EgressGateway), helm.Args{
		Chart: chart(release, spec.ChartGateway), ReleaseName: plan.EgressGateway, Namespace: pulumi.String(spec.EgressNamespace), SkipCRDs: true,
		Values: kube.Map(plan.EgressGatewayValues(b.cfg, b.in)),
	}, b.kube(b.up, b.out.Namespaces[spec.EgressNamespace])...)
	if err != nil {
		return err
	}
	b.ready = append(b.ready, egress)
	return nil
}
