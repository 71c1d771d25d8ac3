package trace

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/ladder-platform/ladder/components/edge/routes"
	"github.com/ladder-platform/ladder/components/mesh/plan"
	"github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/trace"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	account = "111122223333"
	region  = "ap-northeast-2"
	scope   = account + "/" + region

	vpcType      = "aws:ec2/vpc:Vpc"
	subnetType   = "aws:ec2/subnet:Subnet"
	sgType       = "aws:ec2/securityGroup:SecurityGroup"
	inType       = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	outType      = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	lbType       = "aws:lb/loadBalancer:LoadBalancer"
	tgType       = "aws:lb/targetGroup:TargetGroup"
	listenerType = "aws:lb/listener:Listener"
	ruleType     = "aws:lb/listenerRule:ListenerRule"
	certType     = "aws:acm/certificate:Certificate"
	zoneType     = "aws:route53/zone:Zone"
	recordType   = "aws:route53/record:Record"
	aclType      = "aws:wafv2/webAcl:WebAcl"
	setType      = "aws:wafv2/ipSet:IpSet"
)

type m = map[string]any

// cloud makes objects by the simulated provider, and those of clusters as their
// API servers hold them.
type cloud struct {
	*testing.T
	w *world.World
	p plugin.Provider
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	w := world.New(7, time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	c := &cloud{T: t, w: w, p: aws.New(deps.Deps{World: w, AccountID: account, CallerARN: "arn:aws:sts::" + account + ":assumed-role/deployer/x"})}
	if _, err := c.p.Configure(context.Background(), plugin.ConfigureRequest{Inputs: props(m{"region": region})}); err != nil {
		t.Fatal(err)
	}
	return c
}

func props(in m) resource.PropertyMap { return resource.NewPropertyMapFromMap(in) }

// made is a resource's id and outputs.
type made struct {
	id  string
	out resource.PropertyMap
}

func (o made) text(key string) string { return o.out[resource.PropertyKey(key)].StringValue() }

func (c *cloud) make(typ, name string, in m) made {
	c.Helper()
	urn := resource.NewURN("dev", "ladder", "", tokens.Type(typ), name)
	checked, err := c.p.Check(context.Background(), plugin.CheckRequest{URN: urn, News: props(in), RandomSeed: []byte(name)})
	for _, f := range checked.Failures {
		err = errors.Join(err, errors.New(f.Reason))
	}
	if err != nil {
		c.Fatalf("%s %s: %v", typ, name, err)
	}
	res, err := c.p.Create(context.Background(), plugin.CreateRequest{URN: urn, Properties: checked.Properties})
	if err != nil {
		c.Fatalf("%s %s: %v", typ, name, err)
	}
	return made{string(res.ID), res.Properties}
}

func (c *cloud) put(o *world.Object) {
	c.Helper()
	if err := c.w.Tx(func(tx *world.Tx) error { tx.Put(o); return nil }); err != nil {
		c.Fatal(err)
	}
}

// change edits an object of the world behind everybody's back.
func (c *cloud) change(kind, id string, f func(attrs m)) {
	c.Helper()
	n := 0
	if err := c.w.Tx(func(tx *world.Tx) error {
		for _, o := range tx.Find(kind, "", func(o *world.Object) bool {
			return o.ID == id || o.Name == id || strings.HasSuffix(o.URN, "::"+id)
		}) {
			n++
			f(o.Attrs)
			tx.Put(o)
		}
		return nil
	}); err != nil {
		c.Fatal(err)
	}
	if n != 1 {
		c.Fatalf("%d objects %s %s", n, kind, id)
	}
}

func (c *cloud) drop(kind, id string) {
	c.Helper()
	n := 0
	if err := c.w.Tx(func(tx *world.Tx) error {
		for _, o := range tx.Find(kind, "", func(o *world.Object) bool {
			return o.ID == id || o.Name == id || strings.HasSuffix(o.URN, "::"+id)
		}) {
			n++
			tx.Delete(o.Key())
		}
		return nil
	}); err != nil {
		c.Fatal(err)
	}
	if n == 0 {
		c.Fatalf("no object %s %s", kind, id)
	}
}

// kube puts an object of a cluster.
func (c *cloud) kube(cluster, apiVersion, kind, namespace, name string, more m) {
	c.Helper()
	id := name
	if namespace != "" {
		id = namespace + "/" + name
	}
	attrs := m{"apiVersion": apiVersion, "kind": kind, "metadata": m{"name": name, "namespace": namespace}}
	for k, v := range more {
		attrs[k] = v
	}
	c.put(&world.Object{Kind: "kube:" + apiVersion + "/" + kind, Scope: endpoint(cluster), ID: id, Name: name, Attrs: attrs})
}

func endpoint(cluster string) string { return "https://" + cluster + ".eks.example" }

// workload is a Deployment of some pods with a Service before them.
func (c *cloud) workload(cluster, namespace, name string, replicas int, labels m, ports ...any) {
	c.Helper()
	c.kube(cluster, "apps/v1", "Deployment", namespace, name, m{
		"metadata": m{"name": name, "namespace": namespace, "labels": m{"app.kubernetes.io/name": name}},
		"spec":     m{"replicas": float64(replicas), "template": m{"metadata": m{"labels": labels}, "spec": m{"containers": []any{m{"name": name, "image": "x"}}}}}})
	if len(ports) > 0 {
		c.kube(cluster, "v1", "Service", namespace, name, m{"spec": m{"type": "ClusterIP", "selector": labels, "ports": ports}})
	}
}

func port(n, target float64) any {
	return m{"name": fmt.Sprintf("p%v", n), "port": n, "targetPort": target}
}

// network is a VPC with two public subnets, two private ones, and a NAT gateway.
type network struct {
	vpc, pub1, pub2, in1, in2 made
}

func (c *cloud) network() network {
	var n network
	n.vpc = c.make(vpcType, "net", m{"cidrBlock": "10.0.0.0/16"})
	subnet := func(name, block, zone string) made {
		return c.make(subnetType, name, m{"vpcId": n.vpc.id, "cidrBlock": block, "availabilityZoneId": zone})
	}
	igw := c.make("aws:ec2/internetGateway:InternetGateway", "igw", m{"vpcId": n.vpc.id})
	table := c.make("aws:ec2/routeTable:RouteTable", "out", m{"vpcId": n.vpc.id})
	c.make("aws:ec2/route:Route", "out", m{"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": igw.id})
	n.pub1, n.pub2 = subnet("pub1", "10.0.0.0/24", "apne2-az1"), subnet("pub2", "10.0.1.0/24", "apne2-az2")
	for name, s := range map[string]made{"pub1": n.pub1, "pub2": n.pub2} {
		c.make("aws:ec2/routeTableAssociation:RouteTableAssociation", name, m{"routeTableId": table.id, "subnetId": s.id})
	}
	n.in1, n.in2 = subnet("in1", "10.0.16.0/20", "apne2-az1"), subnet("in2", "10.0.32.0/20", "apne2-az2")
	ip := c.make("aws:ec2/eip:Eip", "nat", m{"domain": "vpc"})
	c.make("aws:ec2/natGateway:NatGateway", "nat", m{"subnetId": n.pub1.id, "allocationId": ip.id})
	return n
}

// cluster is a control plane with one large node, whose pods carry one group.
func (c *cloud) cluster(n network, key string) (group made) {
	group = c.make(sgType, "pods-"+key, m{"name": "pods-" + key, "vpcId": n.vpc.id})
	c.put(&world.Object{Kind: "aws:eks/cluster:Cluster", Scope: scope, ID: key, Name: key, Attrs: m{
		"name": key, "endpoint": endpoint(key), "version": "1.35", "vpcConfig": m{"clusterSecurityGroupId": group.id, "vpcId": n.vpc.id}}})
	c.put(&world.Object{Kind: "kube:v1/Node", Scope: endpoint(key), ID: "node", Name: "node", Attrs: m{
		"labels": m{}, "ready": true, "allocatable": m{"cpu": "64", "memory": "256Gi", "pods": 110.}}})
	c.workload(key, "kube-system", "aws-load-balancer-controller", 2, m{"app": "lbc"})
	return group
}

// told annotates a gateway's pods as the mesh does, with TLS ended where it says.
func (c *cloud) told(key, gateway, tls string) {
	name := strings.TrimPrefix(gateway, "gateway-")
	values := plan.Gateway(spec.Config{Gateways: map[string]spec.Gateway{name: {TLS: tls}}}.WithDefaults(), name)
	c.note(key, gateway, values["podAnnotations"])
}

// note writes the annotations of a gateway's pods.
func (c *cloud) note(key, gateway string, annotations any) {
	c.Helper()
	if err := c.w.Tx(func(tx *world.Tx) error {
		o, ok := tx.Get(world.Key{Kind: "kube:apps/v1/Deployment", Scope: endpoint(key), ID: "istio-ingress/" + gateway})
		if !ok {
			return fmt.Errorf("no deployment %s", gateway)
		}
		o.Attrs["spec"].(m)["template"].(m)["metadata"].(m)["annotations"] = annotations
		tx.Put(o)
		return nil
	}); err != nil {
		c.Fatal(err)
	}
}

// gateways and the services behind them, as the mesh and its users have them.
func (c *cloud) services(key, tls string) {
	gateway := []any{port(15021, 15021), port(80, 8080), port(443, 8443)}
	for _, name := range []string{"application", "management"} {
		c.workload(key, "istio-ingress", "gateway-"+name, 2, m{"istio": "gateway-" + name}, gateway...)
		c.told(key, "gateway-"+name, tls)
	}
	for _, s := range []string{"shop/web", "shop/cart", "shop/api", "shop/writer", "platform/argocd-server", "platform/grafana", "blog/site", "mail/relay"} {
		ns, name, _ := strings.Cut(s, "/")
		c.workload(key, ns, name, 3, m{"app": name}, port(8080, 8080))
	}
	c.workload(key, "shop", "empty", 0, m{"app": "empty"}, port(8080, 8080))
}

// certificate is an issued one.
func (c *cloud) certificate(names ...string) string {
	arn := "arn:aws:acm:" + region + ":" + account + ":certificate/" + names[0]
	c.put(&world.Object{Kind: certType, Scope: scope, ID: arn, State: "ISSUED", Attrs: m{"arn": arn, "domainName": names[0], "subjectAlternativeNames": list(names)}})
	return arn
}

func list(in []string) []any {
	out := make([]any, len(in))
	for i, s := range in {
		out[i] = s
	}
	return out
}

// render puts a table's objects into a cluster.
func (c *cloud) render(key string, objects []routes.Object) {
	for _, o := range objects {
		fields, err := o.Fields()
		if err != nil {
			c.Fatal(err)
		}
		c.kube(key, o.APIVersion, o.Kind, o.Namespace, o.Name, m{"spec": fields})
	}
}

func (c *cloud) follow(r trace.Request) trace.Trace {
	c.Helper()
	var out trace.Trace
	var err error
	c.w.View(func(tx *world.Tx) { out, err = trace.Follow(tx, r) })
	if err != nil {
		c.Fatal(err)
	}
	return out
}
