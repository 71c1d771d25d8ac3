package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Signatures of special values in states and plans. Source: pulumi 3.250.0,
// sdk/go/common/resource/sig and plugin/rpc.go.
const (
	signatureKey = "4dabf18193072939515e22adb298388d"
	secretSig    = "1b47061264138c4ac30d75fd1eb44270"
	unknownSig   = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
)

const (
	stackType     = "pulumi:pulumi:Stack"
	referenceType = "pulumi:pulumi:StackReference"
)

// State is a stack's state as the backend has it: secrets are ciphertext.
type State struct {
	Version    int
	Deployment *apitype.DeploymentV3
}

// checkpoint is the file of the backend.
type checkpoint struct {
	Version    int `json:"version"`
	Checkpoint struct {
		Latest *apitype.DeploymentV3 `json:"latest"`
	} `json:"checkpoint"`
}

// statePath is where the file backend keeps a stack.
func (e *Engine) statePath(project, stack string) string {
	return filepath.Join(e.dir, "state", ".pulumi", "stacks", project, stack+".json")
}

// State reads the stack's state; a stack that was never run has an empty one.
func (e *Engine) State(p Program) (*State, error) {
	project, err := readProject(p.Project)
	if err != nil {
		return nil, err
	}
	return e.state(project.name, p.Stack)
}

func (e *Engine) state(project, stack string) (*State, error) {
	empty := &State{Version: 3, Deployment: &apitype.DeploymentV3{}}
	path := e.statePath(project, stack)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return empty, nil
	}
	if err != nil {
		return nil, fmt.Errorf("sandbox: read the state of %s: %w", stack, err)
	}
	var c checkpoint
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("sandbox: the state %s is not readable: %w; the engine's last good copy is %s.bak: "+
			"put it in its place, or start with an empty cloud: ladder sandbox reset", path, err, path)
	}
	if c.Checkpoint.Latest == nil {
		return empty, nil
	}
	return &State{Version: c.Version, Deployment: c.Checkpoint.Latest}, nil
}

// Outputs are the stack's outputs with secrets masked.
func (s *State) Outputs() map[string]any {
	for _, r := range s.Deployment.Resources {
		if string(r.Type) == stackType && !r.Delete {
			return mask(r.Outputs)
		}
	}
	return nil
}

// Resource is the current resource with a URN; nil when there is none.
func (s *State) Resource(urn string) *apitype.ResourceV3 {
	for i, r := range s.Deployment.Resources {
		if string(r.URN) == urn && !r.Delete {
			return &s.Deployment.Resources[i]
		}
	}
	return nil
}

// mask replaces secrets and unknowns by words.
func mask(outputs map[string]any) map[string]any {
	masked := make(map[string]any, len(outputs))
	for k, v := range outputs {
		masked[k] = maskValue(v)
	}
	return masked
}

func maskValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v[signatureKey] == secretSig {
			return "[secret]"
		}
		return mask(v)
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = maskValue(e)
		}
		return list
	case string:
		if v == unknownSig {
			return "[unknown]"
		}
	}
	return v
}

// graph says what each URN depends on.
type graph map[string][]string

func (g graph) addState(s *State) {
	for _, r := range s.Deployment.Resources {
		if _, known := g[string(r.URN)]; known {
			continue
		}
		g.add(string(r.URN), string(r.Parent), r.Provider, r.Dependencies, r.PropertyDependencies)
	}
}

func (g graph) add(urn, parent, provider string, deps []resource.URN, props map[resource.PropertyKey][]resource.URN) {
	seen := map[string]bool{"": true, urn: true}
	list := []string{}
	put := func(d string) {
		if !seen[d] {
			seen[d] = true
			list = append(list, d)
		}
	}
	put(parent)
	put(providerURN(provider))
	for _, d := range deps {
		put(string(d))
	}
	for _, ds := range props {
		for _, d := range ds {
			put(string(d))
		}
	}
	slices.Sort(list)
	g[urn] = list
}

// providerURN takes the id off a provider reference, "<urn>::<id>".
func providerURN(ref string) string {
	if i := strings.LastIndex(ref, "::"); i >= 0 {
		return ref[:i]
	}
	return ""
}

// Plan is what a preview decided for each URN.
type Plan map[string]apitype.ResourcePlanV1

func readPlan(path string) (Plan, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // a preview that failed has none
	}
	if err != nil {
		return nil, fmt.Errorf("sandbox: read the plan: %w", err)
	}
	var saved apitype.DeploymentPlanV1
	if err := json.Unmarshal(text, &saved); err != nil {
		return nil, fmt.Errorf("sandbox: the plan %s is not readable: %w", path, err)
	}
	plan := Plan{}
	for urn, p := range saved.ResourcePlans {
		plan[string(urn)] = p
	}
	return plan, nil
}

// feeds fills in what the inputs of each operation come from.
func (p Plan) feeds(ops []Operation) {
	for i := range ops {
		goal := p[ops[i].URN].Goal
		if goal == nil {
			continue
		}
		feeds := map[string][]string{}
		for key, from := range goal.PropertyDependencies {
			for _, urn := range from {
				feeds[string(key)] = append(feeds[string(key)], string(urn))
			}
			slices.Sort(feeds[string(key)])
		}
		if len(feeds) > 0 {
			ops[i].Feeds = feeds
		}
	}
}

func (g graph) addPlan(p Plan) {
	for urn, r := range p {
		if r.Goal != nil {
			g.add(urn, string(r.Goal.Parent), r.Goal.Provider, r.Goal.Dependencies, r.Goal.PropertyDependencies)
		}
	}
}
