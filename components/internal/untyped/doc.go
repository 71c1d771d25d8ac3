// Package untyped registers resources by their token and a map of arguments,
// without the SDK package of their service, which costs seconds to compile
// (docs/adr/0001-compile-cost.md). The sandbox holds the arguments against the
// providers' schemas.
package untyped
