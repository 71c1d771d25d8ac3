// Command bootstrap is the Pulumi program of what an account needs before its
// first stack: the ordinary CLI builds and runs it in this directory.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/bootstrap/program"
)

func main() { pulumi.Run(program.Deploy) }
