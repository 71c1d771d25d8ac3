package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestSizesAreNumbersOfResources(t *testing.T) {
	for name, c := range map[string]struct {
		given string
		short bool
		want  string
	}{
		"nothing asked":       {want: "[50 200 800 1600]"},
		"short":               {short: true, want: "[50 200]"},
		"given":               {given: "10,20", want: "[10 20]"},
		"given beats short":   {given: "10", short: true, want: "[10]"},
		"zero is none":        {given: "0", want: "error"},
		"text is no number":   {given: "10,many", want: "error"},
		"a comma at the end":  {given: "10,", want: "error"},
		"a number below zero": {given: "-5", want: "error"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseSizes(c.given, c.short)
			text := fmt.Sprint(got)
			if err != nil {
				text = "error"
			}
			if text != c.want {
				t.Errorf("%s, want %s", text, c.want)
			}
		})
	}
}

// built is programs and the processor seconds of each, by turns.
func built(pairs ...any) []Compile {
	var all []Compile
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, Compile{Program: pairs[i].(string), CPU: asFloat(pairs[i+1])})
	}
	return all
}

func asFloat(v any) float64 {
	if n, ok := v.(int); ok {
		return float64(n)
	}
	return v.(float64)
}

func TestVerdictsFollowTheLimits(t *testing.T) {
	size := func(n int, bare, box float64) Size {
		return Size{Resources: n, Runs: []Run{{Name: "up", Bare: bare, Sandbox: box}}}
	}
	for name, c := range map[string]struct {
		report Report
		want   string
	}{
		"compile at the limit":               {Report{Compile: built("infra", 240, "naive", 602)}, "+"},
		"compile over it":                    {Report{Compile: built("infra", 240.1, "naive", 602)}, "-"},
		"half as fast a machine":             {Report{Compile: built("infra", 480, "naive", 1204)}, "+"},
		"over it on half as fast a machine":  {Report{Compile: built("infra", 480.1, "naive", 1204)}, "-"},
		"a limit needs the naive program":    {Report{Compile: built("infra", 240)}, ""},
		"the naive program has no limit":     {Report{Compile: built("naive", 602)}, ""},
		"half a second more on a short run":  {Report{Engine: []Size{size(50, 0.4, 0.9)}}, "+"},
		"more than that on a short run":      {Report{Engine: []Size{size(50, 0.4, 0.91)}}, "-"},
		"half as much again on a long run":   {Report{Engine: []Size{size(50, 4, 6)}}, "+"},
		"more than that on a long run":       {Report{Engine: []Size{size(50, 4, 6.01)}}, "-"},
		"linear growth":                      {Report{Engine: []Size{size(800, 2, 2), size(1600, 4, 4)}}, "+++"},
		"quadratic growth":                   {Report{Engine: []Size{size(800, 2, 2), size(1600, 8, 8)}}, "++-"},
		"growth of the two largest sizes":    {Report{Engine: []Size{size(50, 1, 0.1), size(800, 2, 2), size(1600, 4, 4)}}, "++++"},
		"growth needs two sizes to be known": {Report{Engine: []Size{size(50, 1, 1)}}, "+"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, v := range verdicts(&c.report) {
				got += map[bool]string{true: "+", false: "-"}[v.Within]
			}
			if got != c.want {
				t.Errorf("verdicts %q, want %q", got, c.want)
			}
		})
	}
}

func TestMemoryOfAGroupIsThatOfItsProcesses(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		if peak := peakOfGroup(1, closed()); peak != 0 {
			t.Errorf("without /proc %d MiB, want 0", peak)
		}
		return
	}
	cmd := exec.Command("sleep", "30")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	deadline := time.Now().Add(5 * time.Second)
	for groupPages(cmd.Process.Pid) == 0 {
		if time.Now().After(deadline) {
			t.Fatal("a process of the group has no resident page")
		}
		time.Sleep(time.Millisecond)
	}
	if pages := groupPages(1 << 30); pages != 0 {
		t.Errorf("a group that does not exist has %d pages", pages)
	}
}

func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func TestBothWorldsRunTheSameProgram(t *testing.T) {
	size, err := measureSize(t.Context(), 12, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(size.Runs) != 2 {
		t.Fatalf("runs %+v, want preview and up", size.Runs)
	}
	for _, run := range size.Runs {
		if run.Bare <= 0 || run.Sandbox <= 0 {
			t.Errorf("%s took no time: %+v", run.Name, run)
		}
	}
}

func TestCompileStartsFromAnEmptyCache(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module example.com/empty\n\ngo 1.26.0\n",
		"main.go": "package main\n\nfunc main() {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, err := compile(t.Context(), compileTarget{name: "empty", dir: dir, pkg: "."})
	if err != nil {
		t.Fatal(err)
	}
	// The runtime has to be compiled too, which a warm cache would save: over a
	// second of processor time, some twenty packages, a compiler of over 50 MiB.
	if c.CPU < 1 || c.Packages < 10 || c.Largest < 50 || c.Binary < 1 {
		t.Errorf("an empty program with an empty cache: %+v", c)
	}
}
