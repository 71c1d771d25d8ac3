package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// enrolLabels are labels by which a namespace is enrolled; the program sets them.
// Source: istio.io/api/label, 1.31.
var enrolLabels = []string{
	"istio-injection", "istio.io/rev", "istio.io/dataplane-mode", "istio.io/use-waypoint", "istio.io/use-waypoint-namespace", "istio.io/ingress-use-waypoint",
}

// sidecarLabels put a sidecar into pods.
var sidecarLabels = []string{"istio-injection", "istio.io/rev", "sidecar.istio.io/inject"}

// reservedNamespaces are not for workloads, or made by somebody else.
var reservedNamespaces = []string{SystemNamespace, IngressNamespace, EgressNamespace, "default", "kube-system", "kube-public", "kube-node-lease", "external-secrets"}

func (c Config) validateNamespaces(in ValidateInput) finding.List {
	var out finding.List
	for _, name := range sortedKeys(c.Namespaces) {
		at, n := finding.Under("namespaces", name), c.Namespaces[name]
		switch {
		case slices.Contains(reservedNamespaces, name):
			out.Add(at, "use a namespace of its own for workloads", "%q is made by the cluster or the mesh itself", name)
		case len(name) > maxLabel || !namePattern.MatchString(name):
			out.Add(at, "use at most 63 lower-case letters, digits and hyphens", "%q cannot be a namespace", name)
		}
		for i, key := range n.Clusters {
			if _, ok := in.Clusters[key]; !ok {
				out.Add(fmt.Sprintf("%s.clusters[%d]", at, i), strict.Suggest(key, sortedKeys(in.Clusters)), "%q is no cluster of this stack", key)
			}
		}
		if n.DataPlane != "" && !n.known() {
			oneOf(&out, at+".dataPlane", n.DataPlane, Ambient, Sidecar, None)
			continue
		}
		out.Join(at, c.validateNamespace(name, n, in))
	}
	return out
}

// validateNamespace are the findings of a namespace on each plane that it has:
// clusters may have different ones.
func (c Config) validateNamespace(name string, n Namespace, in ValidateInput) finding.List {
	var out finding.List
	for i, g := range n.Gateways {
		if _, ok := c.Gateways[g]; !ok {
			out.Add(fmt.Sprintf("gateways[%d]", i), strict.Suggest(g, sortedKeys(c.Gateways)), "%q is no gateway of the mesh", g)
		}
	}
	for _, key := range sortedKeys(n.Allow) {
		out.Join(finding.Under("allow", key), n.Allow[key].validate(c, n))
	}
	for _, key := range sortedKeys(n.PlainPorts) {
		out.Join(finding.Under("plainPorts", key), n.PlainPorts[key].validate())
		validKey(&out, finding.Under("plainPorts", key), key)
	}
	out.Join("traffic", n.Traffic.validate())
	for _, key := range sortedKeys(n.Services) {
		at, s := finding.Under("services", key), n.Services[key]
		if len(key) > maxLabel || !namePattern.MatchString(key) {
			out.Add(at, "use the service's name", "%q cannot be a service", key)
		}
		out.Join(at, s.Traffic.validate())
		out.Join(at+".retries", s.Retries.validate())
		positive(&out, at+".timeoutSeconds", s.TimeoutSeconds)
	}
	if n.Waypoint != nil {
		out.Join("waypoint", n.Waypoint.Replicas.validate())
	}
	if c.Authorization.Default == Allows && len(n.Allow) > 0 {
		out.Add("allow", "remove it, or use authorization.default: deny", "would refuse everybody else, although the mesh's default is allow")
	}
	var planes []Plane
	for _, key := range sortedKeys(in.Clusters) {
		own, ok := c.For(key)
		here, in := own.Namespaces[name]
		if ok && in && here.known() && !slices.Contains(planes, here.Plane()) {
			planes = append(planes, here.Plane())
		}
	}
	for _, on := range planes {
		out.Join("", n.on(on, c.Authorization.Default))
	}
	return out
}

// known says whether the data plane is one; others have a finding of their own.
func (n Namespace) known() bool {
	return slices.Contains([]string{Ambient, Sidecar, None}, n.DataPlane)
}

// on are the findings of what the namespace asks for on one plane.
func (n Namespace) on(plane Plane, authorization string) finding.List {
	var out finding.List
	for _, label := range sortedKeys(n.Labels) {
		at := finding.Under("labels", label)
		switch {
		case plane != PlaneSidecar && plane != PlaneNone && slices.Contains(sidecarLabels, label):
			out.Add(at, "remove it, or set dataPlane: sidecar", "puts sidecars into the pods of a namespace that is ambient: traffic would pass both")
		case slices.Contains(enrolLabels, label):
			out.Add(at, "remove it; dataPlane, revision and waypoint say it", "the program sets the label %q itself", label)
		}
	}
	if n.Waypoint != nil && plane != PlaneWaypoint {
		out.Add("waypoint", "remove it", "has no effect %s", plane.where())
	}
	for _, u := range n.uses() {
		Ask(&out, u.path, u.feature, plane)
	}
	return out
}

type use struct{ path, feature string }

// uses are the features that a namespace asks for, with where.
func (n Namespace) uses() []use {
	var out []use
	add := func(set bool, path, feature string) {
		if set {
			out = append(out, use{path, feature})
		}
	}
	add(len(n.Gateways) > 0, "gateways", FeatureL4)
	for _, key := range sortedKeys(n.Allow) {
		at, a := finding.Under("allow", key), n.Allow[key]
		add(true, at, FeatureL4)
		add(len(a.Methods) > 0, at+".methods", FeatureL7)
		add(len(a.Paths) > 0, at+".paths", FeatureL7)
		add(len(a.Hosts) > 0, at+".hosts", FeatureL7)
		add(a.Service != "", at+".service", FeatureOneService)
		add(len(a.Workload) > 0, at+".workload", FeatureOneWorkload)
	}
	for _, key := range sortedKeys(n.PlainPorts) {
		add(true, finding.Under("plainPorts", key), FeaturePlainPort)
	}
	add(n.Traffic.Connections != nil, "traffic.connections", FeatureConnections)
	add(n.Traffic.Outlier != nil, "traffic.outlier", FeatureOutlier)
	for _, key := range sortedKeys(n.Services) {
		at, s := finding.Under("services", key), n.Services[key]
		add(s.Connections != nil, at+".connections", FeatureConnections)
		add(s.Outlier != nil, at+".outlier", FeatureOutlier)
		add(s.Retries != nil, at+".retries", FeatureRetries)
		add(s.TimeoutSeconds != 0, at+".timeoutSeconds", FeatureTimeout)
	}
	return out
}

func validKey(out *finding.List, at, key string) {
	if len(key) > maxGatewayKey || !keyPattern.MatchString(key) {
		out.Add(at, "use lower-case letters, digits and hyphens, a letter first", "%q cannot be part of an object's name", key)
	}
}

// enrolled reports a namespace that is unknown, or in the mesh nowhere.
func (c Config) enrolled(out *finding.List, at, name string) bool {
	n, ok := c.Namespaces[name]
	switch {
	case !ok:
		out.Add(at, strict.Suggest(name, sortedKeys(c.Namespaces)), "%q is no namespace of the mesh", name)
		return false
	case n.DataPlane == None:
		out.Add(at, "enrol it, or remove it here", "%q is not in the mesh, so nothing knows its workloads", name)
		return false
	}
	return true
}

func (a Allow) validate(c Config, n Namespace) finding.List {
	var out finding.List
	if len(a.Namespaces)+len(a.ServiceAccounts) == 0 {
		out.Add("", "name namespaces or serviceAccounts", "says not who is allowed")
	}
	for i, name := range a.Namespaces {
		c.client(&out, fmt.Sprintf("namespaces[%d]", i), name)
	}
	for i, account := range a.ServiceAccounts {
		at := fmt.Sprintf("serviceAccounts[%d]", i)
		if !accountName.MatchString(account) {
			out.Add(at, "use namespace/name", "%q is not a service account", account)
			continue
		}
		namespace, _, _ := strings.Cut(account, "/")
		c.client(&out, at, namespace)
	}
	for i, port := range a.Ports {
		validPort(&out, fmt.Sprintf("ports[%d]", i), port)
	}
	for i, m := range a.Methods {
		if !methodPattern.MatchString(m) {
			out.Add(fmt.Sprintf("methods[%d]", i), "use capitals, for example GET", "%q is not a method", m)
		}
	}
	for i, p := range a.Paths {
		if !strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "*") {
			out.Add(fmt.Sprintf("paths[%d]", i), "begin it with /", "%q is not a path", p)
		}
	}
	for i, h := range a.Hosts {
		if h == "" || strings.ContainsAny(h, " /") {
			out.Add(fmt.Sprintf("hosts[%d]", i), "use a host name, * at its begin or end", "%q is not a host", h)
		}
	}
	return out
}

// client reports a caller that strict mTLS would refuse: one outside the mesh.
func (c Config) client(out *finding.List, at, namespace string) {
	n, ok := c.Namespaces[namespace]
	switch {
	case ok && n.DataPlane != None:
	case ok:
		out.Add(at, "enrol it, or let it use a port of plainPorts",
			"%q is not in the mesh: it has no identity that a rule could name, and mTLS is %s", namespace, c.MTLS)
	case slices.Contains([]string{IngressNamespace}, namespace):
		out.Add(at, "name the gateway in gateways", "%q holds the gateways", namespace)
	default:
		out.Add(at, "add it to namespaces, or let it use a port of plainPorts",
			"%q is no namespace of the mesh: it has no identity that a rule could name, and mTLS is %s", namespace, c.MTLS)
	}
}

func (p PlainPort) validate() finding.List {
	var out finding.List
	validPort(&out, "port", p.Port)
	if len(p.Workload) == 0 {
		out.Add("workload", "give labels of the pods", "is missing, and no exception is for a whole namespace")
	}
	if len(p.From) == 0 {
		out.Add("from", "name the namespaces that may use it", "is missing")
	}
	for i, name := range p.From {
		if len(name) > maxLabel || !namePattern.MatchString(name) {
			out.Add(fmt.Sprintf("from[%d]", i), "use a namespace's name", "%q cannot be a namespace", name)
		}
	}
	if len(strings.Fields(p.Reason)) < 2 {
		out.Add("reason", "say why the client cannot be in the mesh", "%q does not say why", p.Reason)
	}
	return out
}
