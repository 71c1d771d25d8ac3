// Package local is a provider for resources that live nowhere but in the state
// file (keys, certificates, random values): a table of types, strict on
// properties, replaced when an input changes, and generated from the world's
// seed so that a rehearsal repeats.
package local
