// Package observe reads what AWS reports of a stack's health and writes the
// observation that the gate asks for (docs/promotion.md). What the facts mean
// is decided in stacks/promotion; here they are only fetched: from an account
// with the AWS SDK, because no provider can read an alarm's state, or from the
// simulated cloud.
//
// From the simulated cloud only the status of clusters, node groups and add-ons
// and the state of the composite alarm are known: EKS's own list of health
// issues is not modelled.
package observe
