package rehearse

import (
	"fmt"
	"strings"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// Step is one up of a stage: an edit of its file.
type Step struct {
	Title string
	Edits []upgrade.Edit
	// From and To are releases; From is "" for the first.
	From, To string
}

// first is the edit that lets a stage come up at a release with nothing under
// way: draining slots are gone, and nothing names a release of its own. What is
// held back so is remembered.
func (s *stage) first(to string) Step {
	out := Step{Title: "first deployment", To: to, Edits: []upgrade.Edit{{Path: "release", New: quoted(to)}}}
	for _, key := range sortedKeys(s.cfg.Clusters) {
		c := s.cfg.Clusters[key]
		if c.Release != "" {
			s.held = append(s.held, key)
			out.Edits = append(out.Edits, upgrade.Edit{Path: "clusters." + key + ".release"})
		}
		for _, group := range sortedKeys(c.NodeGroups) {
			for _, name := range sortedKeys(c.NodeGroups[group].Slots) {
				slot, path := c.NodeGroups[group].Slots[name], "clusters."+key+".nodeGroups."+group+".slots."+name
				switch {
				case slot.State == cluster.Draining:
					out.Edits = append(out.Edits, upgrade.Edit{Path: path})
				case slot.Release != "":
					out.Edits = append(out.Edits, upgrade.Edit{Path: path + ".release"})
				}
			}
		}
	}
	return out
}

// climbSteps are the ups that take a stage from a release to the next: the runs of
// its plan, with the plan's own edits. Clusters that have a release of their own
// in the file stay behind while the others climb, and follow in runs of their own.
func (r *run) climbSteps(s *stage, from, to string) ([]Step, error) {
	text := s.text
	var out []Step
	plan := func(who string, before []upgrade.Edit) error {
		prepared, err := edited(text, before)
		if err != nil {
			return err
		}
		p, err := r.plan(s, prepared, from, to)
		if err != nil {
			return err
		}
		for i, run := range p.Runs {
			if len(run.Edits) == 0 {
				continue
			}
			next := Step{Title: who + run.Title, From: from, To: to, Edits: run.Edits}
			if i == 0 {
				next.Edits = append(before, run.Edits...)
			}
			if text, err = edited(text, next.Edits); err != nil {
				return err
			}
			out = append(out, next)
		}
		return nil
	}
	if err := plan("", s.holdBack(from)); err != nil {
		return nil, err
	}
	if len(s.held) > 0 {
		if err := plan("cluster "+strings.Join(s.held, ", ")+": ", nil); err != nil {
			return nil, err
		}
	}
	if r.Mutate.Walk != nil {
		out = r.Mutate.Walk(out)
	}
	return out, nil
}

// holdBack pins the clusters that the file pins to the release that they run.
func (s *stage) holdBack(at string) []upgrade.Edit {
	var out []upgrade.Edit
	for _, key := range s.held {
		out = append(out, upgrade.Edit{Path: "clusters." + key + ".release", New: quoted(at)})
	}
	return out
}

// plan is the plan of a rung for the stage's file as it is by then, with the
// nodes that run.
func (r *run) plan(s *stage, text []byte, from, to string) (upgrade.Plan, error) {
	cfg, found := config.LoadBytes(s.File, text, s.Name)
	if err := found.Err(); err != nil {
		return upgrade.Plan{}, err
	}
	in := upgrade.Input{Name: s.Name, File: s.File, Stack: cfg, Now: r.box.World().Now(), Live: r.live(s)}
	var err error
	if in.From, err = release.Find(from); err != nil {
		return upgrade.Plan{}, err
	}
	if in.To, err = release.Find(to); err != nil {
		return upgrade.Plan{}, err
	}
	p := upgrade.New(in)
	return p, p.Findings.Err()
}

// Labels of managed nodes. Source: components/cluster, docs/adr/0007.
const (
	groupLabel = "ladder/group"
	slotLabel  = "ladder/slot"
)

// live are the nodes that run, by "<cluster>/<group>/<slot>".
func (r *run) live(s *stage) map[string]int {
	out := map[string]int{}
	r.box.World().View(func(tx *world.Tx) {
		for _, c := range r.clustersOf(tx, s) {
			for _, n := range tx.Find(kindNode, c.endpoint, nil) {
				labels, _ := n.Attrs["labels"].(map[string]any)
				group, _ := labels[groupLabel].(string)
				slot, _ := labels[slotLabel].(string)
				if group != "" && slot != "" {
					out[c.key+"/"+group+"/"+slot]++
				}
			}
		}
	})
	return out
}

// draining are the node groups that drain by the stage's file: their logical
// name, and what the names of their group's slots begin with.
func draining(s *stage) map[string]string {
	out := map[string]string{}
	cfg, _ := config.LoadBytes(s.File, s.text, s.Name) // it ran: it is good
	for key, c := range cfg.Clusters {
		for group, g := range c.NodeGroups {
			for slot, v := range g.Slots {
				if v.State == cluster.Draining {
					prefix := "cluster-" + key + "-ng-" + group + "-"
					out[prefix+slot] = prefix
				}
			}
		}
	}
	return out
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }
