// Package observe reads what AWS reports of a stack's health and writes the
// observation that the gate asks for (docs/promotion.md). What the facts mean
// is decided in stacks/promotion; here they are only fetched: from an account
// with the AWS SDK, because no provider can read an alarm's state, or from the
// simulated cloud.
//
// From the simulated cloud the status of clusters and node groups is known, the
// status and the issues of add-ons, and the state of the composite alarm: EKS's
// lists of issues of clusters and node groups are not modelled.
package observe
