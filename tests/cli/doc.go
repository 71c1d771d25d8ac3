// Package cli holds the command's tests: each file of testdata is one story,
// with what it prints on stdout and stderr and how it exits.
package cli
