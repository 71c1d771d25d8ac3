// Command manifests exports what the stacks register, for the judges of
// tests/upstream: every Kubernetes object, every Helm release and every IAM
// document, as the engine has them in its state after an up in the sandbox.
//
//	go run ./tests/manifests FOLDER
//
// One file per stack, a JSON array. A Helm release is an object helm.sh/v3
// Release, an IAM document an object iam/2012-10-17 Policy (docs/judges.md).
package main
