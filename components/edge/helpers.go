package edge

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/edge/spec"
	"github.com/ladder-platform/ladder/components/internal/dns"
	"github.com/ladder-platform/ladder/components/internal/helm"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/internal/naming"
	"github.com/ladder-platform/ladder/components/internal/podidentity"
)

const (
	externalDNSName = "external-dns"
	certManagerName = "cert-manager"
	issuerName      = "edge"
)

// externalDNS installs external-dns over a zone of its own. It never deletes a
// record, and each cluster marks its own.
func (b *builder) externalDNS(cluster string) error {
	if b.cfg.ExternalDNS == nil {
		return nil
	}
	zone, err := b.workloadZone()
	if err != nil {
		return err
	}
	id, c := b.id(cluster+"-external-dns"), b.args.Clusters[cluster]
	partition := naming.Partition(b.args.Environment.Region)
	identity, err := podidentity.New(b.ctx, id, podidentity.Args{
		RoleArgs: podidentity.RoleArgs{Description: "external-dns of " + c.Name, Tags: b.tags, Policy: iamdoc.DocumentOutput([]pulumi.StringInput{zone.ZoneID}, func(ids []string) []iamdoc.Statement {
			return externalDNSStatements(fmt.Sprintf("arn:%s:route53:::hostedzone/%s", partition, ids[0]))
		})},
		ClusterName: pulumi.String(c.Name), Namespace: externalDNSName, ServiceAccount: externalDNSName,
	}, b.beside(cluster)...)
	if err != nil {
		return err
	}
	namespace, err := b.namespace(cluster, externalDNSName)
	if err != nil {
		return err
	}
	routes := "istio-virtualservice"
	if b.cfg.Routing == spec.RoutingGatewayAPI {
		routes = "gateway-httproute"
	}
	_, err = helm.New(b.ctx, id, helm.Args{
		Chart: b.chart(cluster, spec.ChartExternalDNS), ReleaseName: externalDNSName, Namespace: pulumi.String(externalDNSName), SkipCRDs: true,
		Values: pulumi.Map{
			"provider": pulumi.Map{"name": pulumi.String("aws")}, "policy": pulumi.String("upsert-only"),
			"registry": pulumi.String("txt"), "txtOwnerId": pulumi.String(c.Name),
			"domainFilters": pulumi.ToStringArray([]string{b.workloadDomain()}), "sources": pulumi.ToStringArray([]string{"service", routes}),
			"extraArgs":      pulumi.Array{pulumi.Sprintf("--zone-id-filter=%s", zone.ZoneID)},
			"env":            pulumi.Array{pulumi.StringMap{"name": pulumi.String("AWS_DEFAULT_REGION"), "value": pulumi.String(b.args.Environment.Region)}},
			"serviceAccount": pulumi.Map{"create": pulumi.Bool(true), "name": pulumi.String(externalDNSName)},
			"resources":      requested("50m", "128Mi"),
		},
	}, b.kube(cluster, append(identity.Ready, namespace)...)...)
	return err
}

// requested are requests, with a limit of memory that is as high.
func requested(cpu, memory string) pulumi.Map {
	return pulumi.Map{
		"requests": pulumi.StringMap{"cpu": pulumi.String(cpu), "memory": pulumi.String(memory)},
		"limits":   pulumi.StringMap{"memory": pulumi.String(memory)},
	}
}

// externalDNSStatements let external-dns write into one zone only.
// Source: kubernetes-sigs/external-dns v0.23, docs/tutorials/aws.md.
func externalDNSStatements(zone string) []iamdoc.Statement {
	return []iamdoc.Statement{
		{Sid: "Write", Actions: []string{"route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets", "route53:ListTagsForResources"}, Resources: []string{zone}},
		{Sid: "Find", Actions: []string{"route53:ListHostedZones"}, Resources: []string{"*"}, EveryResource: "the action knows no resource-level permission"},
	}
}

func (b *builder) workloadDomain() string {
	return b.cfg.ExternalDNS.Subdomain + "." + b.cfg.Domain.Name
}

// workloadZone is the zone that workloads of all clusters share. Records that
// external-dns wrote go with it: nobody else would delete them.
func (b *builder) workloadZone() (*dns.Zone, error) {
	if b.workloads != nil {
		return b.workloads, nil
	}
	id := b.id("workload-zone")
	zone, err := dns.NewZone(b.ctx, id, dns.ZoneArgs{
		Name: b.workloadDomain(), Comment: "written by external-dns of stack " + b.args.Stack, ForceDestroy: true, Tags: b.tags.For(id),
	}, b.aws()...)
	if err != nil {
		return nil, fmt.Errorf("zone: %w", err)
	}
	if _, err := dns.NewRecord(b.ctx, b.id("workload-delegation"), dns.RecordArgs{
		ZoneID: b.zone, Name: pulumi.String(b.workloadDomain()), Type: "NS", TTL: delegationTTL, Values: zone.NameServers,
	}, b.inZone()...); err != nil {
		return nil, fmt.Errorf("delegation: %w", err)
	}
	b.workloads = zone
	return zone, nil
}

// certManager installs cert-manager and, where the gateway ends TLS, what
// issues its certificate. What it returns must exist before routes that use it.
func (b *builder) certManager(cluster string) ([]pulumi.Resource, error) {
	if b.cfg.CertManager == nil {
		return nil, nil
	}
	id, c := b.id(cluster+"-cert-manager"), b.args.Clusters[cluster]
	partition := naming.Partition(b.args.Environment.Region)
	identity, err := podidentity.New(b.ctx, id, podidentity.Args{
		RoleArgs: podidentity.RoleArgs{Description: "cert-manager of " + c.Name, Tags: b.tags, Policy: iamdoc.DocumentOutput([]pulumi.StringInput{b.zone}, func(ids []string) []iamdoc.Statement {
			return certManagerStatements(partition, fmt.Sprintf("arn:%s:route53:::hostedzone/%s", partition, ids[0]))
		})},
		ClusterName: pulumi.String(c.Name), Namespace: certManagerName, ServiceAccount: certManagerName,
	}, b.beside(cluster)...)
	if err != nil {
		return nil, err
	}
	namespace, err := b.namespace(cluster, certManagerName)
	if err != nil {
		return nil, err
	}
	release, err := helm.New(b.ctx, id, helm.Args{
		Chart: b.chart(cluster, spec.ChartCertManager), ReleaseName: certManagerName, Namespace: pulumi.String(certManagerName),
		Values: pulumi.Map{
			// As templates of the chart, so that Helm upgrades them, and kept on
			// uninstall, so that no certificate goes with them.
			"crds":           pulumi.Map{"enabled": pulumi.Bool(true), "keep": pulumi.Bool(true)},
			"replicaCount":   pulumi.Int(controllerReplicas),
			"serviceAccount": pulumi.Map{"create": pulumi.Bool(true), "name": pulumi.String(certManagerName)},
			"resources":      requested("50m", "128Mi"),
			"webhook":        pulumi.Map{"resources": requested("25m", "64Mi")},
			"cainjector":     pulumi.Map{"resources": requested("50m", "128Mi")},
		},
	}, b.kube(cluster, append(identity.Ready, namespace)...)...)
	if err != nil {
		return nil, err
	}
	return b.issuer(cluster, release)
}

// certManagerStatements let cert-manager write the records that prove a name,
// and nothing else in the zone. Source: cert-manager documentation, "DNS01,
// Route53", read 2026-11.
func certManagerStatements(partition, zone string) []iamdoc.Statement {
	return []iamdoc.Statement{
		{Sid: "Wait", Actions: []string{"route53:GetChange"}, Resources: []string{fmt.Sprintf("arn:%s:route53:::change/*", partition)}},
		{Sid: "Prove", Actions: []string{"route53:ChangeResourceRecordSets"}, Resources: []string{zone}, Conditions: map[string]map[string][]string{
			"ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": {"TXT"}},
			"ForAllValues:StringLike":   {"route53:ChangeResourceRecordSetsNormalizedRecordNames": {"_acme-challenge.*"}},
		}},
		{Sid: "Read", Actions: []string{"route53:ListResourceRecordSets"}, Resources: []string{zone}},
	}
}

// issuer makes the issuer, and the certificate of a gateway that ends TLS.
func (b *builder) issuer(cluster string, release pulumi.Resource) ([]pulumi.Resource, error) {
	m := b.cfg.CertManager
	issuer, err := b.custom(cluster, cluster+"-issuer", "cert-manager.io/v1", "ClusterIssuer", "", issuerName, pulumi.Map{"acme": pulumi.Map{
		"email": pulumi.String(m.Email), "server": pulumi.String(m.Server),
		"privateKeySecretRef": pulumi.StringMap{"name": pulumi.String(issuerName + "-account")},
		"solvers": pulumi.Array{pulumi.Map{"dns01": pulumi.Map{"route53": pulumi.Map{
			"region": pulumi.String(b.args.Environment.Region), "hostedZoneID": b.zone,
		}}}},
	}}, release)
	if err != nil {
		return nil, err
	}
	tls := b.cfg.Application.TLS
	if tls == nil || tls.Issuer != spec.IssuerCertManager {
		return []pulumi.Resource{issuer}, nil
	}
	g := b.args.Clusters[cluster].Gateways[spec.EntranceApplication]
	var names []string
	for _, h := range b.cfg.Table(spec.EntranceApplication) {
		if h.Passthrough == nil {
			names = append(names, h.Name)
		}
	}
	cert, err := b.custom(cluster, cluster+"-certificate", "cert-manager.io/v1", "Certificate", g.Namespace, tls.Secret, pulumi.Map{
		"secretName": pulumi.String(tls.Secret), "dnsNames": pulumi.ToStringArray(names),
		"issuerRef":  pulumi.StringMap{"kind": pulumi.String("ClusterIssuer"), "name": pulumi.String(issuerName)},
		"privateKey": pulumi.StringMap{"algorithm": pulumi.String("ECDSA"), "rotationPolicy": pulumi.String("Always")},
	}, issuer)
	if err != nil {
		return nil, err
	}
	return []pulumi.Resource{cert}, nil
}

// namespace of a helper, closed to pods that ask for more than they need.
func (b *builder) namespace(cluster, name string) (pulumi.Resource, error) {
	return kube.New(b.ctx, b.id(cluster+"-"+name), kube.Namespace, kube.Meta{Name: name, Labels: map[string]string{
		"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted",
	}}, nil, b.kube(cluster)...)
}
