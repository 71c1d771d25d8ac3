// Package internal holds what components share, one room each: tags and names
// of AWS resources, IAM documents, workload roles through EKS Pod Identity, and
// small typed wrappers for Kubernetes kinds whose SDK packages are too dear to
// compile (docs/adr/0001-compile-cost.md).
package internal
