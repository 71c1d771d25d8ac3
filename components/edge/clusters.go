package edge

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/routes"
	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/internal/kube"
)

// Inside is the part of the edge that stands in one cluster. It waits for the
// cluster and its mesh as a whole, so that its children need not each: edges
// from all to all would make a failed destroy walk hundreds of millions of paths
// (docs/adr/0013-clusters-in-turn.md).
type Inside struct{ pulumi.ResourceState }

// enter makes the parent of what stands in a cluster.
func (b *builder) enter(cluster string) error {
	in := &Inside{}
	if err := b.ctx.RegisterComponentResource(insideToken, b.id(cluster), in, pulumi.Parent(b.e), pulumi.DependsOn(b.args.Clusters[cluster].Ready)); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	b.inside[cluster] = in
	return b.ctx.RegisterResourceOutputs(in, pulumi.Map{})
}

// clusters makes what stands in each cluster: the controller that registers
// pods, the bindings, the routes, and the helpers that the configuration asks for.
func (b *builder) clusters() error {
	for _, cluster := range b.cfg.Clusters() {
		if err := b.enter(cluster); err != nil {
			return fmt.Errorf("cluster %s: %w", cluster, err)
		}
		controller, err := b.controller(cluster)
		if err != nil {
			return fmt.Errorf("cluster %s: %w", cluster, err)
		}
		issuer, err := b.certManager(cluster)
		if err != nil {
			return fmt.Errorf("cluster %s: cert-manager: %w", cluster, err)
		}
		for _, key := range b.cfg.Entrances() {
			if err := b.routes(cluster, key, issuer); err != nil {
				return fmt.Errorf("cluster %s: routes of %s: %w", cluster, key, err)
			}
		}
		for _, t := range b.targets {
			if t.cluster != cluster {
				continue
			}
			if err := b.bind(t, controller); err != nil {
				return fmt.Errorf("cluster %s: binding of %s: %w", cluster, t.entrance, err)
			}
		}
		if err := b.externalDNS(cluster); err != nil {
			return fmt.Errorf("cluster %s: external-dns: %w", cluster, err)
		}
	}
	return nil
}

// bind has the controller register a gateway's ready pods in a target group.
// Without a networking block it touches no security group: those rules are
// ours. It is deleted for real, while the controller runs: its finalizer takes
// the targets out.
func (b *builder) bind(t target, controller pulumi.Resource) error {
	e, g := b.entrances[t.entrance], b.args.Clusters[t.cluster].Gateways[t.entrance]
	name := "edge-" + t.entrance
	if t.role != "" {
		name += "-" + t.role
	}
	after := append([]pulumi.Resource{controller}, e.listeners...)
	binding, err := b.custom(t.cluster, "binding-"+t.cluster+"-"+name, "elbv2.k8s.aws/v1beta1", "TargetGroupBinding", g.Namespace, name, pulumi.Map{
		"serviceRef":     pulumi.Map{"name": pulumi.String(g.Service), "port": pulumi.Int(t.servicePort)},
		"targetGroupARN": t.group.ARN, "targetType": pulumi.String("ip"), "ipAddressType": pulumi.String("ipv4"), "vpcID": b.args.Network.VPCID,
	}, after...)
	if err != nil {
		return err
	}
	e.bindings = append(e.bindings, binding)
	return nil
}

// routes makes the objects that lead from an entrance's gateway to services.
func (b *builder) routes(cluster, key string, after []pulumi.Resource) error {
	in := b.args.Clusters[cluster].Gateways[key]
	g := routes.Gateway{
		Name: key, Namespace: in.Namespace, Service: in.Service, Labels: in.Labels, HTTPPort: portHTTP, HTTPSPort: portHTTPS,
	}
	if b.entrances[key].network {
		g.Secret = b.cfg.Application.TLS.Secret
	}
	render := routes.Istio
	if b.cfg.Routing == spec.RoutingGatewayAPI {
		render = routes.GatewayAPI
	}
	for _, o := range render(g, b.cfg.Table(key)) {
		fields, err := o.Fields()
		if err != nil {
			return err
		}
		if _, err := b.custom(cluster, fmt.Sprintf("%s-%s-%s", key, cluster, o.Role), o.APIVersion, o.Kind, o.Namespace, o.Name, pulumi.ToMap(fields), after...); err != nil {
			return err
		}
	}
	if b.entrances[key].network {
		return b.proxyProtocol(cluster, in)
	}
	return nil
}

// proxyProtocol has a gateway read the client's address from the header that
// the NLB puts before each stream. It asks for the header on the ports of
// requests only: readiness is asked by the kubelet too, which sends none.
func (b *builder) proxyProtocol(cluster string, g Gateway) error {
	patches := pulumi.Array{}
	for _, port := range []int{g.HTTPPort, g.HTTPSPort} {
		patches = append(patches, pulumi.Map{
			"applyTo": pulumi.String("LISTENER_FILTER"),
			"match":   pulumi.Map{"context": pulumi.String("GATEWAY"), "listener": pulumi.Map{"portNumber": pulumi.Int(port)}},
			"patch": pulumi.Map{"operation": pulumi.String("INSERT_FIRST"), "value": pulumi.Map{
				"name":         pulumi.String("envoy.filters.listener.proxy_protocol"),
				"typed_config": pulumi.Map{"@type": pulumi.String("type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol")},
			}},
		})
	}
	_, err := b.custom(cluster, "proxy-protocol-"+cluster, "networking.istio.io/v1alpha3", "EnvoyFilter", g.Namespace, "edge-proxy-protocol", pulumi.Map{
		"workloadSelector": pulumi.Map{"labels": pulumi.ToStringMap(g.Labels)}, "configPatches": patches,
	})
	return err
}

// custom registers a custom resource in a cluster.
func (b *builder) custom(cluster, role, apiVersion, kind, namespace, name string, fields pulumi.Map, after ...pulumi.Resource) (pulumi.Resource, error) {
	return kube.New(b.ctx, b.id(role), kube.Kind{APIVersion: apiVersion, Kind: kind}, kube.Meta{Name: name, Namespace: namespace},
		pulumi.Map{"spec": fields}, b.kube(cluster, after...)...)
}
