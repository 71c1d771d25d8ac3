// Package cloudwatch registers alarms, log groups and event rules by their
// types: four small resources do not pay for the SDK package of their service,
// 14 processor seconds (docs/adr/0001-compile-cost.md).
package cloudwatch
