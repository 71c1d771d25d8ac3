// Package judge asks upstream's own code whether it accepts what ladder makes:
// a real Kubernetes API server (package apiserver) with the CRDs that projects
// publish in their Go modules, and the charts in those modules, rendered by Helm's
// engine with the values that a stack passes. So our judges are not our own.
//
// What it judges comes from files (Load): the objects of a stack as JSON, with
// Helm releases among them. Without files it judges testdata, so that the judges
// themselves are tested: they must accept the good and refuse each bad object for
// the reason that its entry names.
//
// It does not run a controller, so it proves that an object is accepted, not that
// it works. What no module carries is logged by name as not checked here.
package judge
