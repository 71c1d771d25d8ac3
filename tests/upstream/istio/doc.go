// Package istio asks Istio's own code whether it accepts what ladder makes: the
// handler of the validating webhook that istiod serves, for every object of
// Istio's API groups, and the code by which istiod loads its signing certificate,
// for every chain that a stack puts into a Secret cacerts.
//
// It is a module of its own: Istio needs other versions of what a Kubernetes API
// server is built from, and 1,500 packages (docs/judges.md has the cost).
//
// What is judged comes out of the files that tests/manifests writes; without
// them it judges testdata, so that the judge itself is tested.
package istio
