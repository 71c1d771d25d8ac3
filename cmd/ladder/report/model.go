package report

import (
	"sort"
	"strings"
	"time"
)

// Report is everything that one run has to say. It is also the JSON document
// of --json, so its field names are an interface.
type Report struct {
	Verb  string `json:"verb"` // preview, up, refresh, destroy
	Stack string `json:"stack"`
	// Again is what follows the verb on the command line, to run it again:
	// "dev --sandbox". Sandbox is the directory of the simulated cloud.
	Again       string      `json:"again"`
	Sandbox     string      `json:"sandbox,omitempty"`
	Environment Environment `json:"environment"`
	Operations  []Operation `json:"operations"`
	// Makespan is the virtual time of the whole run.
	Makespan time.Duration  `json:"makespanNs"`
	Critical []string       `json:"critical,omitempty"` // URNs of the critical path, in order
	Cost     *Cost          `json:"cost,omitempty"`
	Outputs  map[string]any `json:"outputs,omitempty"` // secrets masked
	Access   []Access       `json:"access,omitempty"`
	// Messages of the engine and the program: warnings and errors, as printed.
	Messages []string `json:"messages,omitempty"`
	// Kept are cloud objects that a destroy leaves behind on purpose.
	Kept []string `json:"kept,omitempty"`
	// Wall is real time.
	Wall time.Duration `json:"wallNs"`
	// Error is why the run failed; "" means that it did not.
	Error string `json:"error,omitempty"`
	// Interrupted says that somebody stopped it, and that the state is whole.
	Interrupted bool `json:"interrupted,omitempty"`
}

// Environment heads the report.
type Environment struct {
	Stage     string `json:"stage"`
	Region    string `json:"region"`
	AccountID string `json:"accountId"`
	Release   string `json:"release"`
	// Kubernetes is the release's minor, for example "1.36".
	Kubernetes string `json:"kubernetes,omitempty"`
	Protected  bool   `json:"protected"`
	// After is the stack that this one follows, "" for the first.
	After string `json:"after,omitempty"`
}

// Operation is what happens to one resource.
type Operation struct {
	URN    string `json:"urn"`
	Type   string `json:"type"`
	Name   string `json:"name"`
	Parent string `json:"parent,omitempty"`
	// Op is the engine's word: create, update, delete, replace, same, read, refresh.
	Op string `json:"op"`
	// Keys are the properties that force a replacement.
	Keys []string `json:"keys,omitempty"`
	// Changed are the paths of all properties that differ.
	Changed []string `json:"changed,omitempty"`
	// Differences are the same properties with both values.
	Differences []Difference  `json:"differences,omitempty"`
	DependsOn   []string      `json:"dependsOn,omitempty"`
	Latency     time.Duration `json:"latencyNs"`
	Start       time.Duration `json:"startNs"`
	End         time.Duration `json:"endNs"`
	Protected   bool          `json:"protected,omitempty"`
	// Failed was refused by the cloud; Unfinished began and did not end. A
	// preview has neither.
	Failed     bool `json:"failed,omitempty"`
	Unfinished bool `json:"unfinished,omitempty"`
}

// Difference is one property that differs.
type Difference struct {
	Path string `json:"path"`
	// Kind is the engine's: add, update, delete, and each with "-replace".
	Kind string `json:"kind"`
	// Old and New are absent where there is no value; secrets are masked.
	Old any `json:"old,omitempty"`
	New any `json:"new,omitempty"`
}

// Cost is a monthly estimate.
type Cost struct {
	Lines []CostLine `json:"lines"`
	// USDMonth is the sum of the lines.
	USDMonth float64 `json:"usdMonth"`
	// Unknown is what costs money and has no price here, or depends on use.
	Unknown []string `json:"unknown,omitempty"`
	// Sources say where the prices come from, AsOf when they were collected,
	// Oldest the date of the oldest one, Caution what to keep in mind.
	Sources []string `json:"sources"`
	AsOf    string   `json:"asOf"`
	Oldest  string   `json:"oldest,omitempty"`
	Caution string   `json:"caution,omitempty"`
}

// CostLine is one priced thing.
type CostLine struct {
	Component  string  `json:"component"`
	What       string  `json:"what"`
	USDMonth   float64 `json:"usdMonth"`
	Note       string  `json:"note,omitempty"`
	Source     string  `json:"source,omitempty"` // keys of Cost.Sources
	Date       string  `json:"date,omitempty"`
	Confidence string  `json:"confidence,omitempty"`
}

// Access is how to reach one cluster.
type Access struct {
	Cluster string `json:"cluster"` // EKS cluster name
	Key     string `json:"key"`     // key in the stack file
	Region  string `json:"region"`
	// Private is true when the API endpoint has no public address.
	Private bool `json:"private"`
	// Endpoint is the API server's host name, "" before the first up.
	Endpoint string `json:"endpoint,omitempty"`
	// Bastion is the instance ID, "" when there is none.
	Bastion string `json:"bastion,omitempty"`
}

const stackType = "pulumi:pulumi:Stack"

// component is the name of the top component that op belongs to: the last
// ancestor before the stack. What hangs on the stack itself is under "stack".
func component(op Operation, byURN map[string]Operation) string {
	at := op
	for range len(byURN) + 1 { // a cycle of parents cannot be, and must not hang
		parent, ok := byURN[at.Parent]
		if !ok || parent.Type == stackType {
			break
		}
		at = parent
	}
	if at.Type == stackType || !isComponent(at.Type) {
		return "stack"
	}
	return at.Name
}

// Components are the top components that operations belong to, by URN.
func Components(ops []Operation) map[string]string {
	byURN := Report{Operations: ops}.byURN()
	out := make(map[string]string, len(ops))
	for _, op := range ops {
		out[op.URN] = component(op, byURN)
	}
	return out
}

// isComponent tells component resources, which cost nothing and wait for
// nothing, from custom resources. Ours begin with ladder:, pulumi-eks's is eks:index.
func isComponent(typ string) bool {
	return strings.HasPrefix(typ, "ladder:") || typ == "eks:index:Cluster" || typ == stackType
}

// Resource says whether a type is something that a cloud has: no component and
// no provider.
func Resource(typ string) bool {
	return !isComponent(typ) && !strings.HasPrefix(typ, "pulumi:")
}

// counted says whether an operation counts as something that was done, or in a
// preview would be.
func counted(op Operation) bool {
	return Resource(op.Type) && op.Op != "read" && !op.Failed && !op.Unfinished
}

// Counts of operations by Op over resources that exist; reads, components and
// providers are left out.
func (r Report) Counts() map[string]int {
	out := map[string]int{}
	for _, op := range r.Operations {
		if counted(op) {
			out[op.Op]++
		}
	}
	return out
}

// Changes is the number of operations that change something.
func (r Report) Changes() int {
	n := 0
	for op, c := range r.Counts() {
		if op != "same" && op != "refresh" {
			n += c
		}
	}
	return n
}

func (r Report) byURN() map[string]Operation {
	out := make(map[string]Operation, len(r.Operations))
	for _, op := range r.Operations {
		out[op.URN] = op
	}
	return out
}

// groups are the operations by component, in the order of the composition.
func (r Report) groups() []group {
	byURN, at := r.byURN(), map[string]int{}
	var out []group
	for _, op := range r.Operations {
		if !counted(op) {
			continue
		}
		name := component(op, byURN)
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, group{name: name})
		}
		out[i].ops = append(out[i].ops, op)
	}
	sort.SliceStable(out, func(i, j int) bool {
		if (out[i].name == "stack") != (out[j].name == "stack") {
			return out[j].name == "stack"
		}
		if rank(out[i].name) != rank(out[j].name) {
			return rank(out[i].name) < rank(out[j].name)
		}
		return out[i].name < out[j].name
	})
	return out
}

// rank orders components as the composition does: networks first.
func rank(name string) int {
	for i, prefix := range []string{"network", "cluster"} {
		if strings.HasPrefix(name, prefix) {
			return i
		}
	}
	return 2
}

type group struct {
	name string
	ops  []Operation
}

// changing is the group without what stays as it is.
func (g group) changing() group {
	out := group{name: g.name}
	for _, op := range g.ops {
		if op.Op != "same" && op.Op != "refresh" {
			out.ops = append(out.ops, op)
		}
	}
	return out
}

// kinds counts the operations of a group by what the resource is called.
func (g group) kinds() []kindCount {
	n := map[string]int{}
	for _, op := range g.ops {
		n[Kind(op.Type)]++
	}
	out := make([]kindCount, 0, len(n))
	for k, c := range n {
		out = append(out, kindCount{k, c})
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].n != out[j].n {
			return out[i].n > out[j].n
		}
		return out[i].kind < out[j].kind
	})
	return out
}

type kindCount struct {
	kind string
	n    int
}
