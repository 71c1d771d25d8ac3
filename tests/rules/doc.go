// Package rules proves that the laws of the simulated cloud cover what the
// stacks register. Each service's laws are broken through the real engine, and
// let through when they are switched off; every property that stacks set and
// that cannot change, every deletion that a dependent stands against and every
// quota is either covered by a law with a case or listed in coverage.md, which
// this package writes (make golden).
//
// The cases are those of sandbox/aws/cases. All of them are broken one by one in
// the tests of sandbox/aws and sandbox/kube; here a case's objects are made by
// the engine too, for the shortest case of each service and verb.
//
// Not covered: order among Kubernetes objects. Kubernetes refuses no deletion
// because of a dependent; finalizers delay it (the rules named kube.*).
package rules
