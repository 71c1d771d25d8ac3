// Package mesh is Istio in one cluster: the Gateway API's definitions, control
// planes, the CNI plugin and ztunnel, ingress gateways and the way out, the
// namespaces that it enrols, and the rules between them.
//
// What goes into the cluster is decided in plan, without Pulumi; this package
// registers it in an order that is in the dependency graph: definitions,
// control planes, data plane, namespaces and gateways, then objects, those that
// let traffic through before those that refuse it.
package mesh
