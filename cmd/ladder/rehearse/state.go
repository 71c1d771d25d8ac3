package rehearse

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/stacks/promotion"
)

// State is what pulumi stack export printed of a real environment.
type State struct {
	// Stack and Release are whose it is and what it runs, by its own record.
	Stack, Release string

	resources []exported
	outputs   map[string]any
	// secrets are how many inputs are ciphertext, which only the stack's own key opens.
	secrets int
	// left out are resources that a replay cannot make, in words.
	leftOut []string
	// sealed are resources with a whole input that is ciphertext: no placeholder
	// has its shape, so the file makes them, and with them what depends on them,
	// whose inputs name them: untold is both. By URN.
	sealed, untold map[string]bool
}

// exported is one resource of the state.
type exported struct {
	URN            string         `json:"urn"`
	Custom         bool           `json:"custom"`
	ID             string         `json:"id"`
	Type           string         `json:"type"`
	Inputs         map[string]any `json:"inputs"`
	Outputs        map[string]any `json:"outputs"`
	Parent         string         `json:"parent"`
	Provider       string         `json:"provider"`
	Dependencies   []string       `json:"dependencies"`
	Protect        bool           `json:"protect"`
	External       bool           `json:"external"`
	Delete         bool           `json:"delete"`
	RetainOnDelete bool           `json:"retainOnDelete"`
}

func (e exported) name() string { return e.URN[strings.LastIndex(e.URN, "::")+2:] }

const (
	typeStack     = "pulumi:pulumi:Stack"
	typeReference = "pulumi:pulumi:StackReference"
	typeProviders = "pulumi:providers:"
)

// ReadState reads what pulumi stack export prints.
func ReadState(file string, text []byte) (*State, error) {
	var doc struct {
		Deployment struct {
			Resources []exported        `json:"resources"`
			Pending   []json.RawMessage `json:"pending_operations"`
		} `json:"deployment"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: not readable: %w; give what pulumi stack export prints", file, err)
	}
	if len(doc.Deployment.Resources) == 0 {
		return nil, fmt.Errorf("%s: holds no resource; give what pulumi stack export prints of a stack that is up", file)
	}
	if n := len(doc.Deployment.Pending); n > 0 {
		return nil, fmt.Errorf("%s: %d operations are pending: the stack was interrupted; ladder recover says how to mend it, then export it again", file, n)
	}
	out := &State{outputs: map[string]any{}, sealed: map[string]bool{}, untold: map[string]bool{}}
	for _, res := range doc.Deployment.Resources {
		if parts := strings.SplitN(strings.TrimPrefix(res.URN, "urn:pulumi:"), "::", 2); out.Stack == "" && len(parts) == 2 {
			out.Stack = parts[0]
		}
		switch {
		case res.Type == typeStack:
			out.outputs = res.Outputs
		case res.Type == typeReference:
		case res.Delete || res.External:
			out.leftOut = append(out.leftOut, fmt.Sprintf("%s %s", res.Type, res.name()))
		default:
			res.Inputs, res.Outputs = opened(res.Inputs).(map[string]any), opened(res.Outputs).(map[string]any)
			out.secrets += secrets(res.Inputs)
			if res.sealed() {
				out.sealed[res.URN] = true
			}
			if out.sealed[res.URN] || slices.ContainsFunc(res.Dependencies, func(urn string) bool { return out.untold[urn] }) {
				out.untold[res.URN] = true // dependencies stand before what depends on them
				continue
			}
			out.resources = append(out.resources, res)
		}
	}
	text1, _ := out.outputs["record"].(string)
	record, ok, err := promotion.DecodeRecord(text1)
	if err != nil {
		return nil, fmt.Errorf("%s: its %w", file, err)
	}
	if !ok {
		return nil, fmt.Errorf("%s: has no output %q: no up of %s has succeeded, so there is nothing to begin with", file, "record", out.Stack)
	}
	out.Release = record.Release
	return out, nil
}

// notes say what a state does not tell.
func (st *State) notes() []string {
	out := []string{fmt.Sprintf("%s began as its state of %d resources, at release %s; ids are the simulated cloud's", st.Stack, len(st.resources), st.Release)}
	if st.secrets > 0 {
		out = append(out, fmt.Sprintf("UNKNOWN: %d secret values of the state, which is ciphertext; a placeholder stands for each", st.secrets))
	}
	if len(st.sealed) > 0 {
		out = append(out, fmt.Sprintf("UNKNOWN: %d resources of the state have ciphertext for an input, and were made as the file says: %s; so were %d that depend on them. pulumi stack export --show-secrets would tell", len(st.sealed), strings.Join(names(st.sealed), ", "), len(st.untold)-len(st.sealed)))
	}
	if len(st.leftOut) > 0 {
		out = append(out, "left out of the state, because another program owns it or it waits for its deletion: "+strings.Join(st.leftOut, ", "))
	}
	return out
}

// Signature of a secret in a state. Source: pulumi 3.250.0, sdk/go/common/resource/sig.
const (
	signatureKey = "4dabf18193072939515e22adb298388d"
	secretSig    = "1b47061264138c4ac30d75fd1eb44270"
	placeholder  = "not known to the rehearsal"
)

func isSecret(v any) bool {
	m, ok := v.(map[string]any)
	return ok && m[signatureKey] == secretSig
}

// secrets counts ciphertexts in a value.
func secrets(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		if isSecret(v) {
			return 1
		}
		for _, e := range v {
			n += secrets(e)
		}
	case []any:
		for _, e := range v {
			n += secrets(e)
		}
	}
	return n
}

// sealed is whether a whole input is ciphertext.
func (e exported) sealed() bool {
	for _, v := range e.Inputs {
		if isSecret(v) {
			return true
		}
	}
	return false
}

// names of resources, sorted.
func names(urns map[string]bool) []string {
	var out []string
	for urn := range urns {
		out = append(out, exported{URN: urn}.name())
	}
	slices.Sort(out)
	return out
}

// opened is a value with every secret that was exported in plain text as what it
// holds; what is ciphertext stays.
func opened(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if text, ok := v["plaintext"].(string); ok && isSecret(v) {
			var held any
			if json.Unmarshal([]byte(text), &held) == nil {
				return held
			}
			return v
		}
		for k, e := range v {
			v[k] = opened(e)
		}
	case []any:
		for i, e := range v {
			v[i] = opened(e)
		}
	}
	return v
}

// given are the inputs that a program gave: without what a provider filled in by
// itself, such as names with random digits, and without marks of the engine's.
func (e exported) given() map[string]any {
	filled := map[string]bool{}
	if list, ok := e.Inputs["__defaults"].([]any); ok {
		for _, k := range list {
			if name, is := k.(string); is {
				filled[name] = true
			}
		}
	}
	out := map[string]any{}
	for k, v := range e.Inputs {
		if !filled[k] && !strings.HasPrefix(k, "__") {
			out[k] = ungenerated(v)
		}
	}
	// The autoscaler's number, not the file's, is what runs.
	if live, ok := e.Outputs["scalingConfig"].(map[string]any); ok && e.Type == kindGroup {
		out["scalingConfig"] = ungenerated(live)
	}
	return out
}

// ungenerated drops the marks of nested values, and names that the kubernetes
// provider made up.
func ungenerated(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if isSecret(v) {
			return placeholder
		}
		out := map[string]any{}
		for k, e := range v {
			if !strings.HasPrefix(k, "__") {
				out[k] = ungenerated(e)
			}
		}
		if notes, ok := out["annotations"].(map[string]any); ok && notes["pulumi.com/autonamed"] != nil {
			delete(notes, "pulumi.com/autonamed")
			delete(out, "name")
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = ungenerated(e)
		}
		return out
	}
	return v
}
