// Package network makes the network of a stack: a VPC with subnets keyed by
// zone ID, the ways out of it (NAT, endpoints, peering), flow logs and the
// alarm on NAT ports (NET-1, 2, 4, 8; peering of NET-7). Or it takes a VPC
// that somebody else made, checks it, and registers nothing in it.
//
// Blocks come from components/network/plan, which is pure; the configuration
// and its findings are components/network/spec.
//
// Nothing waits needlessly: subnets need only the VPC (pod subnets its second
// block), NAT only its public subnet and the internet gateway. Subnet ids are
// handed over as soon as a subnet exists, so an EKS control plane starts while
// NAT gateways are still pending; what nodes need to reach the world is in
// Network.Egress, for node groups to depend on.
package network
