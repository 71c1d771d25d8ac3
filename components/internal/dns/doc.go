// Package dns registers Route 53's zones and records by their types, without
// the SDK package of the service, 11 processor seconds
// (docs/adr/0001-compile-cost.md).
package dns
