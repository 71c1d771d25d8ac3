package trace

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	// statusPort and readyPath are where Istio's agent in a gateway says that it
	// can serve. Source: Istio, pilot-agent status server, read at 1.31.
	statusPort = 15021
	readyPath  = "/healthz/ready"

	controllerApp = "aws-load-balancer-controller"
)

// tuple is a target group with its share.
type tuple struct {
	group  *world.Object
	arn    string
	weight int
}

// forward follows the target group with the largest share, and those beside it
// as traces of their own.
func (r *run) forward(lb, listener *world.Object, actions []map[string]any) {
	tuples := r.tuples(lb.Scope, actions)
	if len(tuples) == 0 {
		r.refused(503, "target group", shown(lb), "every share is 0: nobody gets the request")
		return
	}
	before := *r
	hops := slices.Clone(r.trace.Hops)
	r.deliver(lb, listener, tuples[0])
	if len(tuples) == 1 {
		return
	}
	r.trace.Weight = tuples[0].weight
	for _, t := range tuples[1:] {
		other := before
		other.trace = &Trace{Request: r.trace.Request, Hops: slices.Clone(hops)}
		other.deliver(lb, listener, t)
		r.trace.Others = append(r.trace.Others, Share{TargetGroup: label(t), Weight: t.weight, Trace: *other.trace})
	}
}

func label(t tuple) string {
	if t.group == nil {
		return t.arn
	}
	return shown(t.group)
}

// tuples with a share above 0, the largest first.
func (r *run) tuples(scope string, actions []map[string]any) []tuple {
	var out []tuple
	add := func(arn string, weight int) {
		if arn != "" && weight > 0 {
			out = append(out, tuple{r.get(kindTargetGroup, scope, arn), arn, weight})
		}
	}
	for _, a := range actions {
		groups := nested.Objects(a, "forward", "targetGroups")
		if len(groups) == 0 {
			add(nested.Text(a, "targetGroupArn"), 1)
		}
		for _, g := range groups {
			weight := 1
			if _, said := g["weight"]; said {
				weight = nested.Number(g, "weight")
			}
			add(nested.Text(g, "arn"), weight)
		}
	}
	slices.SortStableFunc(out, func(a, b tuple) int { return cmp.Compare(b.weight, a.weight) })
	return out
}

// target is what stands behind a target group: a service's pods.
type target struct {
	cluster   *world.Object
	scope     string // of the cluster's objects
	namespace string
	service   *world.Object
	port      int // of the service
	podPort   int
	labels    map[string]any // of the pods
	notes     map[string]any // their annotations
	name      string         // of the workload
	ready     int
	why       []string
}

func (r *run) deliver(lb, listener *world.Object, t tuple) {
	if t.group == nil {
		r.refused(503, "target group", t.arn, "is not there")
		return
	}
	bound := r.bound(t.group)
	if bound == nil || !r.reachable(lb, t.group, bound) {
		return
	}
	r.trace.Cluster = shown(bound.cluster)
	r.gateway(lb, listener, t.group, bound)
}

// bound finds the pods that a TargetGroupBinding registers.
func (r *run) bound(group *world.Object) *target {
	what := shown(group)
	for _, b := range r.find(kindBinding, "", func(o *world.Object) bool { return nested.Text(o.Attrs, "spec", "targetGroupARN") == group.ID }) {
		cluster := r.cluster(b.Scope)
		if cluster == nil {
			continue
		}
		if !r.running(b.Scope, controllerApp) {
			r.refused(503, "target group", what, "binding %s is not served: no %s runs in cluster %s, so no pod is registered", b.ID, controllerApp, shown(cluster))
			return nil
		}
		if !r.mayRegister(cluster, group, b) {
			return nil
		}
		namespace, _, _ := strings.Cut(b.ID, "/")
		t, problem := r.behind(b.Scope, namespace, nested.Text(b.Attrs, "spec", "serviceRef", "name"), nested.At(b.Attrs, "spec", "serviceRef", "port"))
		if problem != "" {
			r.refused(503, "target group", what, "binding %s: %s", b.ID, problem)
			return nil
		}
		t.cluster = cluster
		if t.ready == 0 {
			r.refused(503, "target group", what, "binding %s: service %s has no ready pod%s", b.ID, t.service.ID, because(t.why))
			return nil
		}
		r.hop("target group", what, "holds %s of %s in cluster %s, port %d", plural(t.ready, "pod"), t.service.ID, shown(cluster), t.podPort)
		return &t
	}
	r.refused(503, "target group", what, "nothing is bound to it: it has no targets")
	return nil
}

// controllerCalls are what the controller asks AWS before a pod is a target.
// Source: aws-load-balancer-controller v3.5, pkg/targetgroupbinding, read 2026-11.
var controllerCalls = []string{"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
	"elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"}

// mayRegister asks the policies of the controller's role.
func (r *run) mayRegister(cluster, group, binding *world.Object) bool {
	documents, ok := aws.PodPolicies(r.tx, cluster, "kube-system", controllerApp)
	if !ok {
		r.unknown("target group", shown(group), "cluster %s has no Pod Identity association of %s: where it has its credentials from is not decided here", shown(cluster), controllerApp)
		return true
	}
	for _, call := range controllerCalls {
		resource := "*"
		if !strings.Contains(call, ":Describe") {
			resource = group.ID
		}
		if !aws.Allowed(documents, aws.Ask{Action: call, Resource: resource}) {
			return r.refused(503, "target group", shown(group), "binding %s is not served: the role of %s in cluster %s lacks %s on %s", binding.ID, controllerApp, shown(cluster), call, resource)
		}
	}
	return true
}

func because(why []string) string {
	if len(why) == 0 {
		return ""
	}
	slices.Sort(why)
	return " (" + strings.Join(slices.Compact(why), "; ") + ")"
}

func (r *run) cluster(endpoint string) *world.Object {
	for _, c := range r.find(kindCluster, "", where("endpoint", endpoint)) {
		return c
	}
	return nil
}

// running: a controller's deployment has a ready pod.
func (r *run) running(scope, app string) bool {
	for _, o := range r.find(kindDeployment, scope, nil) {
		if nested.Text(o.Attrs, "metadata", "labels", "app.kubernetes.io/name") != app {
			continue
		}
		if _, ready, _ := kube.Placement(r.tx, scope, "apps/v1", "Deployment", o.ID); ready > 0 {
			return true
		}
	}
	return false
}

// behind is a service's port with its pods, or what is wrong with it.
func (r *run) behind(scope, namespace, service string, port any) (t target, problem string) {
	s := r.get(kindService, scope, namespace+"/"+service)
	if s == nil {
		return t, "there is no service " + namespace + "/" + service
	}
	t = target{scope: scope, namespace: namespace, service: s}
	for _, p := range nested.Objects(s.Attrs, "spec", "ports") {
		byName, isName := port.(string)
		wanted, _ := port.(float64)
		if (isName && nested.Text(p, "name") != byName) || (!isName && nested.Number(p, "port") != int(wanted)) {
			continue
		}
		t.port = nested.Number(p, "port")
		t.podPort = t.port
		if n := nested.Number(p, "targetPort"); n > 0 {
			t.podPort = n
		}
	}
	if t.port == 0 {
		var have []string
		for _, p := range nested.Objects(s.Attrs, "spec", "ports") {
			have = append(have, itoa(nested.Number(p, "port")))
		}
		return t, "service " + s.ID + " has no port " + portText(port) + ", only " + strings.Join(have, ", ")
	}
	r.pods(&t)
	return t, ""
}

func portText(port any) string {
	if s, ok := port.(string); ok {
		return s
	}
	n, _ := port.(float64)
	return itoa(int(n))
}

var workloads = []struct{ apiVersion, kind string }{{"apps/v1", "Deployment"}, {"apps/v1", "StatefulSet"}, {"apps/v1", "DaemonSet"}}

// pods counts those that a service selects.
func (r *run) pods(t *target) {
	selector := nested.Object(t.service.Attrs, "spec", "selector")
	if len(selector) == 0 {
		return
	}
	for _, k := range workloads {
		for _, o := range r.find("kube:"+k.apiVersion+"/"+k.kind, t.scope, nil) {
			labels := nested.Object(o.Attrs, "spec", "template", "metadata", "labels")
			if ns, _, _ := strings.Cut(o.ID, "/"); ns != t.namespace || !subset(selector, labels) {
				continue
			}
			_, ready, why := kube.Placement(r.tx, t.scope, k.apiVersion, k.kind, o.ID)
			t.ready, t.why = t.ready+ready, append(t.why, why...)
			t.labels, t.name = labels, nested.Text(o.Attrs, "metadata", "name")
			t.notes = nested.Object(o.Attrs, "spec", "template", "metadata", "annotations")
		}
	}
}

// subset: every label of a selector is among some labels.
func subset(selector, labels map[string]any) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return true
}

// reachable: packets get from the load balancer to the pods, by its groups and theirs.
func (r *run) reachable(lb, group *world.Object, t *target) bool {
	lbGroups := nested.Texts(lb.Attrs, "securityGroups")
	pods := party{label: "pods", groups: r.podGroups(t.cluster)}
	front := party{label: "load balancer", groups: lbGroups, block: r.interfaceOf(lb)}
	port := func(n int) (problem string) {
		if len(lbGroups) > 0 && r.opened(lb.Scope, front, "egress", party{groups: pods.groups, block: r.podBlock(t.cluster)}, n) == "" {
			return "no rule of the load balancer's groups (" + strings.Join(lbGroups, ", ") + ") lets it out to port " + itoa(n) + " of the pods"
		}
		if r.opened(lb.Scope, pods, "ingress", front, n) == "" {
			return "no rule of the pods' groups (" + strings.Join(pods.groups, ", ") + ") lets the load balancer in on port " + itoa(n)
		}
		return ""
	}
	if problem := port(t.podPort); problem != "" {
		return r.refused(504, "security group", shown(group), "%s: connections time out", problem)
	}
	r.hop("security group", strings.Join(pods.groups, ", "), "admits the load balancer on port %d", t.podPort)
	r.health(group, t, port)
	return true
}

// health: a target group whose targets are all unhealthy asks every one of them
// all the same. Source: ALB and NLB user guides, target group health, fail open.
func (r *run) health(group *world.Object, t *target, port func(int) string) {
	check := nested.Object(group.Attrs, "healthCheck")
	n := t.podPort
	if p := atoi(nested.Text(check, "port")); p > 0 {
		n = p
	}
	problem := port(n)
	switch {
	case problem != "":
	case n != t.podPort && n != statusPort:
		problem = "nothing listens on port " + itoa(n)
	case n == statusPort && nested.Text(check, "protocol") != "TCP" && nested.Text(check, "path") != readyPath:
		problem = "port " + itoa(n) + " answers 404 to " + nested.Text(check, "path") + ", it is " + readyPath
	}
	if problem != "" {
		r.hop("health check", shown(group), "every target is unhealthy (%s), so that the load balancer asks them all, ready or not", problem)
		return
	}
	r.hop("health check", shown(group), "%s healthy on port %d", plural(t.ready, "target"), n)
}

// podGroups are the security groups of the nodes' interfaces, which pods share,
// and of the cluster where its nodes have none.
func (r *run) podGroups(cluster *world.Object) []string {
	var out []string
	for _, e := range r.find(kindInterface, cluster.Scope, func(o *world.Object) bool {
		return nested.Text(o.Attrs, "clusterName") == cluster.ID && !nested.Boolean(o.Attrs, "controlPlane")
	}) {
		out = append(out, nested.Texts(e.Attrs, "securityGroups")...)
	}
	if g := nested.Text(cluster.Attrs, "vpcConfig", "clusterSecurityGroupId"); len(out) == 0 && g != "" {
		out = []string{g}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// podBlock is the block that pods' addresses lie in: the VPC's.
func (r *run) podBlock(cluster *world.Object) netip.Prefix {
	return r.block(cluster.Scope, nested.Text(cluster.Attrs, "vpcConfig", "vpcId"))
}

// interfaceOf is the address that a load balancer connects from.
func (r *run) interfaceOf(lb *world.Object) netip.Prefix {
	for _, e := range r.find(kindInterface, lb.Scope, where("loadBalancerArn", lb.ID)) {
		for _, ip := range nested.Texts(e.Attrs, "privateIps") {
			if p, err := netip.ParsePrefix(ip + "/32"); err == nil {
				return p
			}
		}
	}
	return r.block(lb.Scope, nested.Text(lb.Attrs, "vpcId"))
}

func (r *run) block(scope, vpc string) netip.Prefix {
	if v := r.get(kindVPC, scope, vpc); v != nil {
		if p, err := netip.ParsePrefix(nested.Text(v.Attrs, "cidrBlock")); err == nil {
			return p
		}
	}
	return netip.PrefixFrom(netip.IPv4Unspecified(), 0)
}
