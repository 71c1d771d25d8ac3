package reach

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Kinds by which other clusters come in.
const (
	kindGatewayAPI = "kube:gateway.networking.k8s.io/v1/Gateway"
	kindGateway    = "kube:networking.istio.io/v1/Gateway"
	kindBalancer   = "aws:lb/loadBalancer:LoadBalancer"
	kindListener   = "aws:lb/listener:Listener"
	kindTargets    = "aws:lb/targetGroup:TargetGroup"
	kindAttachment = "aws:autoscaling/attachment:Attachment"

	hbonePort = 15008
	sniPort   = 15443
)

// door is the way into a cluster.
type door struct {
	c        *cluster
	balancer *world.Object
	port     int
	nodePort int
}

// door finds the gateway of the cluster's mesh network and follows it out to the
// load balancer whose addresses istiod tells others.
func (c *cluster) door() (*door, string) {
	service, port, missing := c.gatewayService()
	if missing != "" {
		return nil, missing
	}
	name := "service " + service.ID[len(system)+1:] + " of " + c.name
	d := &door{c: c, port: port}
	for _, p := range nested.Objects(service.Attrs, "spec", "ports") {
		if nested.Number(p, "port") == port {
			d.nodePort = nested.Number(p, "nodePort")
		}
	}
	addresses := nested.Texts(service.Attrs, "spec", "externalIPs")
	switch {
	case d.nodePort == 0:
		return nil, fmt.Sprintf("%s has no node port for %d, so no load balancer can send to it", name, port)
	case len(addresses) == 0:
		return nil, name + " has no address that other clusters could be told"
	}
	for _, lb := range c.aws(kindBalancer, nil) {
		have := []string{}
		for _, m := range nested.Objects(lb.Attrs, "subnetMappings") {
			have = append(have, nested.Text(m, "privateIpv4Address"))
		}
		if !slices.ContainsFunc(addresses, func(a string) bool { return !slices.Contains(have, a) }) {
			d.balancer = lb
		}
	}
	if d.balancer == nil {
		return nil, "no load balancer has the addresses " + strings.Join(addresses, ", ") + " of " + name
	}
	return d, d.behind()
}

// gatewayService is the service of the gateway, and the port by which others come in.
func (c *cluster) gatewayService() (*world.Object, int, string) {
	for _, gw := range c.objects(kindGatewayAPI) {
		if nested.Text(gw.Attrs, "spec", "gatewayClassName") != "istio-east-west" || nested.Text(gw.Attrs, "metadata", "labels", networkLabel) != c.network {
			continue
		}
		if !slices.ContainsFunc(nested.Objects(gw.Attrs, "spec", "listeners"), func(l map[string]any) bool {
			return nested.Number(l, "port") == hbonePort && nested.Text(l, "protocol") == "HBONE"
		}) {
			return nil, 0, "gateway " + gw.Name + " of " + c.name + " has no HBONE listener at 15008"
		}
		if s, ok := c.get(kindService, gw.ID); ok {
			return s, hbonePort, ""
		}
		return nil, 0, "no istiod of " + c.name + " has made the service of gateway " + gw.Name
	}
	for _, s := range c.objects(kindService) {
		if nested.Text(s.Attrs, "metadata", "labels", networkLabel) != c.network || !strings.HasPrefix(s.ID, system+"/") {
			continue
		}
		for _, gw := range c.objects(kindGateway) {
			for _, server := range nested.Objects(gw.Attrs, "spec", "servers") {
				if nested.Text(server, "tls", "mode") == "AUTO_PASSTHROUGH" && nested.Number(server, "port", "number") == sniPort {
					return s, sniPort, ""
				}
			}
		}
		return nil, 0, "no Gateway of " + c.name + " passes on at 15443 by name (AUTO_PASSTHROUGH)"
	}
	return nil, 0, "no east-west gateway of mesh network " + c.network + " in " + c.name
}

// behind follows the load balancer to nodes of the cluster.
func (d *door) behind() string {
	lb := d.balancer
	for _, l := range d.c.aws(kindListener, nil) {
		if nested.Text(l.Attrs, "loadBalancerArn") != nested.Text(lb.Attrs, "arn") || nested.Number(l.Attrs, "port") != d.port {
			continue
		}
		for _, action := range nested.Objects(l.Attrs, "defaultActions") {
			for _, group := range d.c.aws(kindTargets, nil) {
				if nested.Text(group.Attrs, "arn") == nested.Text(action, "targetGroupArn") {
					return d.targets(group)
				}
			}
		}
		return "the listener of load balancer " + lb.Name + " leads to no target group"
	}
	return fmt.Sprintf("load balancer %s has no listener at %d", lb.Name, d.port)
}

func (d *door) targets(group *world.Object) string {
	if nested.Number(group.Attrs, "port") != d.nodePort {
		return fmt.Sprintf("target group %s sends to node port %d, the gateway is at %d", group.Name, nested.Number(group.Attrs, "port"), d.nodePort)
	}
	names := d.c.autoScalingGroups()
	for _, a := range d.c.aws(kindAttachment, nil) {
		if nested.Text(a.Attrs, "lbTargetGroupArn") == nested.Text(group.Attrs, "arn") && slices.Contains(names, nested.Text(a.Attrs, "autoscalingGroupName")) {
			return ""
		}
	}
	return "target group " + group.Name + " has no nodes of " + d.c.name
}

// autoScalingGroups of the cluster's managed node groups.
func (c *cluster) autoScalingGroups() []string {
	var out []string
	for _, g := range c.nodeGroups() {
		for _, r := range nested.Objects(g.Attrs, "resources") {
			for _, a := range nested.Objects(r, "autoscalingGroups") {
				out = append(out, nested.Text(a, "name"))
			}
		}
	}
	sort.Strings(out)
	return out
}

func (c *cluster) nodeGroups() []*world.Object {
	return c.aws(kindGroup, func(o *world.Object) bool { return nested.Text(o.Attrs, "clusterName") == c.name })
}

// subnets that the load balancer is in.
func (d *door) subnets() []string {
	var out []string
	for _, m := range nested.Objects(d.balancer.Attrs, "subnetMappings") {
		out = append(out, nested.Text(m, "subnetId"))
	}
	return out
}

// admits says what keeps from's packets out of the load balancer.
func (d *door) admits(from *cluster) string {
	missing := "load balancer " + d.balancer.Name + " has no security group"
	for _, g := range nested.Texts(d.balancer.Attrs, "securityGroups") {
		if missing = d.c.admits(g, from, d.port); missing == "" {
			return ""
		}
	}
	return missing
}

// reachesNodes: out of the load balancer's group and into the nodes'.
func (d *door) reachesNodes(to *cluster) string {
	for _, g := range nested.Texts(d.balancer.Attrs, "securityGroups") {
		if !to.rule(false, g, d.nodePort, func(r permission) bool { return r.group == to.group || r.anywhere() }) {
			return fmt.Sprintf("security group %s of load balancer %s lets nothing out to nodes of %s at port %d", g, d.balancer.Name, to.name, d.nodePort)
		}
		if !to.rule(true, to.group, d.nodePort, func(r permission) bool { return r.group == g }) {
			return fmt.Sprintf("security group %s of %s lets load balancer %s not in at port %d", to.group, to.name, d.balancer.Name, d.nodePort)
		}
	}
	return ""
}
