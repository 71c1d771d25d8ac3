// Package dns registers Route 53's zones and records by their types, without
// the SDK package of the service (docs/adr/0001-compile-cost.md).
package dns
