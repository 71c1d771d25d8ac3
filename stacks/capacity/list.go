package capacity

import (
	"slices"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	edge "github.com/ladder-platform/ladder/components/edge/spec"
	meshplan "github.com/ladder-platform/ladder/components/mesh/plan"
	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	sample "github.com/ladder-platform/ladder/components/sample/spec"
)

// Input is one cluster of a stack.
type Input struct {
	// Key of the cluster.
	Key string
	// Zones of its network.
	Zones []string
	// Config with its defaults filled in.
	Config cluster.Config
	// Mesh is what mesh.Config.For says of the cluster; nil without one.
	Mesh *mesh.Config
	// Edge with its defaults; nil where it does not lead to the cluster.
	Edge *edge.Config
	// Observability are the workloads that watch the cluster.
	Observability []Workload
	// Sample is the sample application; nil where it does not run.
	Sample *sample.Config
}

const system = "kube-system"

// Workloads are all that the platform runs in the cluster, by part and name.
func Workloads(in Input) []Workload {
	out := slices.Concat(addons(in.Config), inCluster(in.Config))
	if in.Mesh != nil {
		out = append(out, inMesh(in.Key, *in.Mesh)...)
	}
	if in.Edge != nil {
		out = append(out, inEdge(*in.Edge)...)
	}
	for _, w := range in.Observability {
		w.Part = PartObservability
		out = append(out, w)
	}
	if s := in.Sample; s != nil {
		out = append(out, Workload{
			Part: PartSample, Namespace: sample.Namespace, Name: sample.Service, Kind: Deployment, Replicas: s.Replicas,
			CPU: sample.CPU, Memory: sample.Memory, Limit: sample.MemoryLimit, Source: ours,
		})
	}
	return ordered(out)
}

// Sources of what EKS add-ons ask for: the manifests that their projects
// publish, read 2026-11; a pod's containers are summed up.
const (
	fromCNI      = "aws/amazon-vpc-cni-k8s, charts/aws-vpc-cni: aws-node and its policy agent, 25m each"
	fromProxy    = "awslabs/amazon-eks-ami and EKS's kube-proxy add-on: 100m"
	fromDNS      = "kubernetes/kubernetes, cluster/addons/dns/coredns: 100m, 70Mi, limit 170Mi"
	fromMetrics  = "kubernetes-sigs/metrics-server, manifests: 100m, 200Mi"
	fromMonitor  = "aws/eks-node-monitoring-agent, chart: 10m, 30Mi, limit 100Mi"
	fromCSI      = "the driver's chart: 10m and 40Mi for each container, limit 256Mi each"
	fromSnapshot = "kubernetes-csi/external-snapshotter, as EKS packs it: 10m, 32Mi"
	fromAgent    = "aws/eks-pod-identity-agent, chart: no requests"
	ours         = "values that ladder passes to the chart"
)

// addons are what EKS installs.
func addons(c cluster.Config) []Workload {
	agent := func(name string, cpu, memory, limit int, source string) Workload {
		return Workload{Name: name, Kind: DaemonSet, CPU: cpu, Memory: memory, Limit: limit, Source: source}
	}
	pair := func(name string, cpu, memory, limit int, source string) Workload {
		return Workload{Name: name, Kind: Deployment, Replicas: 2, CPU: cpu, Memory: memory, Limit: limit, Source: source}
	}
	const csiLimit = 256
	by := map[string][]Workload{
		cluster.AddonVPCCNI:         {agent("aws-node", 50, 0, 0, fromCNI)},
		cluster.AddonPodIdentity:    {agent("eks-pod-identity-agent", 0, 0, 0, fromAgent)},
		cluster.AddonKubeProxy:      {agent("kube-proxy", 100, 0, 0, fromProxy)},
		cluster.AddonCoreDNS:        {pair("coredns", 100, 70, 170, fromDNS)},
		cluster.AddonMetricsServer:  {pair("metrics-server", 100, 200, 0, fromMetrics)},
		cluster.AddonNodeMonitoring: {agent("eks-node-monitoring-agent", 10, 30, 100, fromMonitor)},
		cluster.AddonEBS:            {pair("ebs-csi-controller", 60, 240, 6*csiLimit, fromCSI), agent("ebs-csi-node", 30, 120, 3*csiLimit, fromCSI)},
		cluster.AddonEFS:            {pair("efs-csi-controller", 60, 240, 6*csiLimit, fromCSI), agent("efs-csi-node", 30, 120, 3*csiLimit, fromCSI)},
		cluster.AddonSnapshots:      {pair("snapshot-controller", 10, 32, 0, fromSnapshot)},
	}
	var out []Workload
	for _, name := range c.NeededAddons() {
		for _, w := range by[name] {
			w.Part, w.Namespace = PartAddons, system
			out = append(out, w)
		}
	}
	return out
}

// inCluster is what the cluster's own charts run.
func inCluster(c cluster.Config) []Workload {
	var out []Workload
	add := func(namespace, name string, cpu, memory int, apart bool) {
		out = append(out, Workload{Part: PartCluster, Namespace: namespace, Name: name, Kind: Deployment, Replicas: 2, CPU: cpu, Memory: memory, Limit: memory, Apart: apart, Source: ours})
	}
	for _, chart := range c.NeededCharts() {
		switch chart {
		case cluster.ChartAutoscaler:
			add(system, "cluster-autoscaler", 100, 300, false)
		case cluster.ChartKarpenter:
			add(system, "karpenter", 500, 1024, true)
		case cluster.ChartExternalSecrets:
			add("external-secrets", "external-secrets", 50, 256, false)
			add("external-secrets", "external-secrets-webhook", 50, 128, false)
			add("external-secrets", "external-secrets-cert-controller", 50, 128, false)
		}
	}
	return out
}

// What Istio's charts and istiod's own templates ask for. Source: istio/istio,
// manifests/charts of release-1.31 (istiod, cni, ztunnel, gateway) and
// files/waypoint.yaml; tests/upstream compares the charts with the sandbox.
const fromIstio = "istio/istio, manifests/charts of release-1.31"

// inMesh is Istio: control planes, what runs on each node, and proxies.
func inMesh(key string, c mesh.Config) []Workload {
	var out []Workload
	add := func(namespace, name, kind string, replicas, cpu, memory, limit int) {
		out = append(out, Workload{Part: PartMesh, Namespace: namespace, Name: name, Kind: kind, Replicas: replicas, CPU: cpu, Memory: memory, Limit: limit, Source: fromIstio})
	}
	proxy := func(namespace, name string, size mesh.Replicas) {
		add(namespace, name, Deployment, size.Min, 100, 128, 1024)
	}
	for _, revision := range c.RevisionNames() {
		add(mesh.SystemNamespace, meshplan.IstiodName(revision), Deployment, c.ControlPlane.Min, 500, 2048, 0)
	}
	add(mesh.SystemNamespace, "istio-cni-node", DaemonSet, 0, 100, 100, 0)
	if c.DataPlane == mesh.Ambient {
		add(mesh.SystemNamespace, "ztunnel", DaemonSet, 0, 200, 512, 0)
	}
	for gateway, g := range c.Gateways {
		proxy(mesh.IngressNamespace, meshplan.GatewayName(gateway), g.Replicas)
	}
	if meshplan.EgressGatewayNeeded(c) {
		proxy(mesh.EgressNamespace, meshplan.EgressGateway, c.EgressProxy)
	}
	if meshplan.EgressWaypointNeeded(c) {
		proxy(mesh.EgressNamespace, meshplan.EgressWaypoint, c.EgressProxy)
	}
	for name, n := range c.Namespaces {
		if n.Plane() == mesh.PlaneWaypoint {
			proxy(name, meshplan.WaypointName, n.Waypoint.Replicas)
		}
	}
	if len(c.Linked(key)) > 0 {
		proxy(mesh.SystemNamespace, meshplan.EastWestName, c.ControlPlane)
	}
	return append(out, answerers(key, c)...)
}

// answerers are who answers the checks of links.
func answerers(key string, c mesh.Config) []Workload {
	var out []Workload
	for link, l := range c.Links {
		namespace := mesh.CheckNamespace(link)
		if _, checked := c.Namespaces[namespace]; checked && slices.Contains(l.Between, key) {
			out = append(out, Workload{
				Part: PartMesh, Namespace: namespace, Name: "answer-" + key, Kind: Deployment, Replicas: 1, CPU: 10, Memory: 32, Limit: 64,
				Source: ours,
			})
		}
	}
	return out
}

// inEdge is what binds gateways to load balancers, and its helpers.
func inEdge(c edge.Config) []Workload {
	var out []Workload
	add := func(namespace, name string, replicas, cpu, memory int) {
		out = append(out, Workload{Part: PartEdge, Namespace: namespace, Name: name, Kind: Deployment, Replicas: replicas, CPU: cpu, Memory: memory, Limit: memory, Source: ours})
	}
	for _, chart := range c.NeededCharts() {
		switch chart {
		case edge.ChartController:
			add(system, "aws-load-balancer-controller", 2, 100, 200)
		case edge.ChartExternalDNS:
			add("external-dns", "external-dns", 1, 50, 128)
		case edge.ChartCertManager:
			add("cert-manager", "cert-manager", 2, 50, 128)
			add("cert-manager", "cert-manager-webhook", 1, 25, 64)
			add("cert-manager", "cert-manager-cainjector", 1, 50, 128)
		}
	}
	return out
}
