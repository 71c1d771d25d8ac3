package stacks

import (
	"encoding/json"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/stacks/config"
)

// sections are the keys of the configuration that the engine hands over.
var sections = []string{"environment", "release", "promotion", "networks", "clusters", "mesh", "edge", "observability", "sample"}

// load reads the stack's configuration as the engine has it, and returns one
// error with every finding. What must not stop the run is logged.
func load(ctx *pulumi.Context) (config.Stack, error) {
	cfg, found := config.Decode(values(ctx), ctx.Stack())
	if err := found.Err(); err != nil {
		return config.Stack{}, err
	}
	for _, f := range found {
		if err := ctx.Log.Warn(f.String(), nil); err != nil {
			return config.Stack{}, err
		}
	}
	return cfg, nil
}

// values are the configuration by full key. The ordinary CLI gives a program
// its whole configuration in one variable, so that a misspelt section is found
// too; an inline program can only be asked for the keys that are known, and
// whoever runs one has read the file itself.
func values(ctx *pulumi.Context) map[string]string {
	out := map[string]string{}
	if all := os.Getenv("PULUMI_CONFIG"); all != "" {
		if err := json.Unmarshal([]byte(all), &out); err != nil {
			out = map[string]string{} // not ours to judge: the keys below are asked for one by one
		}
	}
	for _, section := range sections {
		if v, ok := ctx.GetConfig(config.Namespace + section); ok {
			out[config.Namespace+section] = v
		}
	}
	return out
}
