// Package program is what bootstrap's main runs: one component, from one key of
// its configuration, in one account. It is apart from main so that tests and the
// simulated cloud run the same function.
package program
