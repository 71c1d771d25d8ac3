// Package capacity proves that what the platform itself runs fits on the nodes
// of a cluster, with every zone there and with any one of them lost. Pure.
//
// It lists every workload with what its pods request, takes what each node
// group's nodes let pods ask for, places the pods, and takes each zone away in
// turn: pods that stay keep their places, those of the lost zone look for new
// ones, first on the nodes that a group always has (its minimum), then on nodes
// that an autoscaler may add (up to its maximum).
//
// What it does not model: pods of applications, which come on top; Jobs, which
// end; priorities, by which the scheduler would push others out; and replicas
// beyond the minimum, which autoscalers of pods add under load. Nodes with
// taints take node agents only. tests/scenario compares the list with what runs
// in the sandbox after an up, so that a workload cannot be forgotten.
package capacity
