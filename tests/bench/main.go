package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

// Report is everything that one run measured.
type Report struct {
	Command string    `json:"command"`
	Date    time.Time `json:"date"`
	Machine Machine   `json:"machine"`
	// Compile is absent with -short and -sizes.
	Compile []Compile `json:"compile,omitempty"`
	Engine  []Size    `json:"engine"`
	// Verdicts compare with the limits.
	Verdicts []Verdict `json:"verdicts"`
}

// Verdict is one limit.
type Verdict struct {
	Limit  string `json:"limit"`
	Within bool   `json:"within"`
	Figure string `json:"figure"`
}

var (
	allSizes   = []int{50, 200, 800, 1600}
	shortSizes = []int{50, 200}
)

func main() {
	asJSON := flag.Bool("json", false, "print JSON")
	short := flag.Bool("short", false, "sizes 50 and 200 only, and no cold compile")
	sizes := flag.String("sizes", "", "these numbers of resources, by commas, and no cold compile; empty: 50,200,800,1600")
	flag.Parse()
	list, err := parseSizes(*sizes, *short)
	if err != nil || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "bench:", err, strings.Join(flag.Args(), " "))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	report, err := measure(ctx, list, *short || *sizes != "", os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	if *asJSON {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(report)
	} else {
		err = report.print(os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	for _, v := range report.Verdicts {
		if !v.Within {
			os.Exit(1)
		}
	}
}

func parseSizes(given string, short bool) ([]int, error) {
	switch {
	case given == "" && short:
		return shortSizes, nil
	case given == "":
		return allSizes, nil
	}
	var sizes []int
	for part := range strings.SplitSeq(given, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-sizes: %q is not a number of resources", part)
		}
		sizes = append(sizes, n)
	}
	return sizes, nil
}

func measure(ctx context.Context, sizes []int, warm bool, progress io.Writer) (*Report, error) {
	report := &Report{
		Command: "go run ./tests/bench " + strings.Join(os.Args[1:], " "),
		Date:    time.Now().UTC().Truncate(time.Second),
		Machine: thisMachine(),
	}
	if !warm {
		for _, target := range compileTargets {
			fmt.Fprintf(progress, "compiling %s with an empty cache; minutes\n", target.name)
			c, err := compile(ctx, target)
			if err != nil {
				return nil, err
			}
			report.Compile = append(report.Compile, c)
		}
	}
	for _, n := range sizes {
		fmt.Fprintf(progress, "preview and up of %d resources\n", n)
		size, err := measureSize(ctx, n, benchRepeats)
		if err != nil {
			return nil, err
		}
		report.Engine = append(report.Engine, size)
	}
	report.Verdicts = verdicts(report)
	return report, nil
}
