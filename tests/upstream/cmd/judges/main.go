// Command judges runs every judge and prints what each took:
//
//	go run -C tests/upstream ./cmd/judges [-manifests FILE or FOLDER] [-only NAME]
//
// Exit codes: 0 all accept, 1 a judge refuses or could not run, 2 bad usage.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/ladder-platform/ladder/tests/upstream/cost"
)

// step is one command, run in the order of the list.
type step struct {
	name, judged string
	// dir is relative to tests/upstream.
	dir  string
	args []string
}

func main() {
	manifests := flag.String("manifests", "", "file or folder of exported objects; empty: the stacks are exported first")
	only := flag.String("only", "", "run only the steps whose name contains this")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "judges: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := run(*manifests, *only); err != nil {
		fmt.Fprintln(os.Stderr, "judges:", err)
		os.Exit(1)
	}
}

func run(manifests, only string) error {
	work, err := os.MkdirTemp("", "ladder-judges-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	costs := filepath.Join(work, "costs")
	export := manifests == ""
	if export {
		manifests = filepath.Join(work, "manifests")
	}
	if manifests, err = filepath.Abs(manifests); err != nil {
		return err
	}
	os.Setenv(cost.FileVariable, costs)
	os.Setenv("LADDER_MANIFESTS", manifests)

	var rows []cost.Row
	var failed []string
	for _, s := range steps(work, manifests, export) {
		if s.name != exporting && !strings.Contains(s.name, only) { // what is exported, every judge reads
			continue
		}
		fmt.Printf("== %s\n", s.name)
		row, err := s.run()
		if err != nil {
			failed = append(failed, fmt.Sprintf("%s: %v", s.name, err))
		}
		inside, err := cost.Read(costs)
		if err != nil {
			return err
		}
		_ = os.Remove(costs) // the next step begins with none; a missing file is none
		rows = append(rows, row)
		for _, r := range inside {
			r.Part = true
			rows = append(rows, r)
		}
	}
	fmt.Println()
	if err := cost.Print(os.Stdout, rows); err != nil {
		return err
	}
	if len(failed) > 0 {
		return fmt.Errorf("refused:\n  %s", strings.Join(failed, "\n  "))
	}
	return nil
}

// exporting makes what the judges judge.
const exporting = "export what the stacks register"

func steps(work, manifests string, export bool) []step {
	binary, istio := filepath.Join(work, "judge.test"), filepath.Join(work, "istio.test")
	list := []step{
		{name: "compile the API server, etcd and Helm", dir: ".", args: []string{"go", "test", "-c", "-o", binary, "./judge"}},
		{name: "API server and charts", judged: "see below", dir: "judge", args: []string{binary, "-test.v", "-test.timeout=20m"}},
		{name: "compile Istio's validation", dir: "istio", args: []string{"go", "test", "-c", "-o", istio, "."}},
		{name: "Istio", judged: "see below", dir: "istio", args: []string{istio, "-test.v"}},
		{name: "Istio's routing", judged: "every request of two tables, in both renderings", dir: "routing", args: []string{"go", "test", "-count=1", "."}},
		{name: "collectors of traces", judged: "every component of seven configurations", dir: "tracing", args: []string{"go", "test", "-count=1", "-v", "."}},
		{name: "rules of logs", judged: "what is dropped, redacted and kept", dir: "logging", args: []string{"go", "test", "-count=1", "-v", "."}},
		{name: "Prometheus and Alertmanager", judged: "every alert, every query, every route", dir: "prometheus", args: []string{"go", "test", "-count=1", "-v", "."}},
		{name: "real @pulumi/eks", judged: "children of every variant", dir: "../..", args: []string{"go", "test", "-tags", "judges", "-timeout", "30m", "./tests/conformance/..."}},
	}
	if export {
		return append([]step{{name: exporting, dir: "../..", args: []string{"go", "run", "./tests/manifests", manifests}}}, list...)
	}
	return list
}

func (s step) run() (cost.Row, error) {
	clock := cost.Begin()
	cmd := exec.Command(s.args[0], s.args[1:]...)
	cmd.Dir = s.dir
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := cmd.Run()
	return clock.Row(s.name, s.judged, 0), err
}
