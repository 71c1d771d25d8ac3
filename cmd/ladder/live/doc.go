// Package live asks the API server of a live cluster what a plan wants to know:
// which deprecated APIs clients asked for, what runs with which budgets, and how
// many nodes each slot has. It only reads, with the rights of the kubeconfig that
// it is given: list on deployments, statefulsets, poddisruptionbudgets and nodes,
// and get on the path /metrics.
package live
