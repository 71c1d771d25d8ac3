package diagram

import (
	"fmt"
	"slices"
	"strings"
)

// Resource is one resource of a preview.
type Resource struct {
	URN, Type, Name, Parent string
	// Inputs are what the program gave; what is not known yet reads "[unknown]".
	Inputs map[string]any
	// Outputs are what a component registered; nil for others.
	Outputs map[string]any
	// Feeds are the URNs that each input comes from.
	Feeds map[string][]string
	// DependsOn are URNs: dependencies, parent and provider.
	DependsOn []string
}

// Graph is a preview by URN, in the order in which the engine met it.
type Graph struct {
	stack string
	all   []*Resource
	byURN map[string]*Resource
}

// NewGraph reads the resources of a stack's preview.
func NewGraph(stack string, resources []Resource) *Graph {
	g := &Graph{stack: stack, byURN: map[string]*Resource{}}
	for i := range resources {
		r := &resources[i]
		if _, twice := g.byURN[r.URN]; twice {
			continue // the steps of one replacement
		}
		g.byURN[r.URN] = r
		g.all = append(g.all, r)
	}
	return g
}

// kinds are the resources of a type, by name.
func (g *Graph) kinds(types ...string) []*Resource {
	var out []*Resource
	for _, r := range g.all {
		if slices.Contains(types, r.Type) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *Resource) int { return strings.Compare(a.Name+a.URN, b.Name+b.URN) })
	return out
}

// fed are the resources of a type that an input comes from; every input for "".
func (g *Graph) fed(r *Resource, input string, types ...string) []*Resource {
	var out []*Resource
	for key, urns := range r.Feeds {
		if input != "" && key != input {
			continue
		}
		for _, urn := range urns {
			if from := g.byURN[urn]; from != nil && slices.Contains(types, from.Type) && !slices.Contains(out, from) {
				out = append(out, from)
			}
		}
	}
	slices.SortFunc(out, func(a, b *Resource) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// clusterOf is the cluster whose API an object of Kubernetes is sent to: the one
// that its provider's kubeconfig comes from.
func (g *Graph) clusterOf(r *Resource) *Resource {
	for _, urn := range r.DependsOn {
		provider := g.byURN[urn]
		if provider == nil || provider.Type != typeKubeProvider {
			continue
		}
		for _, from := range g.fed(provider, "", typeCluster, typeEKS) {
			if c := g.real(from); c != nil {
				return c
			}
		}
	}
	return nil
}

// real is the cluster of AWS inside the component that makes it.
func (g *Graph) real(r *Resource) *Resource {
	if r.Type == typeCluster {
		return r
	}
	for _, c := range g.kinds(typeCluster) {
		if c.Parent == r.URN {
			return c
		}
	}
	return nil
}

// Types of the engine's that pictures are made of.
const (
	typeAWSProvider  = "pulumi:providers:aws"
	typeKubeProvider = "pulumi:providers:kubernetes"
	typeEKS          = "eks:index:Cluster"
	typeCluster      = "aws:eks/cluster:Cluster"
	typeNodeGroup    = "aws:eks/nodeGroup:NodeGroup"
	typeVPC          = "aws:ec2/vpc:Vpc"
	typeCIDR         = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
	typeSubnet       = "aws:ec2/subnet:Subnet"
	typeInternet     = "aws:ec2/internetGateway:InternetGateway"
	typeNAT          = "aws:ec2/natGateway:NatGateway"
	typeRoute        = "aws:ec2/route:Route"
	typeRouteTable   = "aws:ec2/routeTable:RouteTable"
	typeAssociation  = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	typeEndpoint     = "aws:ec2/vpcEndpoint:VpcEndpoint"
	typePeering      = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
	typeInstance     = "aws:ec2/instance:Instance"
	typeMountTarget  = "aws:efs/mountTarget:MountTarget"
	typeFileSystem   = "aws:efs/fileSystem:FileSystem"
	typeDomain       = "aws:opensearch/domain:Domain"
	typeKafka        = "aws:msk/cluster:Cluster"
	typeBalancer     = "aws:lb/loadBalancer:LoadBalancer"
	typeListener     = "aws:lb/listener:Listener"
	typeListenerRule = "aws:lb/listenerRule:ListenerRule"
	typeTargetGroup  = "aws:lb/targetGroup:TargetGroup"
	typeRecord       = "aws:route53/record:Record"
	typeWebACL       = "aws:wafv2/webAcl:WebAcl"
	typeWebACLLink   = "aws:wafv2/webAclAssociation:WebAclAssociation"
	typeRelease      = "kubernetes:helm.sh/v3:Release"
	typeBinding      = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
	typeIstioGateway = "kubernetes:networking.istio.io/v1:Gateway"
	typeVirtual      = "kubernetes:networking.istio.io/v1:VirtualService"
	typeGateway      = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
	typeHTTPRoute    = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
	typeNetwork      = "ladder:network:Network"
)

// text is an input as a word; "" where there is none or it is not known yet.
func (r *Resource) text(path ...string) string {
	switch v := at(r.Inputs, path...).(type) {
	case nil:
		return ""
	case string:
		if v == "[unknown]" || v == "[secret]" {
			return ""
		}
		return v
	default:
		return fmt.Sprint(v)
	}
}

// texts are the entries of an input that is a list.
func (r *Resource) texts(path ...string) []string { return words(at(r.Inputs, path...)) }

func words(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, e := range list {
		if s, is := e.(string); is && s != "[unknown]" {
			out = append(out, s)
		}
	}
	return out
}

// at is the value at a path of keys.
func at(v any, path ...string) any {
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// objects are the entries of a list that are objects.
func objects(v any) []map[string]any {
	list, _ := v.([]any)
	var out []map[string]any
	for _, e := range list {
		if m, is := e.(map[string]any); is {
			out = append(out, m)
		}
	}
	return out
}

// place is where the stack is: region and account, as its provider has them.
func (g *Graph) place() string {
	providers := g.kinds(typeAWSProvider)
	if len(providers) == 0 {
		return ""
	}
	p := providers[0]
	var parts []string
	if region := p.text("region"); region != "" {
		parts = append(parts, region)
	}
	accounts := p.texts("allowedAccountIds")
	if len(accounts) == 0 { // providers take lists as JSON text
		accounts = strings.FieldsFunc(p.text("allowedAccountIds"), func(r rune) bool { return strings.ContainsRune(`[]", `, r) })
	}
	for _, a := range accounts {
		parts = append(parts, "account "+a)
	}
	return strings.Join(parts, ", ")
}
