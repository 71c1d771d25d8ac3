package cli_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ladder-platform/ladder/cmd/ladder/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"ladder": func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

func TestScripts(t *testing.T) {
	repo, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: os.Getenv("LADDER_GOLDEN") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("REPO", repo)
			e.Setenv("LADDER_PULUMI", os.Getenv("LADDER_PULUMI"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs ladder and compares its exit code: exits 3 config check.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exits CODE ladder-arguments…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec("ladder", args[1:]...)
	got := 0
	if code, ok := err.(interface{ ExitCode() int }); ok {
		got = code.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("ladder %v exits with %d, want %d", args[1:], got, want)
	}
}
