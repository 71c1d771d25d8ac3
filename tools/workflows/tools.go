//go:build tools

// Package workflows pins actionlint. It has a module of its own, because it and
// what the Pulumi CLI needs want different versions of a YAML package that is not
// compatible with itself yet.
package workflows

import _ "github.com/rhysd/actionlint/cmd/actionlint"
