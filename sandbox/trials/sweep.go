package trials

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"sync"
	"text/tabwriter"

	"github.com/ladder-platform/ladder/sandbox/fault"
)

// Sweep runs trials side by side.
type Sweep struct {
	// Dir is for the sandboxes of the trials.
	Dir string
	// Results is a file to which every outcome is added, and from which those
	// that converged before are taken; "" for none. An outcome counts only
	// for a recording with the same operations.
	Results string
	// Workers is how many run at a time; 0 means 2.
	Workers int
	// Real runs the engine into every fault instead of putting its traces in place.
	Real bool
	// Progress is told after every trial; nil for nobody.
	Progress func(done, all int, o Outcome)
}

// line is one line of the results file.
type line struct {
	Recording string `json:"recording"`
	Outcome
}

// Run runs the trials and returns their outcomes in order.
func (s Sweep) Run(ctx context.Context, r *Recording, trials []Trial) ([]Outcome, error) {
	digest, names := r.digest(), r.names()
	before, err := s.load(digest)
	if err != nil {
		return nil, err
	}
	out, err := s.open()
	if err != nil {
		return nil, err
	}
	defer out.Close()
	outcomes := make([]Outcome, len(trials))
	var lock sync.Mutex
	var failed error
	done := 0
	finish := func(i int, o Outcome, fresh bool) {
		lock.Lock()
		defer lock.Unlock()
		outcomes[i] = o
		done++
		if fresh {
			failed = errors.Join(failed, json.NewEncoder(out).Encode(line{digest, o}))
		}
		if s.Progress != nil {
			s.Progress(done, len(trials), o)
		}
	}
	work := make(chan int)
	var wait sync.WaitGroup
	workers := s.Workers
	if workers == 0 {
		workers = 2
	}
	for range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := range work {
				t := trials[i]
				if o, known := before[tried{names[t.Step], t.Kind}]; known {
					o.Step = t.Step
					finish(i, o, false)
					continue
				}
				finish(i, r.Run(ctx, t, filepath.Join(s.Dir, fmt.Sprintf("trial-%d-%s", t.Step, t.Kind)), s.Real), true)
			}
		}()
	}
	for i := range trials {
		if ctx.Err() != nil {
			break
		}
		work <- i
	}
	close(work)
	wait.Wait()
	return outcomes, errors.Join(failed, ctx.Err())
}

func (s Sweep) open() (io.WriteCloser, error) {
	if s.Results == "" {
		return nowhere{}, nil
	}
	f, err := os.OpenFile(s.Results, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("results of the trials: %w", err)
	}
	return f, nil
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) Close() error                { return nil }

// tried is a trial as every recording of its scenario knows it.
type tried struct {
	name
	kind fault.Kind
}

// load reads the outcomes that converged for the same recording.
func (s Sweep) load(digest string) (map[tried]Outcome, error) {
	known := map[tried]Outcome{}
	if s.Results == "" {
		return known, nil
	}
	f, err := os.Open(s.Results)
	if errors.Is(err, os.ErrNotExist) {
		return known, nil
	}
	if err != nil {
		return nil, fmt.Errorf("results of the trials: %w", err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var l line
		if json.Unmarshal(in.Bytes(), &l) == nil && l.Recording == digest && l.OK() {
			known[tried{name{l.URN, l.Verb, l.Nth}, l.Kind}] = l.Outcome
		}
	}
	return known, in.Err()
}

// digest tells recordings apart by their operations. Their order is not part of
// it: a program registers side by side, so two runs differ.
func (r *Recording) digest() string {
	names := r.names()
	slices.SortFunc(names, name.compare)
	h := sha256.New()
	fmt.Fprintln(h, r.Scenario.Name, r.Scenario.Options.Seed)
	for _, n := range names {
		fmt.Fprintln(h, n.verb, n.urn)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// Table prints how many faults were tried, by kind and service.
func Table(w io.Writer, outcomes []Outcome) error {
	type key struct{ scenario, kind, service string }
	type row struct{ tried, converged, adopted int }
	rows := map[key]*row{}
	var total row
	for _, o := range outcomes {
		k := key{o.Scenario, string(o.Kind), o.Service}
		if rows[k] == nil {
			rows[k] = &row{}
		}
		for _, r := range []*row{rows[k], &total} {
			r.tried++
			r.adopted += o.Adopted
			if o.OK() {
				r.converged++
			}
		}
	}
	keys := make([]key, 0, len(rows))
	for k := range rows {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		if a.scenario != b.scenario {
			return a.scenario < b.scenario
		}
		if a.kind != b.kind {
			return a.kind < b.kind
		}
		return a.service < b.service
	})
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "scenario\tfault\tservice\ttried\tconverged\tadopted")
	for _, k := range keys {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%d\n", k.scenario, k.kind, k.service, rows[k].tried, rows[k].converged, rows[k].adopted)
	}
	fmt.Fprintf(t, "all\t\t\t%d\t%d\t%d\n", total.tried, total.converged, total.adopted)
	return t.Flush()
}
