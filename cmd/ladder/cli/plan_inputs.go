package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/ladder-platform/ladder/cmd/ladder/live"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

func liveSizes(args []string) (map[string]int, error) {
	out := map[string]int{}
	for _, a := range args {
		slot, nodes, _ := strings.Cut(a, "=")
		n, err := strconv.Atoi(nodes)
		if err != nil || n < 0 || strings.Count(slot, "/") != 2 {
			return nil, usagef("--live %q: use CLUSTER/GROUP/SLOT=NODES, for example main/general/blue=5", a)
		}
		out[slot] = n
	}
	return out, nil
}

// readInputs reads what the flags name into the plan's input.
func (g *Global) readInputs(ctx context.Context, o planOptions, s stack, in *upgrade.Input) (err error) {
	if in.Live, err = liveSizes(o.live); err != nil {
		return err
	}
	in.Workloads = map[string]upgrade.Workloads{}
	if o.metrics != "" {
		if in.Requested, err = readMetrics(o.metrics); err != nil {
			return err
		}
	}
	for _, arg := range o.workloads {
		key, path, err := ofCluster("--workloads", arg, s.cfg)
		if err != nil {
			return err
		}
		if in.Workloads[key], err = readWorkloads(path); err != nil {
			return err
		}
	}
	for _, arg := range o.kubeconfigs {
		key, path, err := ofCluster("--kubeconfig", arg, s.cfg)
		if err != nil {
			return err
		}
		if err := ask(ctx, key, path, in); err != nil {
			return err
		}
	}
	if o.sandbox {
		return g.readBox(o.boxOptions, s, in)
	}
	return nil
}

// ofCluster is the cluster that an argument CLUSTER=FILE, or FILE for the only
// one, is about.
func ofCluster(flag, arg string, cfg config.Stack) (key, path string, err error) {
	keys := sortedKeys(cfg.Clusters)
	if key, path, said := strings.Cut(arg, "="); said && slices.Contains(keys, key) {
		return key, path, nil
	}
	if len(keys) == 1 && !strings.Contains(arg, "=") {
		return keys[0], arg, nil
	}
	return "", "", usagef("%s %q: say of which cluster it is, %s=FILE (there are %s)", flag, arg, keys[0], strings.Join(keys, ", "))
}

func readWorkloads(path string) (upgrade.Workloads, error) {
	f, err := os.Open(path)
	if err != nil {
		return upgrade.Workloads{}, usagef("--workloads: %w", err)
	}
	defer f.Close()
	out, err := upgrade.ReadWorkloads(f)
	if err != nil {
		return out, usagef("--workloads %s: %w", path, err)
	}
	return out, nil
}

// ask reads everything from a live cluster; what the command line says counts before it.
func ask(ctx context.Context, key, kubeconfig string, in *upgrade.Input) error {
	c, err := live.Open(kubeconfig, "")
	if err != nil {
		return usageError{err}
	}
	requested, err := c.Requested(ctx)
	if err != nil {
		return fmt.Errorf("clusters.%s: deprecated APIs in use: %w", key, err)
	}
	in.Requested = append(in.Requested, requested...)
	if in.Workloads[key], err = c.Workloads(ctx); err != nil {
		return fmt.Errorf("clusters.%s: workloads and budgets: %w", key, err)
	}
	slots, err := c.Slots(ctx)
	if err != nil {
		return fmt.Errorf("clusters.%s: nodes: %w", key, err)
	}
	for slot, n := range slots {
		if _, said := in.Live[key+"/"+slot]; !said {
			in.Live[key+"/"+slot] = n
		}
	}
	return nil
}

func readMetrics(path string) ([]upgrade.Request, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("--metrics: %w", err)
	}
	defer f.Close()
	out, err := upgrade.ReadMetrics(f)
	if err != nil {
		return nil, usagef("--metrics %s: %w", path, err)
	}
	return out, nil
}

// readBox counts the nodes of each slot in the sandbox, and reads what runs on
// them; what the command line says counts before it.
func (g *Global) readBox(o boxOptions, s stack, in *upgrade.Input) error {
	return g.withWorld(o, func(w *world.World, _ string) (err error) {
		w.View(func(tx *world.Tx) {
			for _, key := range sortedKeys(s.cfg.Clusters) {
				name := config.ClusterName(s.file.Name, key)
				for _, group := range tx.Find("aws:eks/nodeGroup:NodeGroup", "", func(n *world.Object) bool { return n.Attrs["clusterName"] == name }) {
					labels, _ := group.Attrs["labels"].(map[string]any)
					slot := fmt.Sprintf("%s/%v/%v", key, labels["ladder/group"], labels["ladder/slot"])
					if _, said := in.Live[slot]; !said {
						in.Live[slot] = len(tx.Find("hidden:ec2/Instance", group.Scope, func(n *world.Object) bool { return n.Attrs["nodeGroup"] == group.ID }))
					}
				}
			}
			err = workloadsIn(tx, s, in)
		})
		return err
	})
}

// workloadsIn reads what runs in each cluster of a simulated cloud, unless it is known.
func workloadsIn(tx *world.Tx, s stack, in *upgrade.Input) error {
	for _, key := range sortedKeys(s.cfg.Clusters) {
		name := config.ClusterName(s.file.Name, key)
		if _, known := in.Workloads[key]; known {
			continue
		}
		for _, c := range tx.Find("aws:eks/cluster:Cluster", "", func(c *world.Object) bool { return c.ID == name }) {
			endpoint, _ := c.Attrs["endpoint"].(string)
			var all upgrade.Workloads
			for _, kind := range []string{"kube:apps/v1/Deployment", "kube:apps/v1/StatefulSet", "kube:policy/v1/PodDisruptionBudget"} {
				for _, o := range tx.Find(kind, endpoint, nil) {
					text, err := json.Marshal(o.Attrs)
					if err == nil {
						err = all.Add(text)
					}
					if err != nil {
						return fmt.Errorf("clusters.%s: %s: %w", key, o.ID, err)
					}
				}
			}
			in.Workloads[key] = all
		}
	}
	return nil
}
