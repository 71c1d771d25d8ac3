// Package promotion holds the decisions about moving from what a stack runs to
// what its file asks for: what the stack recorded after its last successful up,
// and which changes of node groups are refused because they would take live
// nodes away.
//
// The gate (Check) judges the step from one release to the next by what the
// stage before has really run: its record, its attempt, its shape and the
// observation of its health. What each of them is, is in docs/promotion.md.
//
// It is pure: no Pulumi SDK, no network, and the time is handed in.
package promotion
