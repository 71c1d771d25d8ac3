// Package plan decides addresses: which block each subnet of a network gets,
// and whether that is enough at the worst instant of an upgrade (NET-3). It
// is pure: no Pulumi SDK, no clock, no network; the same input gives the same
// plan for ever, because a subnet's block can never change while it exists.
//
// A VPC is cut into 4 equal slots (8 in regions with more than four zones).
// A zone's slot is the number in its zone ID minus one, so adding, removing or
// reordering zones moves nothing (docs/adr/0005-address-plan.md):
//
//	slot of a zone   first half    private subnet (nodes, internal load balancers, endpoints)
//	                 second half   public subnet at its start, a /24 at most; the rest is spare
//	pod block        one pod subnet for each slot
//
// What the headroom proof does not model: an Auto Scaling group that cannot
// spread nodes evenly because a zone has no capacity, addresses that other
// teams take in the same subnets, and branch interfaces of security groups
// for pods.
package plan
