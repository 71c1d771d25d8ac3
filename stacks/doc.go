// Package stacks composes a stack: deploy.go reads like a table of contents of
// the platform. What exists, in which order, with which provider, fed by what.
package stacks
