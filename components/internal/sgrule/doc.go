// Package sgrule registers rules of security groups by their types, without the
// SDK package of the service (docs/adr/0001-compile-cost.md). A rule opens one
// TCP port: nothing that ladder makes needs more.
package sgrule
