// Package cloudwatch registers alarms, log groups and event rules by their
// types: four kinds of resources do not pay for the SDK package of their service
// (docs/adr/0001-compile-cost.md).
package cloudwatch
