// Package consumers shows that other teams can read a stack: a Go program and a
// TypeScript one, each a project of its own, run by the ordinary Pulumi CLI, read
// the contract of a sandbox stack through a StackReference and build on it.
// docs/outputs.md quotes both programs.
//
// goreader is the Go program and typescript the other one. The latter needs
// @pulumi/pulumi, so its test has the build tag npm; make test runs it where npm
// can install it (tools/npm.sh), make judges runs it always.
package consumers
