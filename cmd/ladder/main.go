// Command ladder previews, brings up, rehearses and inspects the platform's
// stacks on a simulated cloud. See docs/first-preview.md.
package main

import (
	"os"

	"github.com/ladder-platform/ladder/cmd/ladder/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
