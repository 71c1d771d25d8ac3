//go:build !trials

package scenario

const everyVariant = false
