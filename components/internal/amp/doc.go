// Package amp makes workspaces of Amazon Managed Service for Prometheus. The
// resources are registered by their type, because the SDK's package is used
// nowhere else (docs/adr/0001-compile-cost.md).
package amp
