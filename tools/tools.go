//go:build tools

// Package tools pins the commands that the build uses and that no package of
// the project imports: the Pulumi CLI and the linters.
package tools

import (
	_ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
	_ "honnef.co/go/tools/cmd/staticcheck"
)
