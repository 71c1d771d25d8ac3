package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/ladder-platform/ladder/components/network/plan"
	network "github.com/ladder-platform/ladder/components/network/spec"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
)

// readStack reads one stack file with every finding in it, those of the
// calendar included: end of support, and an override that has run out.
func readStack(file stackFile, now time.Time) (config.Stack, finding.List) {
	cfg, list := config.Load(file.Path, file.Name)
	if len(list.Errors()) == 0 {
		list = append(list, cfg.Support(now)...)
		list = append(list, cfg.Overrides(now)...)
	}
	for i := range list {
		if list[i].File == "" {
			list[i].File = file.Shown
		}
	}
	return cfg, list
}

// kubernetesOf is the minor of a release, "" when there is no such release.
func kubernetesOf(name string) string {
	r, err := release.Find(name)
	if err != nil {
		return ""
	}
	return r.Kubernetes.Version
}

func runConfigSchema(g *Global) error {
	text, err := config.Schema()
	if err != nil {
		return fmt.Errorf("config schema: %w", err)
	}
	_, err = g.Stdout.Write(text)
	return err
}

// networkPlan is the address plan of one network.
type networkPlan struct {
	Network string `json:"network"`
	// Layout is left out for an existing VPC, whose subnets somebody else cut.
	Layout *plan.Layout `json:"layout,omitempty"`
	Proof  plan.Proof   `json:"proof"`
}

func runPlanAddresses(arg, file string, g *Global) error {
	s, err := g.openStack(arg, file)
	if err != nil {
		return err
	}
	plans := []networkPlan{}
	for _, key := range sortedKeys(s.cfg.Networks) {
		plans = append(plans, planOf(s.cfg.Networks[key], key, s.cfg.Demand(key)))
	}
	if g.JSON {
		return g.print(plans)
	}
	for i, p := range plans {
		if i > 0 {
			fmt.Fprintln(g.Stdout)
		}
		if err := writePlan(g.Stdout, p); err != nil {
			return fmt.Errorf("print the plan: %w", err)
		}
	}
	return nil
}

func planOf(c network.Config, key string, clusters []plan.Cluster) networkPlan {
	p := networkPlan{Network: key}
	p.Proof, _ = c.Headroom("networks."+key, clusters, false) // its findings were printed with all others
	if c.Existing == nil {
		if l, ok := c.Layout(); ok {
			p.Layout = &l
		}
	}
	return p
}

func writePlan(w io.Writer, p networkPlan) error {
	if _, err := fmt.Fprintf(w, "network %s\n\n", p.Network); err != nil {
		return err
	}
	if p.Layout != nil {
		if err := p.Layout.Table(w); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(w, "Headroom at the worst instant of an upgrade:\n\n"); err != nil {
		return err
	}
	return p.Proof.Table(w)
}
