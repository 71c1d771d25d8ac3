// Package capacity says what each workload of the observability room asks of
// the nodes: one table, from which the charts' values take their resources and
// from which `ladder plan capacity` proves that everything fits. Pure.
package capacity

import "strconv"

// Kinds of workloads.
const (
	Deployment  = "Deployment"
	StatefulSet = "StatefulSet"
	DaemonSet   = "DaemonSet" // a pod on each node
)

// Workload is one workload and what each of its pods asks for.
type Workload struct {
	// Name as in the cluster; all of the room's are in one namespace.
	Name, Kind string
	// Replicas that always run; of a DaemonSet they follow from the nodes.
	Replicas int
	// CPU in thousandths and Memory in MiB that a pod requests. MemoryLimit in
	// MiB; 0 means that it is the request, which keeps a node from running out.
	CPU, Memory, MemoryLimit int
	// Volume says that each pod has a disk, which is in one zone: it cannot move to another.
	Volume bool
	// Sidecars of the pod, which an operator or a chart adds, are in the sums.
	// Why says what the numbers are by: a source, a formula.
	Why string
}

// Limit is the memory in MiB beyond which the kernel ends a pod.
func (w Workload) Limit() int {
	if w.MemoryLimit == 0 {
		return w.Memory
	}
	return w.MemoryLimit
}

// Resources are the requests and limits as a chart's values have them. There is
// no limit of CPU: what is free may be used, and who asked for it gets its part first.
func (w Workload) Resources() map[string]any {
	return map[string]any{
		"requests": map[string]any{"cpu": millis(w.CPU), "memory": mebibytes(w.Memory)},
		"limits":   map[string]any{"memory": mebibytes(w.Limit())},
	}
}

func millis(n int) string    { return strconv.Itoa(n) + "m" }
func mebibytes(n int) string { return strconv.Itoa(n) + "Mi" }
