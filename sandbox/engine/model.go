package engine

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Program is what is run, and on which stack.
type Program struct {
	// Project is the directory with Pulumi.yaml.
	Project string
	// StackFile is the path of Pulumi.<stack>.yaml.
	StackFile string
	Stack     string
	// AccountID and CallerARN are who the simulated credentials are.
	AccountID, CallerARN string
	// Delegated are domains that registrars outside the world delegate to
	// whatever public zone has the name, as the stack file says.
	Delegated []string
	Run       pulumi.RunFunc
}

// Result is what one operation of the engine did, or in a preview would do.
type Result struct {
	// Operations are in the order in which the engine began them, including
	// "same" for what stays.
	Operations []Operation
	// Counts are the engine's own, by operation.
	Counts map[string]int
	// Outputs are the stack's; secrets read "[secret]", and what a preview
	// cannot know "[unknown]".
	Outputs  map[string]any
	Timeline Timeline
	// Wall is real time.
	Wall time.Duration
	// Diagnostics are warnings and errors, as a person reads them.
	Diagnostics []string
	// Faults are the simulated faults that were reached, in words.
	Faults []string
}

// Changes are the operations that are more than looking.
func (r *Result) Changes() []Operation {
	var changes []Operation
	for _, op := range r.Operations {
		if op.Op != "same" && op.Op != "read" && op.Op != "refresh" {
			changes = append(changes, op)
		}
	}
	return changes
}

// Operation is one step of the engine on one resource.
type Operation struct {
	URN    string
	Type   string
	Name   string
	Parent string
	// Op is the engine's word: create, update, delete, replace,
	// create-replacement, delete-replaced, same, read, refresh, import.
	Op string
	// ID is the object's, "" while unknown.
	ID string
	// Keys are the properties that force a replacement.
	Keys []string
	Diff []PropertyDiff
	// Inputs are what the program gave, empty for what goes; secrets and what a
	// preview cannot know are words, as in Result.Outputs.
	Inputs map[string]any
	// Outputs are what a component registered, in the same words; nil for others.
	Outputs map[string]any
	// Feeds are the URNs that each input comes from; of a preview only.
	Feeds map[string][]string
	// DependsOn are URNs: dependencies, parent and provider.
	DependsOn []string
	// Latency is what the operation takes on a real account; Start and End
	// are when, from the dependency graph.
	Latency, Start, End time.Duration
	Protected           bool
	// Custom is true for what a provider manages, false for components.
	Custom bool
	// Done is false for what did not come to an end; Failed for what the
	// provider refused.
	Done, Failed bool
}

// PropertyDiff is one property that differs.
type PropertyDiff struct {
	Path string
	// Kind is the engine's: add, update, delete, and each with "-replace".
	Kind string
	// Old and New are the values; nil where there is none. Secrets and what a
	// preview cannot know are words, as in Result.Outputs.
	Old, New any
}

// Timeline is the virtual course of a run.
type Timeline struct {
	Makespan time.Duration
	// Critical are the URNs of the longest chain, in order.
	Critical []string
}

// Event is told while a run is under way.
type Event struct {
	URN, Type, Name, Op string
	Done, Failed        bool
}
