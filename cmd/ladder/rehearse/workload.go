package rehearse

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// namespace of the rehearsal's own workloads.
const namespace = "rehearsal"

// kinds of objects that a rehearsal takes, by their world kind.
var kinds = map[string]string{
	"apps/v1 Deployment":            "kube:apps/v1/Deployment",
	"apps/v1 StatefulSet":           "kube:apps/v1/StatefulSet",
	"policy/v1 PodDisruptionBudget": "kube:policy/v1/PodDisruptionBudget",
}

// ReadWorkloads reads Deployments, StatefulSets and PodDisruptionBudgets from
// YAML or JSON, one document or several, lists included: what
// kubectl get deploy,sts,pdb -A -o yaml prints.
func ReadWorkloads(file string, text []byte) ([]*world.Object, error) {
	var out []*world.Object
	dec := yaml.NewDecoder(bytes.NewReader(text))
	for n := 1; ; n++ {
		var doc map[string]any
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: document %d is not readable: %w", file, n, err)
		}
		if len(doc) == 0 {
			continue
		}
		items := []any{doc}
		if list, ok := doc["items"].([]any); ok {
			items = list
		}
		for i, item := range items {
			o, err := workloadOf(item)
			if err != nil {
				return nil, fmt.Errorf("%s: document %d, item %d: %w", file, n, i+1, err)
			}
			out = append(out, o)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: holds no workload; give Deployments, StatefulSets and PodDisruptionBudgets", file)
	}
	return out, nil
}

// workloadOf is one object without what a server adds to it.
func workloadOf(item any) (*world.Object, error) {
	m, _ := item.(map[string]any)
	kind := fmt.Sprint(m["apiVersion"]) + " " + fmt.Sprint(m["kind"])
	known, ok := kinds[kind]
	if !ok {
		return nil, fmt.Errorf("%q is no workload that a rehearsal takes; give %s", kind, strings.Join(sortedKeys(kinds), ", "))
	}
	meta, _ := m["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	if name == "" {
		return nil, fmt.Errorf("a %s has no metadata.name", kind)
	}
	ns, _ := meta["namespace"].(string)
	if ns == "" {
		ns = "default"
	}
	clean := map[string]any{"namespace": ns, "name": name}
	if meta["labels"] != nil {
		clean["labels"] = meta["labels"]
	}
	// Through JSON: numbers as the simulated API server has them.
	raw, err := json.Marshal(map[string]any{"apiVersion": m["apiVersion"], "kind": m["kind"], "metadata": clean, "spec": m["spec"]})
	if err != nil {
		return nil, fmt.Errorf("%s %s/%s: %w", kind, ns, name, err)
	}
	attrs := map[string]any{}
	if err := json.Unmarshal(raw, &attrs); err != nil {
		return nil, fmt.Errorf("%s %s/%s: %w", kind, ns, name, err)
	}
	return &world.Object{Kind: known, ID: ns + "/" + name, Name: name, Attrs: attrs}, nil
}

// ownWorkloads are small enough for every shipped stack: a service whose
// replicas spread over the zones, whose budget lets one go at a time, and a
// store of three that needs a majority.
func ownWorkloads() []*world.Object {
	spread := map[string]any{"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway"}
	app := func(kind, name string, replicas int) *world.Object {
		labels := map[string]any{"app": name}
		spread := map[string]any{"maxSkew": spread["maxSkew"], "topologyKey": spread["topologyKey"], "whenUnsatisfiable": spread["whenUnsatisfiable"],
			"labelSelector": map[string]any{"matchLabels": labels}}
		requests := map[string]any{"requests": map[string]any{"cpu": "50m", "memory": "64Mi"}}
		spec := map[string]any{"replicas": replicas, "selector": map[string]any{"matchLabels": labels},
			"template": map[string]any{"metadata": map[string]any{"labels": labels}, "spec": map[string]any{
				"topologySpreadConstraints": []any{spread},
				"containers":                []any{map[string]any{"name": name, "image": "registry.k8s.io/pause:3.10", "resources": requests}}}}}
		return own("apps/v1", kind, name, spec)
	}
	budget := func(name, key string, n int) *world.Object {
		return own("policy/v1", "PodDisruptionBudget", name, map[string]any{key: n, "selector": map[string]any{"matchLabels": map[string]any{"app": name}}})
	}
	return []*world.Object{
		app("Deployment", "web", 6), budget("web", "maxUnavailable", 1),
		app("StatefulSet", "store", 3), budget("store", "minAvailable", 2),
	}
}

// own is an object of the rehearsal.
func own(apiVersion, kind, name string, spec map[string]any) *world.Object {
	o, err := workloadOf(map[string]any{"apiVersion": apiVersion, "kind": kind,
		"metadata": map[string]any{"namespace": namespace, "name": name, "labels": map[string]any{"app": name}}, "spec": spec})
	if err != nil {
		panic("rehearse: " + err.Error()) // ours: cannot be
	}
	return o
}

// settle puts the workloads into each cluster that does not have them.
func (r *run) settle() error { return Settle(r.box.World(), r.Workloads) }

// Settle puts workloads into every cluster of a world that does not have them;
// none means the rehearsal's own.
func Settle(w *world.World, workloads []*world.Object) error {
	if len(workloads) == 0 {
		workloads = ownWorkloads()
	}
	return w.Tx(func(tx *world.Tx) error {
		for _, c := range tx.Find(kindCluster, "", nil) {
			endpoint, _ := c.Attrs["endpoint"].(string)
			for _, w := range append(namespaces(workloads), workloads...) {
				o := w.Clone()
				o.Scope, o.Owner, o.Created = endpoint, world.OwnerSeed, tx.Now()
				if _, there := tx.Get(o.Key()); !there {
					tx.Put(o)
				}
			}
		}
		return nil
	})
}

// namespaces that workloads are in.
func namespaces(workloads []*world.Object) []*world.Object {
	var names []string
	for _, w := range workloads {
		ns, _, _ := strings.Cut(w.ID, "/")
		names = append(names, ns)
	}
	slices.Sort(names)
	var out []*world.Object
	for _, ns := range slices.Compact(names) {
		out = append(out, &world.Object{Kind: "kube:v1/Namespace", ID: ns, Name: ns, Attrs: map[string]any{
			"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": ns}}})
	}
	return out
}
