package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// statusReport is what the simulated cloud holds.
type statusReport struct {
	Sandbox string       `json:"sandbox"`
	Now     time.Time    `json:"now"` // virtual
	Objects int          `json:"objects"`
	Kinds   []statusKind `json:"kinds"`
}

type statusKind struct {
	Scope string `json:"scope"`
	Kind  string `json:"kind"`
	// Owners counts the objects by who made them: pulumi, seed, service:eks …
	Owners map[string]int `json:"owners"`
	// States counts the objects that report one: ACTIVE, CREATE_FAILED …
	States map[string]int `json:"states,omitempty"`
	Count  int            `json:"count"`
}

func newSandboxStatusCommand(g *Global) *cobra.Command {
	var o boxOptions
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Print what the simulated cloud holds",
		Long:  "Status prints the simulated cloud's clock and its objects by account, region and kind.\n",
		Args:  exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withWorld(o, func(w *world.World, dir string) error { return runStatus(w, dir, g) })
		},
	}
	o.addFlags(cmd)
	return cmd
}

func runStatus(w *world.World, dir string, g *Global) error {
	var objects []*world.Object
	w.View(func(tx *world.Tx) { objects = tx.Find("", "", nil) })
	s := statusReport{Sandbox: dir, Now: w.Now(), Objects: len(objects), Kinds: statusKinds(objects)}
	if g.JSON {
		return g.print(s)
	}
	fmt.Fprintf(g.Stdout, "sandbox %s: %d objects, virtual time %s\n", s.Sandbox, s.Objects, s.Now.UTC().Format("2006-01-02 15:04:05"))
	t := tabwriter.NewWriter(g.Stdout, 0, 0, 2, ' ', 0)
	scope := ""
	for _, k := range s.Kinds {
		if k.Scope != scope {
			scope = k.Scope
			fmt.Fprintf(t, "%s\n", scope)
		}
		fmt.Fprintf(t, "  %d\t%s\t%s\t%s\n", k.Count, report.Kind(k.Kind), tally(k.Owners), tally(k.States))
	}
	return t.Flush()
}

func statusKinds(objects []*world.Object) []statusKind {
	type key struct{ scope, kind string }
	at := map[key]*statusKind{}
	for _, o := range objects {
		k := key{o.Scope, o.Kind}
		if at[k] == nil {
			at[k] = &statusKind{Scope: o.Scope, Kind: o.Kind, Owners: map[string]int{}, States: map[string]int{}}
		}
		at[k].Count++
		at[k].Owners[o.Owner]++
		if o.State != "" {
			at[k].States[o.State]++
		}
	}
	out := make([]statusKind, 0, len(at))
	for _, k := range at {
		out = append(out, *k)
	}
	slices.SortFunc(out, func(a, b statusKind) int {
		return cmp.Or(strings.Compare(a.Scope, b.Scope), strings.Compare(a.Kind, b.Kind))
	})
	return out
}

// tally is "3 pulumi, 1 seed".
func tally(n map[string]int) string {
	keys := make([]string, 0, len(n))
	for k := range n {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = fmt.Sprintf("%d %s", n[k], k)
	}
	return strings.Join(parts, ", ")
}
