package kube

import "github.com/ladder-platform/ladder/sandbox/internal/nested"

// Builders of the objects that charts, add-ons and EKS itself make. They hold
// what the scheduler, the deleters and the identity rule look at, not every field
// of the real manifests.

func metadata(namespace, name string, labels map[string]any) map[string]any {
	m := map[string]any{"name": name}
	if namespace != "" {
		m["namespace"] = namespace
	}
	if len(labels) > 0 {
		m["labels"] = labels
	}
	return m
}

// pods describes the pods of a workload.
type pods struct {
	namespace, name, app string
	replicas             int
	cpu, memory          string         // requests of the whole pod; "" is none
	account, image       string         // service account; image as the registry names it
	everywhere           bool           // tolerates every taint, as node agents do
	critical             bool           // tolerates CriticalAddonsOnly
	apart                bool           // at most one per node: required pod anti-affinity on the host name
	identity             string         // service account that must have AWS credentials, or the containers crash
	spec                 map[string]any // nodeSelector, tolerations and affinity from values
	labels               map[string]any
}

func (p pods) labelsOf() map[string]any {
	out := map[string]any{"app.kubernetes.io/name": p.app}
	for k, v := range p.labels {
		out[k] = v
	}
	return out
}

func (p pods) workload(kind string) map[string]any {
	container := map[string]any{"name": p.app, "image": p.image}
	requests := map[string]any{}
	if p.cpu != "" {
		requests["cpu"] = p.cpu
	}
	if p.memory != "" {
		requests["memory"] = p.memory
	}
	if len(requests) > 0 {
		container["resources"] = map[string]any{"requests": requests}
	}
	pod := map[string]any{"containers": []any{container}}
	if p.account != "" {
		pod["serviceAccountName"] = p.account
	}
	for _, k := range []string{"nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "priorityClassName"} {
		if v, ok := p.spec[k]; ok && !emptyJSON(v) {
			pod[k] = cloneAny(v)
		}
	}
	switch {
	case p.everywhere:
		pod["tolerations"] = []any{map[string]any{"operator": "Exists"}}
	case p.critical:
		pod["tolerations"] = append([]any{map[string]any{"key": "CriticalAddonsOnly", "operator": "Exists"}}, nested.List(pod, "tolerations")...)
	}
	labels := p.labelsOf()
	if p.apart && pod["affinity"] == nil {
		pod["affinity"] = map[string]any{"podAntiAffinity": map[string]any{"requiredDuringSchedulingIgnoredDuringExecution": []any{
			map[string]any{"topologyKey": "kubernetes.io/hostname", "labelSelector": map[string]any{"matchLabels": labels}},
		}}}
	}
	spec := map[string]any{
		"selector": map[string]any{"matchLabels": labels},
		"template": map[string]any{"metadata": map[string]any{"labels": labels}, "spec": pod},
	}
	if kind != "DaemonSet" {
		spec["replicas"] = float64(p.replicas)
	}
	out := map[string]any{"apiVersion": "apps/v1", "kind": kind, "metadata": metadata(p.namespace, p.name, labels), "spec": spec}
	if p.identity != "" {
		out[sandboxKey] = map[string]any{"identity": p.identity}
	}
	return out
}

func deployment(p pods) map[string]any { return p.workload("Deployment") }
func daemonSet(p pods) map[string]any  { return p.workload("DaemonSet") }

func serviceAccount(namespace, name string, annotations any) map[string]any {
	m := metadata(namespace, name, nil)
	if !emptyJSON(annotations) {
		m["annotations"] = cloneAny(annotations)
	}
	return map[string]any{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": m}
}

func budget(namespace, name, app string, maxUnavailable any) map[string]any {
	return map[string]any{
		"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata(namespace, name, nil),
		"spec": map[string]any{"maxUnavailable": maxUnavailable, "selector": map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": app}}},
	}
}

func service(namespace, name, app, kind string, port float64) map[string]any {
	return map[string]any{
		"apiVersion": "v1", "kind": "Service", "metadata": metadata(namespace, name, nil),
		"spec": map[string]any{
			"type": kind, "selector": map[string]any{"app.kubernetes.io/name": app},
			"ports": []any{map[string]any{"name": "main", "port": port}},
		},
	}
}

// plainObject is an object that has nothing but a name.
func plainObject(apiVersion, kind, namespace, name string) map[string]any {
	return map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": metadata(namespace, name, nil)}
}

func csiDriver(name string) map[string]any {
	return map[string]any{"apiVersion": "storage.k8s.io/v1", "kind": "CSIDriver", "metadata": metadata("", name, nil), "spec": map[string]any{"attachRequired": true}}
}
