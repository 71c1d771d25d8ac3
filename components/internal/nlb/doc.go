// Package nlb registers an internal network load balancer with one listener by
// its tokens: three resources do not pay for the SDK package of load balancers
// (docs/adr/0001-compile-cost.md). Its targets are the nodes of auto scaling
// groups, at a node port, so nothing outside Pulumi's state registers them.
package nlb
