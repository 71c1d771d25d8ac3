// Package spec is the configuration of what an account needs before the first
// stack: what a file says, its defaults and findings. It is pure: no Pulumi SDK
// below it.
package spec
