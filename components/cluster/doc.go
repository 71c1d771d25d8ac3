// Package cluster is one EKS cluster and what belongs to it: control plane,
// access, add-ons, node groups, autoscaler, storage, External Secrets and an
// optional bastion.
//
// The order inside one up is in the dependency graph and never depends on
// history: control plane, then the two add-ons that nodes cannot become ready
// without, then node groups, then every other add-on, then charts
// (docs/adr/0006-addon-order.md). Destroy runs it backwards.
//
// Nothing here makes an IAM OpenID Connect provider unless the configuration
// says irsa: true: what the platform installs takes its roles through EKS Pod
// Identity, and an identity provider that nobody uses is one more thing that
// can hand out credentials.
package cluster
