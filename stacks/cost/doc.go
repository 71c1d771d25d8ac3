// Package cost estimates what a stack costs a month, from list prices
// (internal/facts) and the stack's configuration alone. Pure.
//
// What has no price, or depends on use, is listed and never counted as zero.
// Amounts are whole cents, rounded once for each line, so that the lines add
// up to the total.
//
// What it does not model: requests (KMS, Secrets Manager, EFS), volumes that
// take their size from the image (a bastion's, Bottlerocket's own), alarms of
// later components, and nodes that an autoscaler adds or takes away.
package cost
