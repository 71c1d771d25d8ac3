// Package podidentity gives a Kubernetes service account an IAM role through
// EKS Pod Identity: the role, its permissions and the association.
package podidentity
