package flow

import (
	"encoding/json"
	"maps"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Labels by which the mesh finds its parts.
const (
	dataPlane    = "istio.io/dataplane-mode"
	useWaypoint  = "istio.io/use-waypoint"
	gatewayName  = "gateway.networking.k8s.io/gateway-name"
	nameOf       = "kubernetes.io/metadata.name"
	waypointName = "istio-waypoint"
)

// Cluster is what decides flows in one cluster, as it was read.
type Cluster struct {
	Policies []Policy
	// Enforced says whether the CNI plugin enforces policies.
	Enforced bool
	// RegistryOnly says whether proxies refuse what the registry does not know.
	RegistryOnly bool

	namespaces map[string]map[string]string // labels by name
	proxies    []proxy
	istiods    []Peer
	dns        []Peer
	external   []external
	gates      []gate
	exceptions []exception
	providers  []provider
	// watchers are what watches the cluster from outside the mesh: a collector
	// that workloads send spans to, dashboards that gateways lead to.
	watchers []watcher
	api      []netip.Addr // of the Kubernetes API: its service, and an interface in the network
	node     netip.Addr
}

// proxy is an Envoy that stands on its own: a waypoint or a gateway.
type proxy struct {
	Peer
	waypoint bool
	ports    []int // that its service sends to
}

// external is a ServiceEntry.
type external struct {
	namespace, name string
	hosts           []string
	ports           []int
	exportTo        []string
	waypoint        string // namespace/name of its waypoint, "" without one
}

// gate is an AuthorizationPolicy on a ServiceEntry.
type gate struct {
	namespace, name, action, entry string
	sources                        []string // namespaces; nil is anybody
	none                           bool     // it has no rule, so it matches nothing
}

// exception is a PeerAuthentication that takes plain text on ports of some pods.
type exception struct {
	namespace string
	labels    map[string]any
	ports     []int
}

// watcher is a chart that watches, with the port of its pods.
type watcher struct {
	chart, namespace string
	port             int
}

// watching are the ports of charts that watch: OTLP over gRPC, and the
// dashboards' own defaults.
var watching = map[string]int{collectorChart: 4317, "grafana": 3000, "kiali-server": 20001}

const collectorChart = "opentelemetry-collector"

// provider is a service that proxies call: a collector, an authorizer.
type provider struct {
	name, namespace string
	port            int
}

// Read takes what decides flows in the cluster with the API server at endpoint.
func Read(tx *world.Tx, endpoint string) Cluster {
	r := reader{tx, endpoint}
	c := Cluster{namespaces: map[string]map[string]string{}}
	for _, o := range r.all("v1", "Namespace") {
		c.namespaces[o.ID] = stringsOf(nested.Object(o.Attrs, "metadata", "labels"))
		c.namespaces[o.ID][nameOf] = o.ID
	}
	for _, o := range r.all("networking.k8s.io/v1", "NetworkPolicy") {
		ns, name, _ := strings.Cut(o.ID, "/")
		c.Policies = append(c.Policies, Policy{ns, name, nested.Object(o.Attrs, "spec")})
	}
	r.pods(&c)
	r.registry(&c)
	r.exceptions(&c)
	r.releases(&c)
	r.network(&c)
	return c
}

type reader struct {
	tx       *world.Tx
	endpoint string
}

func (r reader) all(apiVersion, kind string) []*world.Object {
	return r.tx.Find("kube:"+apiVersion+"/"+kind, r.endpoint, nil)
}

// pods finds the workloads that flows speak of by the labels of their pods.
func (r reader) pods(c *Cluster) {
	for _, o := range r.all("apps/v1", "Deployment") {
		ns, name, _ := strings.Cut(o.ID, "/")
		labels := stringsOf(nested.Object(o.Attrs, "spec", "template", "metadata", "labels"))
		p := Peer{Name: ns + "/" + name, Namespace: ns, Labels: labels}
		switch {
		case labels["app"] == "istiod":
			c.istiods = append(c.istiods, p)
		case ns == "kube-system" && labels["k8s-app"] == "kube-dns":
			c.dns = append(c.dns, p)
		case labels["gateway.networking.k8s.io/gateway-class-name"] == waypointName:
			c.proxies = append(c.proxies, proxy{Peer: p, waypoint: true})
		case labels[gatewayName] != "": // an east-west gateway, or another that clients reach
			c.proxies = append(c.proxies, proxy{Peer: p, ports: r.targets(ns, labels)})
		case labels["sidecar.istio.io/inject"] == "true" && labels["istio"] != "":
			c.proxies = append(c.proxies, proxy{Peer: p, ports: r.targets(ns, labels)})
		}
	}
}

// targets are the pods' ports that services send to, but for readiness.
func (r reader) targets(namespace string, labels map[string]string) []int {
	var out []int
	for _, o := range r.all("v1", "Service") {
		ns, _, _ := strings.Cut(o.ID, "/")
		if selector := nested.Object(o.Attrs, "spec", "selector"); ns != namespace || len(selector) == 0 || !selects(map[string]any{"matchLabels": selector}, labels) {
			continue
		}
		for _, v := range nested.List(o.Attrs, "spec", "ports") {
			p, _ := v.(map[string]any)
			port, ok := p["targetPort"].(float64)
			if !ok {
				port, _ = p["port"].(float64)
			}
			if int(port) != readiness {
				out = append(out, int(port))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// registry reads the external services and who may reach them.
func (r reader) registry(c *Cluster) {
	for _, o := range r.all("networking.istio.io/v1", "ServiceEntry") {
		ns, name, _ := strings.Cut(o.ID, "/")
		e := external{namespace: ns, name: name, hosts: texts(nested.List(o.Attrs, "spec", "hosts")), exportTo: texts(nested.List(o.Attrs, "spec", "exportTo"))}
		for _, v := range nested.List(o.Attrs, "spec", "ports") {
			p, _ := v.(map[string]any)
			n, _ := p["number"].(float64)
			e.ports = append(e.ports, int(n))
		}
		labels := nested.Object(o.Attrs, "metadata", "labels")
		if w := nested.Text(labels, useWaypoint); w != "" && w != "none" {
			home := nested.Text(labels, useWaypoint+"-namespace")
			if home == "" {
				home = ns
			}
			e.waypoint = home + "/" + w
		}
		c.external = append(c.external, e)
	}
	for _, o := range r.all("security.istio.io/v1", "AuthorizationPolicy") {
		ns, name, _ := strings.Cut(o.ID, "/")
		for _, v := range nested.List(o.Attrs, "spec", "targetRefs") {
			ref, _ := v.(map[string]any)
			if nested.Text(ref, "kind") == "ServiceEntry" {
				c.gates = append(c.gates, gateOf(ns, name, nested.Text(ref, "name"), o.Attrs))
			}
		}
	}
}

// exceptions reads on which ports plain text is taken.
func (r reader) exceptions(c *Cluster) {
	for _, o := range r.all("security.istio.io/v1", "PeerAuthentication") {
		ns, _, _ := strings.Cut(o.ID, "/")
		e := exception{namespace: ns, labels: nested.Object(o.Attrs, "spec", "selector", "matchLabels")}
		modes := nested.Object(o.Attrs, "spec", "portLevelMtls")
		for _, port := range sorted(modes) {
			if n, err := strconv.Atoi(port); err == nil && nested.Text(modes, port, "mode") != "STRICT" {
				e.ports = append(e.ports, n)
			}
		}
		if len(e.ports) > 0 {
			c.exceptions = append(c.exceptions, e)
		}
	}
}

func gateOf(namespace, name, entry string, attrs map[string]any) gate {
	g := gate{namespace: namespace, name: name, entry: entry, action: nested.Text(attrs, "spec", "action")}
	rules := nested.List(attrs, "spec", "rules")
	g.none = len(rules) == 0
	for _, v := range rules {
		rule, _ := v.(map[string]any)
		from := nested.List(rule, "from")
		if len(from) == 0 {
			g.sources = nil
			return g
		}
		for _, f := range from {
			m, _ := f.(map[string]any)
			g.sources = append(g.sources, texts(nested.List(m, "source", "namespaces"))...)
		}
	}
	return g
}

// releases reads what istiod was told: the outbound policy, and the services that proxies call.
func (r reader) releases(c *Cluster) {
	for _, o := range r.all("helm.sh/v3", "Release") {
		if chart := path.Base(nested.Text(o.Attrs, "chart")); watching[chart] > 0 {
			ns, _, _ := strings.Cut(o.ID, "/")
			c.watchers = append(c.watchers, watcher{chart, ns, watching[chart]})
		}
		mesh := nested.Object(o.Attrs, "inputs", "values", "meshConfig")
		if nested.Text(o.Attrs, "chart") != "istiod" || mesh == nil {
			continue
		}
		c.RegistryOnly = c.RegistryOnly || nested.Text(mesh, "outboundTrafficPolicy", "mode") == "REGISTRY_ONLY"
		for _, v := range nested.List(mesh, "extensionProviders") {
			p, _ := v.(map[string]any)
			for _, kind := range slices.Sorted(maps.Keys(p)) {
				service, ours := strings.CutSuffix(nested.Text(p, kind, "service"), ".svc.cluster.local")
				_, ns, ok := strings.Cut(service, ".")
				if port, _ := nested.Object(p, kind)["port"].(float64); ours && ok {
					c.providers = append(c.providers, provider{nested.Text(p, "name"), ns, int(port)})
				}
			}
		}
	}
	slices.SortFunc(c.providers, func(a, b provider) int { return strings.Compare(a.name, b.name) })
	c.providers = slices.CompactFunc(c.providers, func(a, b provider) bool { return a == b })
}

// network finds the addresses of the API server and of a node, and whether the
// VPC CNI enforces policies.
func (r reader) network(c *Cluster) {
	found := r.tx.Find("aws:eks/cluster:Cluster", "", func(o *world.Object) bool { return nested.Text(o.Attrs, "endpoint") == r.endpoint })
	if len(found) == 0 {
		return
	}
	cluster := found[0]
	if p, err := netip.ParsePrefix(nested.Text(cluster.Attrs, "kubernetesNetworkConfig", "serviceIpv4Cidr")); err == nil {
		c.api = append(c.api, p.Masked().Addr().Next())
	}
	for _, id := range texts(nested.List(cluster.Attrs, "vpcConfig", "subnetIds")) {
		subnet, ok := r.tx.Get(world.Key{Kind: "aws:ec2/subnet:Subnet", Scope: cluster.Scope, ID: id})
		if !ok {
			continue
		}
		if p, err := netip.ParsePrefix(nested.Text(subnet.Attrs, "cidrBlock")); err == nil {
			c.node = p.Masked().Addr().Next() // any address of a subnet of the nodes will do
			c.api = append(c.api, c.node)
			break
		}
	}
	for _, o := range r.tx.Find("aws:eks/addon:Addon", cluster.Scope, nil) {
		if nested.Text(o.Attrs, "addonName") != "vpc-cni" || nested.Text(o.Attrs, "clusterName") != nested.Text(cluster.Attrs, "name") {
			continue
		}
		var values struct{ EnableNetworkPolicy any }
		if err := json.Unmarshal([]byte(nested.Text(o.Attrs, "configurationValues")), &values); err == nil {
			c.Enforced = values.EnableNetworkPolicy == "true" || values.EnableNetworkPolicy == true
		}
	}
}

// Without is the cluster without one line of one policy.
func (c Cluster) Without(policy Policy, direction string, line int) Cluster {
	out := c
	out.Policies = slices.Clone(c.Policies)
	for i, p := range out.Policies {
		if p.Namespace == policy.Namespace && p.Name == policy.Name {
			spec := maps.Clone(p.spec)
			spec[direction] = slices.Delete(slices.Clone(nested.List(p.spec, direction)), line, line+1)
			out.Policies[i].spec = spec
		}
	}
	return out
}

// labelsOf a namespace; one that does not exist yet has its name only.
func (c Cluster) labelsOf(namespace string) map[string]string {
	if l, ok := c.namespaces[namespace]; ok {
		return l
	}
	return map[string]string{nameOf: namespace}
}
