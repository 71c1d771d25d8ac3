// Package release is the release catalogue: what a stack runs, as one name.
// A release pins the Kubernetes minor, AMI releases, add-on builds, charts,
// images and CRD sets, and says from which releases it may be reached. The
// catalogue is embedded YAML, decoded strictly and checked whole: every release
// in itself, and every rung across it, because during the climb from A to B all
// of A runs on B's API server.
//
// Pure: no clock (dates are asked with a day), no Pulumi SDK, no network.
//
// There is no release with Kubernetes 1.37 yet, although EKS offers it since
// 2026-10-01: no build of kube-proxy for it was seen, its support dates are
// derived, and no Cluster Autoscaler of that minor was seen.
package release
