package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// driftRow is one object that can be changed behind Pulumi's back.
type driftRow struct {
	ID    string   `json:"id"`
	Kind  string   `json:"kind"`
	Scope string   `json:"scope"`
	Name  string   `json:"name,omitempty"`
	Attrs []string `json:"attributes"`
}

func newDriftListCommand(g *Global) *cobra.Command {
	var o boxOptions
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the objects that Pulumi made, with their attributes",
		Long:  "List prints every object that Pulumi made: what drift set and drift delete take.\n",
		Args:  exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withWorld(o, func(w *world.World, dir string) error { return runDriftList(w, g) })
		},
	}
	o.addFlags(cmd)
	return cmd
}

func runDriftList(w *world.World, g *Global) error {
	rows := []driftRow{}
	w.View(func(tx *world.Tx) {
		for _, o := range tx.Find("", "", byPulumi) {
			attrs := make([]string, 0, len(o.Attrs))
			for k := range o.Attrs {
				attrs = append(attrs, k)
			}
			slices.Sort(attrs)
			rows = append(rows, driftRow{o.ID, o.Kind, o.Scope, o.Name, attrs})
		}
	})
	if g.JSON {
		return g.print(rows)
	}
	t := tabwriter.NewWriter(g.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "ID\tKIND\tNAME\n")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\n", r.ID, r.Kind, r.Name)
	}
	return t.Flush()
}

func byPulumi(o *world.Object) bool { return o.Owner == "pulumi" }

type driftOptions struct {
	boxOptions
	kind string
	id   string
}

func (o *driftOptions) addFlags(cmd *cobra.Command) {
	o.boxOptions.addFlags(cmd)
	cmd.Flags().StringVar(&o.kind, "kind", "", "kind of the object, where several have this ID")
}

func newDriftSetCommand(g *Global) *cobra.Command {
	var o driftOptions
	cmd := &cobra.Command{
		Use:   "set ID ATTRIBUTE=VALUE…",
		Short: "Change attributes of an object",
		Long:  "Set changes attributes of an object, as somebody with the console would. VALUE is\nJSON, or else taken as a string. refresh then finds it.\n",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usagef("%s needs an ID and at least one ATTRIBUTE=VALUE: %s", cmd.CommandPath(), cmd.UseLine())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.id = args[0]
			changes, err := parseChanges(args[1:])
			if err != nil {
				return err
			}
			return g.withWorld(o.boxOptions, func(w *world.World, dir string) error { return runDriftSet(w, o, changes, g) })
		},
	}
	o.addFlags(cmd)
	return cmd
}

// parseChanges reads ATTRIBUTE=VALUE; a VALUE that is JSON is that, anything else a string.
func parseChanges(args []string) (map[string]any, error) {
	out := map[string]any{}
	for _, a := range args {
		name, text, ok := strings.Cut(a, "=")
		if !ok || name == "" {
			return nil, usagef("%q is not ATTRIBUTE=VALUE", a)
		}
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			value = text
		}
		out[name] = value
	}
	return out, nil
}

func runDriftSet(w *world.World, o driftOptions, changes map[string]any, g *Global) error {
	var done driftRow
	err := w.Tx(func(tx *world.Tx) error {
		object, err := findObject(tx, o)
		if err != nil {
			return err
		}
		for name, value := range changes {
			if _, known := object.Attrs[name]; !known {
				return usagef("%s %s has no attribute %q; ladder sandbox drift list --json shows them", object.Kind, object.ID, name)
			}
			object.Attrs[name] = value
			done.Attrs = append(done.Attrs, name)
		}
		slices.Sort(done.Attrs)
		done.ID, done.Kind, done.Scope, done.Name = object.ID, object.Kind, object.Scope, object.Name
		tx.Put(object)
		return nil
	})
	if err != nil {
		return err
	}
	return g.drifted("changed "+strings.Join(done.Attrs, ", ")+" of", done)
}

func newDriftDeleteCommand(g *Global) *cobra.Command {
	var o driftOptions
	cmd := &cobra.Command{
		Use:   "delete ID",
		Short: "Delete an object",
		Long:  "Delete removes one object from the simulated cloud, as somebody with the console\nwould, and nothing that hangs on it. refresh then finds it gone.\n",
		Args:  exactly(1, "one object ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.id = args[0]
			return g.withWorld(o.boxOptions, func(w *world.World, dir string) error { return runDriftDelete(w, o, g) })
		},
	}
	o.addFlags(cmd)
	return cmd
}

func runDriftDelete(w *world.World, o driftOptions, g *Global) error {
	var done driftRow
	err := w.Tx(func(tx *world.Tx) error {
		object, err := findObject(tx, o)
		if err != nil {
			return err
		}
		done = driftRow{ID: object.ID, Kind: object.Kind, Scope: object.Scope, Name: object.Name, Attrs: []string{}}
		tx.Delete(world.Key{Kind: object.Kind, Scope: object.Scope, ID: object.ID})
		return nil
	})
	if err != nil {
		return err
	}
	return g.drifted("deleted", done)
}

func newDriftAlarmCommand(g *Global) *cobra.Command {
	var o boxOptions
	cmd := &cobra.Command{
		Use:   "alarm NAME ALARM|OK|INSUFFICIENT_DATA",
		Short: "Let an alarm go off, or be over",
		Long: `Alarm sets the state of a metric alarm, as aws cloudwatch set-alarm-state does.
The alarm <STACK>-health follows, and ladder observe sees it, also when it is over
by then. ladder sandbox drift list names the alarms.
`,
		Args: exactly(2, "an alarm and its state"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.withWorld(o, func(w *world.World, _ string) error {
				if err := w.Tx(func(tx *world.Tx) error { return aws.SetAlarm(tx, args[0], args[1]) }); err != nil {
					return usageError{err}
				}
				if g.JSON {
					return g.print(map[string]string{"alarm": args[0], "state": args[1]})
				}
				_, err := fmt.Fprintf(g.Stdout, "%s is in %s\n", args[0], args[1])
				return err
			})
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (g *Global) drifted(what string, row driftRow) error {
	if g.JSON {
		return g.print(row)
	}
	_, err := fmt.Fprintf(g.Stdout, "%s %s %s in %s; ladder refresh STACK --sandbox takes it into the state, and preview shows it\n", what, row.Kind, row.ID, row.Scope)
	return err
}

// findObject is the one object with this ID, of the kind asked for.
func findObject(tx *world.Tx, o driftOptions) (*world.Object, error) {
	found := tx.Find(o.kind, "", func(x *world.Object) bool { return x.ID == o.id || x.Name == o.id })
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, usagef("the sandbox has no object %q; ladder sandbox drift list shows what there is", o.id)
	}
	kinds := make([]string, len(found))
	for i, f := range found {
		kinds[i] = f.Kind
	}
	return nil, usagef("%d objects are called %q, of the kinds %s; choose one with --kind", len(found), o.id, strings.Join(kinds, ", "))
}
