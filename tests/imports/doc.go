// Package imports holds the architecture to its word: which room may import
// which, and what the program may cost to compile. The rules are tables in
// rules.go; each has a reason, which a failure prints with the import chain.
package imports
