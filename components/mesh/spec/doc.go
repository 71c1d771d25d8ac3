// Package spec is the mesh section of a stack file: plain types, defaults,
// validation and the table of who enforces what, without the Pulumi SDK, so
// that it tests in milliseconds.
package spec
