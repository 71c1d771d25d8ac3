package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Version is what V1.Version says.
const Version = "v1"

// V1 is the contract of one stack.
type V1 struct {
	// Version of the contract: v1.
	Version string `json:"version" jsonschema:"enum=v1"`
	// Stack that wrote it, for example prd-usw2.
	Stack string `json:"stack"`
	// Stage that the stack belongs to.
	Stage string `json:"stage" jsonschema:"enum=dev,enum=stg,enum=prd"`
	// Region of everything below, for example ap-northeast-2.
	Region string `json:"region"`
	// AccountID of AWS, 12 digits.
	AccountID string `json:"accountId" jsonschema:"pattern=^[0-9]{12}$"`
	// Release that the stack runs, for example 2026.08. A cluster may be one behind.
	Release string `json:"release"`
	// Kubernetes is the minor of Release, for example 1.35.
	Kubernetes string `json:"kubernetes" jsonschema:"pattern=^1\\.[0-9]+$"`
	// Networks by key. A key never changes its meaning.
	Networks map[string]NetworkV1 `json:"networks"`
	// Clusters by key. A key never changes its meaning.
	Clusters map[string]ClusterV1 `json:"clusters"`
	// Edge is the way in from outside; absent in a stack without one.
	Edge *EdgeV1 `json:"edge,omitempty"`
}

// NetworkV1 is one VPC. Subnets are ids by availability zone ID (apne2-az1),
// which means the same zone in every account.
type NetworkV1 struct {
	// VPCID such as vpc-0abc1234def567890.
	VPCID string `json:"vpcId"`
	// CIDRs are all IPv4 blocks of the VPC, the primary one first.
	CIDRs []string `json:"cidrs"`
	// Zones are zone IDs in the order of the stack file.
	Zones []string `json:"zones"`
	// PrivateSubnets hold nodes and internal load balancers.
	PrivateSubnets map[string]string `json:"privateSubnets"`
	// PublicSubnets hold load balancers that face the internet; an existing VPC may have none.
	PublicSubnets map[string]string `json:"publicSubnets"`
	// PodSubnets hold pods; empty when pods take addresses of the private subnets.
	PodSubnets map[string]string `json:"podSubnets"`
	// NATAddresses are the public addresses that traffic of the network comes
	// from, for other people's allow lists. Empty without NAT, and for an
	// existing VPC, whose owner knows them.
	NATAddresses []string `json:"natAddresses"`
}

// ClusterV1 is one EKS cluster.
type ClusterV1 struct {
	// Name in AWS.
	Name string `json:"name"`
	// ARN of the cluster.
	ARN string `json:"arn"`
	// Endpoint is the URL of the Kubernetes API; usually it resolves to private addresses only.
	Endpoint string `json:"endpoint"`
	// CertificateAuthority is the PEM bundle of the endpoint in base64, as EKS gives it.
	CertificateAuthority string `json:"certificateAuthority"`
	// OIDCIssuer is the URL of the cluster's token issuer, for IAM roles of
	// other accounts. In the cluster's own account use EKS Pod Identity.
	OIDCIssuer string `json:"oidcIssuer"`
	// ClusterSecurityGroupID is the group that EKS puts on the control plane and the nodes.
	ClusterSecurityGroupID string `json:"clusterSecurityGroupId"`
	// NodeRoleARN is the IAM role of the nodes, for policies of registries and buckets.
	NodeRoleARN string `json:"nodeRoleArn"`
	// Network is the key of the network that the cluster lives in.
	Network string `json:"network"`
	// Release that the cluster runs.
	Release string `json:"release"`
	// Kubernetes is the minor of Release, for example 1.35.
	Kubernetes string `json:"kubernetes" jsonschema:"pattern=^1\\.[0-9]+$"`
	// Mesh is Istio in the cluster; left out where there is none.
	Mesh *MeshV1 `json:"mesh,omitempty"`
	// Observability watches the cluster; left out where nothing does.
	Observability *ObservabilityV1 `json:"observability,omitempty"`
}

// ObservabilityV1 is where workloads of a cluster send what they measure, and
// where people look.
type ObservabilityV1 struct {
	// Namespace of everything that observes the cluster.
	Namespace string `json:"namespace"`
	// OTLPEndpoint is host:port of the collector of traces, OTLP over gRPC, from
	// inside the cluster; empty without traces.
	OTLPEndpoint string `json:"otlpEndpoint"`
	// RemoteWriteURL takes metrics by Prometheus's remote write; empty where nothing does.
	RemoteWriteURL string `json:"remoteWriteUrl"`
	// GrafanaURL for people, or inside the cluster where no other is known;
	// empty without Grafana.
	GrafanaURL string `json:"grafanaUrl"`
}

// MeshV1 is Istio in one cluster.
type MeshV1 struct {
	// DataPlane is ambient or sidecar; a namespace may differ.
	DataPlane string `json:"dataPlane" jsonschema:"enum=ambient,enum=sidecar"`
	// TrustDomain is the first part of every workload's identity.
	TrustDomain string `json:"trustDomain"`
	// Network is the mesh network that the cluster's pods are on.
	Network string `json:"network"`
	// Namespaces that are in the mesh.
	Namespaces []string `json:"namespaces"`
	// Gateways that let clients in, by key.
	Gateways map[string]GatewayV1 `json:"gateways"`
}

// GatewayV1 is an ingress gateway; a Gateway object selects its pods by the
// label istio, whose value is the service's name.
type GatewayV1 struct {
	// Namespace of the gateway's pods and service.
	Namespace string `json:"namespace"`
	// Service that the load balancer's targets come from.
	Service string `json:"service"`
}

// EdgeV1 is the way into a stack.
type EdgeV1 struct {
	// Domain that every host lies in, for example dev.example.com.
	Domain string `json:"domain"`
	// ZoneID of the domain's public hosted zone.
	ZoneID string `json:"zoneId"`
	// NameServers of a zone that the stack made, for whoever delegates to it;
	// empty for a zone that existed.
	NameServers []string `json:"nameServers"`
	// ApplicationDNSName is the application load balancer's own name; empty where there is none.
	ApplicationDNSName string `json:"applicationDnsName"`
	// ManagementDNSName is the management load balancer's own name; empty where there is none.
	ManagementDNSName string `json:"managementDnsName"`
	// Addresses that the application entrance keeps; empty where they change.
	Addresses []string `json:"addresses"`
	// ApplicationHosts are the DNS names that the application entrance answers.
	ApplicationHosts []string `json:"applicationHosts"`
	// ManagementHosts are the DNS names that the management entrance answers.
	ManagementHosts []string `json:"managementHosts"`
}

// Decode reads a contract, as JSON text ([]byte) or as the value that a
// StackReference gives for the output "contract". Another version and missing
// fields are errors. A field that this version does not have is refused in
// strict mode only: a newer stack may have more.
func Decode(output any, strict bool) (V1, error) {
	text, err := plain(output)
	if err != nil {
		return V1{}, err
	}
	var head struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return V1{}, fmt.Errorf("contract: the output is not an object with a version: %w", err)
	}
	switch head.Version {
	case Version:
	case "":
		return V1{}, fmt.Errorf("contract: version is missing, want %q; give the stack output named contract", Version)
	default:
		return V1{}, fmt.Errorf("contract: version is %q, this package reads %q; use the package of that version", head.Version, Version)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if strict {
		d.DisallowUnknownFields()
	}
	var c V1
	if err := d.Decode(&c); err != nil {
		return V1{}, fmt.Errorf("contract: the output cannot be read: %w", err)
	}
	if err := c.validate().Err(); err != nil {
		return V1{}, err
	}
	return c, nil
}

// plain is the JSON text of an output.
func plain(output any) ([]byte, error) {
	if text, ok := output.([]byte); ok {
		return text, nil
	}
	if output == nil {
		return nil, fmt.Errorf("contract: the stack has no output contract; it has not come up yet, or its name is wrong")
	}
	text, err := json.Marshal(output)
	if err != nil {
		return nil, fmt.Errorf("contract: the output cannot be read: %w", err)
	}
	return text, nil
}
