// Package conformance compares the sandbox's eks component with the real one:
// the npm package @pulumi/eks 2.8.1 runs as the eks provider in front of the same
// simulated aws and kubernetes, and both must send the engine the same
// registrations (type, name, parent, inputs, dependencies, options).
//
// It needs node, npm and the package registry, so `make judges` runs it
// (build tag judges) and `make test` does not.
package conformance
