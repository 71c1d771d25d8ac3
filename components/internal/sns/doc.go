// Package sns registers topics by their type, without importing the SDK package
// of the service, which costs compile time for one small resource
// (docs/adr/0001-compile-cost.md).
package sns
