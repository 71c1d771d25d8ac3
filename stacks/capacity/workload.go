package capacity

import (
	"cmp"
	"slices"
)

// Kinds of workloads that ask for room.
const (
	Deployment  = "Deployment"
	StatefulSet = "StatefulSet"
	DaemonSet   = "DaemonSet"
)

// Parts of the platform, in the order in which they are made.
const (
	PartAddons        = "add-ons"
	PartCluster       = "cluster"
	PartMesh          = "mesh"
	PartEdge          = "edge"
	PartObservability = "observability"
	PartSample        = "sample"
)

var parts = []string{PartAddons, PartCluster, PartMesh, PartEdge, PartObservability, PartSample}

// Workload is one workload of the platform and what each of its pods asks for.
type Workload struct {
	Part      string `json:"part"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	// Replicas that always run; a DaemonSet has one on each node, and 0 here.
	Replicas int `json:"replicas,omitempty"`
	// CPU in thousandths of a core and Memory in MiB that a pod requests; 0 is none.
	CPU    int `json:"cpu"`
	Memory int `json:"memory"`
	// Limit of memory in MiB; 0 means that the project sets none.
	Limit int `json:"limit,omitempty"`
	// Volume keeps each pod in the zone of its disk.
	Volume bool `json:"volume,omitempty"`
	// Apart: no two pods on one node.
	Apart bool `json:"apart,omitempty"`
	// Source of the numbers.
	Source string `json:"source"`
}

// ID is "<namespace>/<name>", as the sandbox has it.
func (w Workload) ID() string { return w.Namespace + "/" + w.Name }

// Sum is what some pods ask for together.
type Sum struct {
	CPU    int `json:"cpu"`
	Memory int `json:"memory"`
	Pods   int `json:"pods"`
}

func (s *Sum) add(w Workload, pods int) {
	s.CPU, s.Memory, s.Pods = s.CPU+pods*w.CPU, s.Memory+pods*w.Memory, s.Pods+pods
}

// ordered sorts by part, then by name.
func ordered(list []Workload) []Workload {
	slices.SortStableFunc(list, func(a, b Workload) int {
		return cmp.Or(cmp.Compare(slices.Index(parts, a.Part), slices.Index(parts, b.Part)), cmp.Compare(a.ID(), b.ID()))
	})
	return list
}
