// Package promotion holds the decisions about moving from what a stack runs to
// what its file asks for: what the stack recorded after its last successful up,
// and which changes of node groups are refused because they would take live
// nodes away. It is pure: no Pulumi SDK, no clock, no network.
package promotion
