// Package kube registers Kubernetes objects, built-in kinds and custom resources,
// by their token, without importing the SDK package of their API group: each
// group costs seconds to compile, core/v1 alone 21, and a component needs three
// or four kinds of them (docs/adr/0001-compile-cost.md).
package kube
