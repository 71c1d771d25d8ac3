// Package kube is the kubernetes provider of the simulated cloud, and the
// Kubernetes clusters behind it: an API server that decodes built-in kinds with
// the upstream types, serves what its minor serves and refuses in the words of
// the real one; a scheduler that knows nodes, taints and requests; the Helm
// releases of a small chart library; the workloads that EKS add-ons install; and
// evictions within PodDisruptionBudgets, by EKS or by a Job that runs kubectl
// drain. What runs while pods move is told in samples: see Sample.
//
// Objects live in sandbox/world under Kind "kube:<apiVersion>/<Kind>", with the
// API server's URL as Scope and "<namespace>/<name>" (or "<name>") as ID.
//
// Sources: facts/providers.md sections A and B (pulumi-kubernetes 4.30.0, read
// 2026-11), the upstream types of k8s.io/api 0.36.3, and the facts that charts.go
// and addons.go name. rules.go lists every law with its source.
//
// Not modelled: Patch and List resources, helm.sh/v4 Charts, YAML components,
// server-side apply conflicts between field managers, admission webhooks other
// than Istio's (mesh.go) and those in webhooks.go, and what those say of an object's content, schemas of
// custom resources beyond crdschemas.json and the fields in customtypes.go,
// defaulting of fields by the server, Pods and ReplicaSets as objects of their
// own (bindings.go says where they are), services' endpoints, volume
// provisioning, quotas, and RBAC inside the cluster but for drain Jobs: a caller
// is a cluster administrator or nobody. What containers do is not simulated, but
// for kubectl drain (drainjob.go). Time-outs cost virtual time, never real time.
package kube
