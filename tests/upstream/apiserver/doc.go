// Package apiserver runs a real Kubernetes API server, of the release that go.mod
// pins, with its own etcd, on loopback ports and in one folder, so that a
// manifest can be judged by the code that will judge it in a real cluster.
//
// Both servers live in the binary that calls Start: it starts itself again, and
// main (or TestMain) calls ServeIfAsked before anything else. One binary means one
// link, and no path to look for.
//
// What is missing in comparison with a cluster: controllers, scheduler, kubelet,
// webhooks and EKS's own admission plugins. Objects are therefore validated and
// defaulted, and nothing acts on them.
package apiserver
