// Package opensearch registers Amazon OpenSearch Service domains without the
// SDK's package for them, which costs more to compile than the rest of a
// component (docs/adr/0001-compile-budget.md).
package opensearch
