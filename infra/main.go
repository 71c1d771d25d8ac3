// Command infra is the Pulumi program: the ordinary CLI builds and runs it.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/stacks"
)

func main() { pulumi.Run(stacks.Deploy) }
