// Package helm registers Helm releases without the SDK's helm/v3 package, which
// pulls in every Kubernetes API group and two thirds of the compile time
// (facts/engine.md, "Helm release without helm/v3").
package helm
