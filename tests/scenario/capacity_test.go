package scenario

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/capacity"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/tests/rig"
)

// mustBeCounted compares what runs in each cluster with what the capacity plan
// of the stack counts: every workload, its pods and what each of them requests.
func mustBeCounted(t *testing.T, r *rig.Rig, p sandbox.Program) {
	t.Helper()
	cfg, found := config.Load(p.StackFile, p.Stack)
	if len(found.Errors()) > 0 {
		t.Fatal(found.Err())
	}
	for _, proof := range cfg.Capacity() {
		name := config.ClusterName(p.Stack, proof.Cluster)
		planned := map[string]string{}
		for _, w := range proof.Workloads {
			planned[w.Kind+" "+w.ID()] = asked(w.Replicas, w.CPU, w.Memory)
		}
		if diff := cmp.Diff(planned, running(t, r, name)); diff != "" {
			t.Errorf("cluster %s: what the capacity plan counts is not what runs (-planned +running):\n%s", name, diff)
		}
	}
}

func asked(replicas, cpu, memory int) string {
	return fmt.Sprintf("%d pods of %dm %dMi", replicas, cpu, memory)
}

// running are the workloads of a cluster, what a chart, an add-on or an operator made.
func running(t *testing.T, r *rig.Rig, cluster string) map[string]string {
	t.Helper()
	out := map[string]string{}
	r.World().View(func(tx *world.Tx) {
		for _, c := range tx.Find("aws:eks/cluster:Cluster", "", func(o *world.Object) bool { return o.ID == cluster }) {
			endpoint, _ := c.Attrs["endpoint"].(string)
			for _, kind := range []string{capacity.Deployment, capacity.StatefulSet, capacity.DaemonSet} {
				for _, o := range tx.Find("kube:apps/v1/"+kind, endpoint, nil) {
					spec, _ := o.Attrs["spec"].(map[string]any)
					replicas, _ := spec["replicas"].(float64)
					template, _ := spec["template"].(map[string]any)
					pod, _ := template["spec"].(map[string]any)
					cpu, memory := requested(t, pod)
					out[kind+" "+strings.TrimPrefix(o.ID, "/")] = asked(int(replicas), cpu, memory)
				}
			}
		}
	})
	return out
}

// requested sums up a pod's containers.
func requested(t *testing.T, pod map[string]any) (cpu, memory int) {
	t.Helper()
	containers, _ := pod["containers"].([]any)
	for _, c := range containers {
		container, _ := c.(map[string]any)
		resources, _ := container["resources"].(map[string]any)
		requests, _ := resources["requests"].(map[string]any)
		for key, into := range map[string]*int{"cpu": &cpu, "memory": &memory} {
			if requests[key] == nil {
				continue
			}
			q, err := resource.ParseQuantity(fmt.Sprint(requests[key]))
			if err != nil {
				t.Fatalf("%s: %v", key, err)
			}
			if key == "cpu" {
				*into += int(q.MilliValue())
			} else {
				*into += int(q.Value() >> 20)
			}
		}
	}
	return cpu, memory
}
