// Package spec is the configuration of the sample application: what a stack
// file says, its defaults and findings. It is pure: no Pulumi SDK below it.
package spec
