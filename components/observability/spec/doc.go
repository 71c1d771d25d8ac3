// Package spec is the configuration of the observability component: the section
// of a stack file, its defaults and every finding that it can have. It knows
// nothing of Pulumi.
package spec
