// Package report turns the result of a run into text that a person reads: what
// will exist, in which order, what is replaced or deleted and why, what it
// costs, what to do next. It is pure: it takes plain values and a writer, and
// imports neither the sandbox nor the Pulumi SDK, so it tests in milliseconds.
package report
