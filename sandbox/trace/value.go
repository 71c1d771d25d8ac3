package trace

import (
	"fmt"
	"net/netip"
	"path"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	kindVPC          = "aws:ec2/vpc:Vpc"
	kindSubnet       = "aws:ec2/subnet:Subnet"
	kindRoute        = "aws:ec2/route:Route"
	kindTableOf      = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	kindNAT          = "aws:ec2/natGateway:NatGateway"
	kindGroup        = "aws:ec2/securityGroup:SecurityGroup"
	kindIngress      = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	kindEgress       = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	kindGroupRule    = "aws:ec2/securityGroupRule:SecurityGroupRule"
	kindInterface    = "hidden:ec2/NetworkInterface"
	kindZone         = "aws:route53/zone:Zone"
	kindRecord       = "aws:route53/record:Record"
	kindBalancer     = "aws:lb/loadBalancer:LoadBalancer"
	kindListener     = "aws:lb/listener:Listener"
	kindListenerRule = "aws:lb/listenerRule:ListenerRule"
	kindListenerCert = "aws:lb/listenerCertificate:ListenerCertificate"
	kindTargetGroup  = "aws:lb/targetGroup:TargetGroup"
	kindCertificate  = "aws:acm/certificate:Certificate"
	kindACL          = "aws:wafv2/webAcl:WebAcl"
	kindACLOf        = "aws:wafv2/webAclAssociation:WebAclAssociation"
	kindIPSet        = "aws:wafv2/ipSet:IpSet"
	kindCluster      = "aws:eks/cluster:Cluster"

	kindBinding    = "kube:elbv2.k8s.aws/v1beta1/TargetGroupBinding"
	kindService    = "kube:v1/Service"
	kindDeployment = "kube:apps/v1/Deployment"
	kindSecret     = "kube:v1/Secret"
)

// name is a DNS name as it is compared.
func name(s string) string { return strings.ToLower(strings.TrimSuffix(s, ".")) }

// where matches one text attribute.
func where(key, value string) func(*world.Object) bool {
	return func(o *world.Object) bool { return nested.Text(o.Attrs, key) == value }
}

func (r *run) find(kind, scope string, match func(*world.Object) bool) []*world.Object {
	return r.tx.Find(kind, scope, match)
}

func (r *run) get(kind, scope, id string) *world.Object {
	o, _ := r.tx.Get(world.Key{Kind: kind, Scope: scope, ID: id})
	return o
}

// wild matches * with any text and ? with one character; path.Match would stop
// at slashes.
func wild(pattern, s string) bool {
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(s, "/", "\x00"))
	return err == nil && ok
}

// covers: all of a block's addresses lie in another.
func covers(outer string, inner netip.Prefix) bool {
	p, err := netip.ParsePrefix(outer)
	return err == nil && p.Bits() <= inner.Bits() && p.Contains(inner.Addr())
}

func overlaps(outer string, inner netip.Prefix) bool {
	p, err := netip.ParsePrefix(outer)
	return err == nil && p.Overlaps(inner)
}

// private says whether a block is one of RFC 1918 or RFC 6598.
func private(p netip.Prefix) bool {
	for _, b := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"} {
		if covers(b, p) {
			return true
		}
	}
	return false
}

// shown is an object as a person knows it.
func shown(o *world.Object) string {
	if n := nested.Text(o.Attrs, "name"); n != "" {
		return n
	}
	return o.ID
}

// addresses writes a source for people.
func addresses(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
