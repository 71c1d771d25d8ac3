// Package flow decides, for a cluster of the simulated cloud, which connections
// its NetworkPolicies and its ambient mesh let through, and names the rule that
// decided. Flows lists the connections that a mesh lives on (names, HBONE,
// credentials, probes, configuration, the way out) for every namespace and proxy
// that the cluster really has; Decide answers for one of them, or for any other.
//
// Everything is read from the world: what istiod has not made is not there, and
// policies that no CNI plugin enforces decide nothing.
//
// Sources: Kubernetes, "Network Policies"; istio.io, ambient, "Ambient and
// Kubernetes NetworkPolicy" and "Ztunnel traffic redirection"; EKS user guide,
// "Pod Identity" and "Network policies"; read 2026-11.
//
// Not modelled: packets and ports on which nothing listens; ports by name; an
// address block matches addresses, and pods only when it holds all addresses;
// what ztunnel and waypoints refuse between workloads of the mesh (authorization
// is looked at for external services only). Stricter than Kubernetes: the node
// on which a pod runs has no exemption, which plugins grant in different ways.
package flow
