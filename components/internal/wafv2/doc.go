// Package wafv2 registers AWS WAF's resources through small typed wrappers: the
// SDK's own package costs 53 CPU-seconds and 4.2 GB to compile
// (docs/adr/0001-compile-cost.md). It holds what a regional web ACL before a
// load balancer needs, and no more.
package wafv2
