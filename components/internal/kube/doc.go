// Package kube registers built-in Kubernetes kinds by their token, without
// importing the SDK package of their API group: each group costs tens of
// seconds to compile, and a component needs three or four kinds of them.
package kube
