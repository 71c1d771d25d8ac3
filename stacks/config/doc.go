// Package config is the typed, strict configuration of a stack: everything
// under the ladder: namespace of a stack file. Load and Decode report every
// mistake at once, with file, line, path and what to do. Every rule that depends
// on the stage lives here and nowhere else; the rules of one network or one
// cluster live beside its component, in a package spec.
//
// Pure: no Pulumi SDK, no clock, no network. The catalogue of releases and the
// stack file of the stage before are all that it reads beside the file itself.
package config
