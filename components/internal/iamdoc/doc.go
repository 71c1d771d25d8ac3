// Package iamdoc builds IAM policy documents. The JSON is deterministic, so a
// document never shows a difference that is none, and a statement over every
// resource is refused unless it says why.
package iamdoc
