package comment

// charts are Helm releases whose upgrade does something of its own, by a part of
// the logical name; the first that fits counts.
var charts = []struct {
	name   string
	effect effect
}{
	{"ztunnel", brief("on each node in turn, ztunnel hands over to its successor; long connections of that node are cut when the grace of 30 s ends")},
	{"istiod", brief("its replicas are exchanged in turn; proxies keep the configuration that they have, changes wait for seconds")},
	{"istio-cni", brief("new pods on a node wait for seconds while its agent is exchanged")},
	{"istio-base", none("definitions and the webhook's registration")},
	{"gateway-", brief("the gateway's pods are exchanged in turn; connections that outlive the grace are cut")},
	{"autoscaler", brief("no node is added or taken away for about a minute")},
	{"karpenter", brief("no node is added or taken away for about a minute")},
	{"external-secrets", brief("secrets are refreshed a little later; those that exist stay")},
	{"controller", brief("targets are registered a little later; those that are registered stay")},
}

// policy decides which connections or requests pass.
var policy = rules{
	update:  brief("what it no longer allows is refused within seconds"),
	replace: brief("what it allowed may be refused, or what it refused may pass, for seconds"),
	remove:  brief("what it allowed may be refused, or what it refused may pass, from then on"),
}

// routing leads requests to workloads.
var routing = rules{
	update:  brief("requests follow the changed routes within seconds"),
	replace: brief("its requests are answered with 404 for seconds"),
	remove:  outage("its requests are answered with 404 from then on"),
}

// account is who a workload is.
var account = rules{
	update:  inPlace,
	replace: brief("its workload may do nothing for seconds"),
	remove:  outage("its workload may do nothing any more"),
}

// scrape says what Prometheus asks for metrics.
var scrape = small("its metrics have a gap of seconds", "its metrics are collected no longer")

// kinds are what operations on Kubernetes objects do, by kind.
var kinds = map[string]rules{
	"Namespace": {update: brief("the namespace changes in place; what its labels ask for holds for pods that start from then on"),
		replace: data("everything in the namespace is deleted, volume claims included"), remove: data("everything in the namespace is deleted, volume claims included")},
	"CustomResourceDefinition": {update: none("objects of the kind are kept"), replace: data("every object of the kind is deleted"), remove: data("every object of the kind is deleted, unless the definition is retained")},
	"ConfigMap":                {update: brief("who reads it sees the new text within a minute, or at its next start"), replace: brief("who reads it finds nothing for seconds"), remove: outage("who reads it finds nothing any more")},
	"Secret":                   {update: brief("who reads it sees the new value within a minute, or at its next start"), replace: brief("who reads it finds nothing for seconds"), remove: outage("who reads it finds nothing any more")},
	"Deployment":               {update: moves("its pods are exchanged in turn"), replace: outage("its pods all go first"), remove: outage("its pods go, and what they do ends")},
	"StatefulSet":              {update: moves("its pods are exchanged one by one"), replace: outage("its pods all go first; its volume claims stay"), remove: outage("its pods go, and what they do ends; its volume claims stay")},
	"DaemonSet":                {update: brief("its pods are exchanged node by node"), replace: outage("its pods all go first"), remove: outage("its pods go, and what they do ends")},
	"Service":                  {update: brief("connections follow the changed service within seconds"), replace: brief("the name leads nowhere for seconds, and to another address afterwards"), remove: outage("the name leads nowhere any more")},
	"PersistentVolumeClaim":    {update: inPlace, replace: data("the volume goes by its class's reclaim policy; the new one is empty"), remove: data("the volume goes by its class's reclaim policy")},
	"PodDisruptionBudget":      small("drains of these seconds respect no budget", "drains respect no budget any more"),
	"HorizontalPodAutoscaler":  small("the number of pods stays as it is for seconds", "the number of pods stays as it is"),
	"Job":                      {update: inPlace, replace: none("the job runs again"), remove: none("the record of a finished job goes")},
	"ServiceAccount":           account,
	"ClusterRole":              account,
	"ClusterRoleBinding":       account,
	"Role":                     account,
	"RoleBinding":              account,
	"NetworkPolicy":            policy,
	"AuthorizationPolicy":      policy,
	"PeerAuthentication":       policy,
	"RequestAuthentication":    policy,
	"Sidecar":                  policy,
	"VirtualService":           routing,
	"HTTPRoute":                routing,
	"TLSRoute":                 routing,
	"GRPCRoute":                routing,
	"ReferenceGrant":           routing,
	"Gateway":                  {update: brief("requests meet the changed gateway within seconds"), replace: outage("no request passes the gateway until it is made again"), remove: outage("no request passes the gateway any more")},
	"ServiceEntry":             {update: brief("pods reach the changed names within seconds"), replace: brief("pods do not reach these names for seconds"), remove: outage("pods do not reach these names any more")},
	"DestinationRule":          {update: brief("connections follow the changed policy within seconds"), replace: brief("connections have Istio's defaults for seconds"), remove: brief("connections have Istio's defaults from then on")},
	"EnvoyFilter":              {update: brief("proxies take the changed filter within seconds"), replace: brief("proxies go without the filter for seconds"), remove: brief("proxies go without the filter")},
	"Telemetry":                small("what is recorded follows Istio's defaults for seconds", "what is recorded follows Istio's defaults"),
	"ServiceMonitor":           scrape,
	"PodMonitor":               scrape,
	"PrometheusRule":           small("its alerts do not ring for seconds", "its alerts do not ring any more, and its recorded series end"),
	"Password":                 small("whoever asks for a new password waits for seconds; those that exist stay", "no new password is made; those that exist stay"),
	"TargetGroupBinding":       {update: brief("targets are registered anew, in turn"), replace: outage("the pods leave the load balancer: requests are answered with 503 until they are registered again"), remove: outage("the pods leave the load balancer: requests are answered with 503")},
	"ClusterSecretStore":       {update: brief("secrets are refreshed from the changed store"), replace: brief("secrets are refreshed a little later; those that exist stay"), remove: brief("secrets are not refreshed any more; those that exist stay")},
	"ExternalSecret":           {update: brief("its secret is written again"), replace: brief("its secret is gone for seconds; pods that start meanwhile wait"), remove: outage("its secret goes; pods that start from then on wait")},
	"Certificate":              {update: brief("the certificate is issued again"), replace: none("the certificate in use stays until the new one is issued"), remove: brief("the certificate is not renewed any more")},
	"StorageClass":             small("volumes that exist stay; claims of these seconds wait", "volumes that exist stay; new claims of the class wait for ever"),
	"VolumeSnapshotClass":      small("snapshots that exist stay", "snapshots that exist stay; new ones of the class fail"),
	"EC2NodeClass":             {update: moves("Karpenter replaces the nodes that drifted: their pods are evicted, budgets respected"), replace: moves("Karpenter replaces its nodes: their pods are evicted, budgets respected"), remove: outage("Karpenter launches no node of this class any more")},
	"NodePool":                 {update: moves("Karpenter replaces the nodes that drifted: their pods are evicted, budgets respected"), replace: moves("the pool's nodes are drained and go, then others come"), remove: moves("the pool's nodes are drained and go: their pods need room elsewhere")},
}
