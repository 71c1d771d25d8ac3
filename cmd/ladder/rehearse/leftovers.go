package rehearse

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
)

// leftovers says what an up left behind: pending operations, objects that the
// state does not know, machines without their group, interfaces without their
// machine, nodes on another minor than their slot's.
func (r *run) leftovers(c *Climb, s *stage, state []byte) error {
	var doc struct {
		Deployment struct {
			Resources []struct {
				URN string `json:"urn"`
			} `json:"resources"`
			Pending []json.RawMessage `json:"pending_operations"`
		} `json:"deployment"`
	}
	if err := json.Unmarshal(state, &doc); err != nil {
		return fmt.Errorf("rehearse %s: read its state: %w", s.Name, err)
	}
	if n := len(doc.Deployment.Pending); n > 0 {
		c.problem("%d operations are pending in the state", n)
	}
	known := map[string]bool{}
	for _, res := range doc.Deployment.Resources {
		known[res.URN] = true
	}
	cfg, found := config.LoadBytes(s.File, s.text, s.Name)
	if err := found.Err(); err != nil {
		return err
	}
	r.box.World().View(func(tx *world.Tx) {
		r.orphans(tx, c, s, known)
		for _, cluster := range r.clustersOf(tx, s) {
			r.behind(tx, c, cfg, cluster)
		}
	})
	return nil
}

// orphans belong to nothing any more.
func (r *run) orphans(tx *world.Tx, c *Climb, s *stage, known map[string]bool) {
	prefix := "urn:pulumi:" + s.Name + "::"
	ours := func(o *world.Object) bool { return strings.HasPrefix(o.URN, prefix) }
	for _, o := range tx.Find("", "", ours) {
		// What a service made for a resource may outlive it: EKS's access entry of
		// the node role is there for every group. What the program retains stays: it
		// holds data.
		if o.Owner == world.OwnerPulumi && !known[o.URN] && !o.Retain {
			c.problem("left over: %s %s, which the state does not know", o.Kind, o.ID)
		}
	}
	for _, i := range tx.Find(kindInstance, "", ours) {
		group, _ := i.Attrs["nodeGroup"].(string)
		if _, ok := tx.Get(world.Key{Kind: kindGroup, Scope: i.Scope, ID: group}); group != "" && !ok {
			c.problem("left over: instance %s of the group %s, which is gone", i.ID, group)
		}
	}
	for _, e := range tx.Find(kindInterface, "", ours) {
		instance, _ := e.Attrs["instanceId"].(string)
		_, node := tx.Get(world.Key{Kind: kindInstance, Scope: e.Scope, ID: instance})
		_, own := tx.Get(world.Key{Kind: "aws:ec2/instance:Instance", Scope: e.Scope, ID: instance})
		cni, _ := e.Attrs["cni"].(bool)
		switch {
		case instance != "" && !node && !own:
			c.problem("left over: interface %s of the instance %s, which is gone", e.ID, instance)
		case instance == "" && cni:
			c.problem("left over: interface %s of a node that went while no vpc-cni ran to take it away", e.ID)
		}
	}
}

// behind are nodes of a cluster that are not on their slot's minor.
func (r *run) behind(tx *world.Tx, c *Climb, cfg config.Stack, cluster live) {
	section := cfg.Clusters[cluster.key]
	of := map[string]string{}
	for _, s := range section.Slots(cfg.Networks[section.Network].Zones, cfg.ClusterRelease(cluster.key)) {
		of[s.Group+"/"+s.Slot] = s.Release
	}
	for _, n := range tx.Find(kindNode, cluster.endpoint, nil) {
		labels, _ := n.Attrs["labels"].(map[string]any)
		want, managed := of[fmt.Sprint(labels[groupLabel])+"/"+fmt.Sprint(labels[slotLabel])]
		if !managed {
			want = cfg.ClusterRelease(cluster.key)
		}
		rel, err := release.Find(want)
		if kubelet, ok := kubeletOf(n); err == nil && ok && kubelet != rel.Minor() {
			c.problem("node %s is on 1.%d, its release %s on 1.%d", n.ID, kubelet, want, rel.Minor())
		}
	}
}

// fits says which charts of a cluster do not bear the minor that its control
// plane has: add-ons and charts move last, so those of the release before run on
// it for a while.
func (r *run) fits(tx *world.Tx, cluster live) {
	minor, _ := cluster.object.Attrs["version"].(string)
	for _, o := range tx.Find(kindRelease, cluster.endpoint, nil) {
		name, _ := o.Attrs["chart"].(string)
		version, _ := o.Attrs["version"].(string)
		for _, ours := range []string{r.climb.From, r.climb.To} {
			rel, err := r.release(ours)
			if err != nil {
				continue // the first deployment comes from nowhere
			}
			for _, chart := range rel.Charts {
				why := chart.RunsOn(minor)
				if why == "" || chart.Name != name || chart.Version != version {
					continue
				}
				if line := fmt.Sprintf("order: %s of release %s ran on Kubernetes %s: %s", name, ours, minor, why); !slices.Contains(r.climb.Problems, line) {
					r.climb.problem("%s", line)
				}
			}
		}
	}
}

// release of the catalogue.
func (r *run) release(name string) (release.Release, error) {
	rel, err := release.Find(name)
	if err == nil && r.Mutate.Release != nil {
		rel = r.Mutate.Release(rel)
	}
	return rel, err
}
