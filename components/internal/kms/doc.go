// Package kms registers keys by their type, without the SDK package of the
// service (docs/adr/0001-compile-cost.md). Every key rotates.
package kms
