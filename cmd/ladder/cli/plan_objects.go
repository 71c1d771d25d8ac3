package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// objects reads what the program registers and installs, from an up in a
// temporary sandbox, into the plan's input, and says what that leaves out.
func (g *Global) objects(ctx context.Context, s stack, skip bool, in *upgrade.Input) (err error) {
	const elsewhere = "what applications registered themselves (give --metrics of the live cluster)"
	if skip {
		in.Unchecked = "the program's own objects (--no-objects), and " + elsewhere
		return nil
	}
	dir, err := os.MkdirTemp("", "ladder-plan-")
	if err != nil {
		return fmt.Errorf("make a temporary sandbox: %w; set TMPDIR to a directory that can be written", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var state []byte
	err = g.aside(ctx, s, "plan "+s.file.Name, sandbox.Options{Dir: dir, Seed: 1, SkipCheckpoints: true}, func(box *sandbox.Sandbox) (err error) {
		if _, err = s.run(ctx, box, verbUp); err != nil {
			return fmt.Errorf("list what the program registers: %w; --no-objects leaves that out", err)
		}
		box.World().View(func(tx *world.Tx) { err = workloadsIn(tx, s, in) })
		if err != nil {
			return err
		}
		state, err = box.Export(ctx, s.program(box))
		return err
	})
	if err != nil {
		return err
	}
	var charts []string
	if in.Objects, charts, err = objectsOf(state); err != nil {
		return err
	}
	in.Unchecked = elsewhere
	if len(charts) > 0 {
		in.Unchecked = "what the charts " + strings.Join(charts, ", ") + " render, and " + elsewhere
	}
	return nil
}

// objectsOf reads the Kubernetes objects of a state, and the names of the
// charts, whose contents no state holds.
func objectsOf(state []byte) (out []upgrade.Object, charts []string, err error) {
	var doc struct {
		Deployment struct {
			Resources []struct {
				URN    string `json:"urn"`
				Type   string `json:"type"`
				Inputs struct {
					APIVersion string `json:"apiVersion"`
					Kind       string `json:"kind"`
					Chart      any    `json:"chart"`
					Metadata   any    `json:"metadata"`
				} `json:"inputs"`
			} `json:"resources"`
		} `json:"deployment"`
	}
	if err := json.Unmarshal(state, &doc); err != nil {
		return nil, nil, fmt.Errorf("read the state of the temporary sandbox: %w", err)
	}
	for _, r := range doc.Deployment.Resources {
		logical := r.URN[strings.LastIndex(r.URN, "::")+2:]
		switch {
		case r.Type == "kubernetes:helm.sh/v3:Release":
			chart, _ := r.Inputs.Chart.(string)
			charts = append(charts, chart[strings.LastIndex(chart, "/")+1:])
		case strings.HasPrefix(r.Type, "kubernetes:") && r.Inputs.Kind != "":
			metadata, _ := r.Inputs.Metadata.(map[string]any)
			name, _ := metadata["name"].(string)
			out = append(out, upgrade.Object{APIVersion: r.Inputs.APIVersion, Kind: r.Inputs.Kind, Name: name, From: logical})
		}
	}
	slices.Sort(charts)
	return out, slices.Compact(charts), nil
}
