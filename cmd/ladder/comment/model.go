package comment

import (
	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/promotion"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// Where the preview was made.
const (
	Sandbox = "sandbox"
	Account = "account"
)

// Comment is everything that a pull request is told. It is also the JSON
// document of ladder report --json, so its field names are an interface.
type Comment struct {
	// Where is sandbox or account.
	Where string `json:"where"`
	// Base is the git reference that the stacks are compared with; "" means
	// what the cloud holds.
	Base   string  `json:"base,omitempty"`
	Stacks []Stack `json:"stacks"`
}

// Stack is one environment in the comment.
type Stack struct {
	Name  string `json:"name"`
	Stage string `json:"stage,omitempty"`
	File  string `json:"file"`
	// New says that there is nothing to compare with: everything is made.
	New bool `json:"new,omitempty"`
	// Note says why there is nothing to compare with, if that is not plain.
	Note string `json:"note,omitempty"`
	// Refused is why the change cannot be made; findings come first there.
	Refused string `json:"refused,omitempty"`
	// Tried says that the up was run in the simulated cloud and went well.
	Tried bool `json:"tried,omitempty"`
	// Findings are errors, which refuse, and warnings, which do not.
	Findings finding.List `json:"findings,omitempty"`
	// Messages are what the program said beside them.
	Messages []string `json:"messages,omitempty"`
	// Changes are sorted: what stops most comes first.
	Changes   []Change `json:"changes"`
	Unchanged int      `json:"unchanged"`
	// Worst of all changes.
	Worst Class `json:"worst"`
	// Digest of the operations: see Digest.
	Digest   string    `json:"digest,omitempty"`
	Time     string    `json:"time,omitempty"` // virtual, of the whole up
	Release  Two       `json:"release"`
	Climb    *Climb    `json:"climb,omitempty"`
	Override *Override `json:"override,omitempty"`
	Rooms    []Room    `json:"rooms,omitempty"`
	Nodes    []Nodes   `json:"nodes,omitempty"`
	Cost     *Cost     `json:"cost,omitempty"`
	Outputs  *Outputs  `json:"outputs,omitempty"`
}

// Two is a value before and after; "" before means that there was none.
type Two struct {
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Change is one operation with what it does to what runs.
type Change struct {
	URN       string `json:"urn"`
	Component string `json:"component"`
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Op        string `json:"op"`
	Class     Class  `json:"class"`
	// Effect is what people notice.
	Effect string `json:"effect"`
	// Reasons are the properties that force a replacement. None: Because says why.
	Reasons []report.Difference `json:"reasons,omitempty"`
	Because string              `json:"because,omitempty"`
	// Differences are all properties that change.
	Differences []report.Difference `json:"differences,omitempty"`
	Protected   bool                `json:"protected,omitempty"`
}

// Climb is the way from one release to the next.
type Climb struct {
	// Plans, one for each rung; empty when there is no way up.
	Plans []upgrade.Plan `json:"plans"`
	// Gate is nil for a first stage.
	Gate *promotion.Forecast `json:"gate,omitempty"`
}

// Override opens the gate by hand.
type Override struct {
	Release    string `json:"release"`
	Reason     string `json:"reason"`
	ApprovedBy string `json:"approvedBy"`
	Until      string `json:"until"`
}

// Room is the tightest subnet of one role in a network at the worst instant of an upgrade.
type Room struct {
	Network string `json:"network"`
	Role    string `json:"role"`
	// Block, Usable and Free of the tightest subnet, before and after.
	Block  Two `json:"block"`
	Usable Two `json:"usable"`
	Free   Two `json:"free"`
}

// Nodes is one slot of a node group.
type Nodes struct {
	Cluster string `json:"cluster"`
	Slot    string `json:"slot"`
	Shape   Two    `json:"shape"`
}

// Cost is the monthly estimate before and after.
type Cost struct {
	// Before is nil where there is nothing to compare with.
	Before *float64 `json:"before,omitempty"`
	After  float64  `json:"after"`
	// Lines that differ, and what has no price: what is new of it, and how much was there before.
	Lines   []CostLine `json:"lines,omitempty"`
	Unknown []string   `json:"unknown,omitempty"`
	Known   int        `json:"unknownAsBefore,omitempty"`
	// Sources of the prices, AsOf when they were collected, Oldest the oldest one.
	Sources []string `json:"sources"`
	AsOf    string   `json:"asOf"`
	Oldest  string   `json:"oldest,omitempty"`
}

// CostLine is one line that comes, goes or changes.
type CostLine struct {
	Component string   `json:"component"`
	What      string   `json:"what"`
	Before    *float64 `json:"before,omitempty"`
	After     *float64 `json:"after,omitempty"`
}

// Outputs that change.
type Outputs struct {
	// Version of the contract that other teams read.
	Version Two          `json:"version"`
	Lines   []OutputLine `json:"lines"`
	// Unknown says why nobody can tell.
	Unknown string `json:"unknown,omitempty"`
}

// OutputLine is one value.
type OutputLine struct {
	Path string `json:"path"`
	Two
}
