// Package spec is the clusters section of a stack file: plain types, defaults
// and validation, without the Pulumi SDK, so that it tests in milliseconds.
package spec
