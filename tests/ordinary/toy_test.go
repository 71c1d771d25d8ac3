package ordinary_test

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/ladder-platform/ladder/tests/ordinary"
)

// toyVariable makes this test binary the program that the language host runs:
// "run", or "exit" to end before the SDK begins.
const toyVariable = "LADDER_TEST_TOY"

func TestMain(m *testing.M) {
	switch os.Getenv(toyVariable) {
	case "":
		os.Exit(run(m))
	case "exit":
		fmt.Fprintln(os.Stderr, "toy: leaving early")
		os.Exit(7)
	}
	pulumi.Run(toy)
}

// builds is where infra is built, once for all tests.
var builds string

func run(m *testing.M) int {
	var err error
	if builds, err = os.MkdirTemp("", "ladder-ordinary-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(builds)
	return m.Run()
}

var infra = sync.OnceValues(func() (string, error) {
	return ordinary.Build("github.com/ladder-platform/ladder/infra", builds)
})

type room struct{ pulumi.ResourceState }

// toy answers every part of the contract between host and program.
func toy(ctx *pulumi.Context) error {
	var r room
	if err := ctx.RegisterComponentResource("toy:index:Room", "room", &r); err != nil {
		return err
	}
	cfg := config.New(ctx, "toy")
	if cfg.GetBool("fail") {
		return errors.New("toy: told to fail")
	}
	ctx.Export("word", pulumi.String(cfg.Require("word")))
	ctx.Export("hidden", cfg.RequireSecret("hidden"))
	ctx.Export("dryRun", pulumi.Bool(ctx.DryRun()))
	ctx.Export("root", pulumi.String(ctx.RootDirectory()))
	return nil
}
