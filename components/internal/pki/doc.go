// Package pki registers keys, requests and certificates of the tls provider,
// and certificates of AWS Private CA, by their tokens: five resources do not
// pay for two more SDK packages (docs/adr/0001-compile-cost.md). Private keys
// are secrets from here to the state file.
package pki
