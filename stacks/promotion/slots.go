package promotion

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// CheckSlots compares what a stack runs with what its file asks for, and
// refuses every change that would take nodes away with pods on them: a change
// of a live slot that only a replacement can make, and the removal of a slot
// whose drain Job has not ended, or of a cluster that was not retiring. Each refusal spells out the configuration that
// gets there without losing a pod.
func CheckSlots(prev, next Record) finding.List {
	var out finding.List
	gone := map[string]bool{}
	for _, cluster := range prev.clusters() {
		if !slices.Contains(next.clusters(), cluster) {
			gone[cluster] = true
			if !slices.Contains(prev.Retiring, cluster) {
				out.Add("clusters."+cluster, fmt.Sprintf("put the entry back; move what runs on it to another cluster, set clusters.%s.state to retiring and run up; its deletion is no longer refused then, and the entry may go", cluster),
					"the stack runs this cluster and the file no longer has it")
			}
		}
	}
	for _, key := range sortedKeys(prev.Slots) {
		was := prev.Slots[key]
		cluster, group, slot := splitKey(key)
		if gone[cluster] {
			continue
		}
		now, still := next.Slots[key]
		path := "clusters." + cluster + ".nodeGroups." + group
		switch {
		case !still && was.State != "draining":
			out.Add(path+".slots."+slot, fmt.Sprintf("first set slots.%s.state to draining and run up; its pods move then, and the entry may go after that", slot),
				"the stack runs this slot with live nodes and the file no longer has it")
		case !still && !was.Drained:
			out.Add(path+".slots."+slot, fmt.Sprintf("put the entry back with slots.%s.state: draining and run up until its drain Job has ended; the entry may go after that", slot),
				"the slot drains, the stack's record does not say that it is empty, and the file no longer has it")
		case still && was.State != "draining":
			if changed := replacing(was, now); len(changed) > 0 {
				out.Add(path, advice(group, slot, was, now),
					"slot %q has live nodes, and EKS replaces a node group whose %s changes", slot, strings.Join(changed, " and "))
			}
		}
	}
	return out
}

// replacing names the properties of two slots that EKS cannot change in place
// and that differ (facts/providers.md D5.11), with old and new value.
func replacing(was, now SlotRecord) []string {
	var out []string
	if !slices.Equal(was.InstanceTypes, now.InstanceTypes) {
		out = append(out, fmt.Sprintf("instanceTypes %s to %s", list(was.InstanceTypes), list(now.InstanceTypes)))
	}
	if was.AMIFamily != now.AMIFamily {
		out = append(out, fmt.Sprintf("amiFamily %q to %q", was.AMIFamily, now.AMIFamily))
	}
	if was.Capacity != now.Capacity {
		out = append(out, fmt.Sprintf("capacity %q to %q", was.Capacity, now.Capacity))
	}
	if !sameSet(was.Zones, now.Zones) {
		out = append(out, fmt.Sprintf("zones %s to %s", list(was.Zones), list(now.Zones)))
	}
	return out
}

// advice is the group's new configuration: the old slot as it is, and a new
// slot beside it that has the new values.
func advice(group, slot string, was, now SlotRecord) string {
	fresh := "next"
	if slot == fresh {
		fresh = "main"
	}
	return fmt.Sprintf("add a slot in place of changing this one: %s: { upgrade: blueGreen, slots: { %s: { %s }, %s: { %s, desired: %d } } }; run up, set slots.%s.state to draining, run up, then remove slots.%s",
		group, slot, shape(was), fresh, shape(now), max(was.Desired, was.Min), slot, slot)
}

func shape(s SlotRecord) string {
	return fmt.Sprintf("instanceTypes: %s, amiFamily: %s, capacity: %s, zones: %s", list(s.InstanceTypes), s.AMIFamily, s.Capacity, list(s.Zones))
}

func list(s []string) string { return "[" + strings.Join(s, ", ") + "]" }

func sameSet(a, b []string) bool {
	x, y := slices.Clone(a), slices.Clone(b)
	sort.Strings(x)
	sort.Strings(y)
	return slices.Equal(x, y)
}

func splitKey(key string) (cluster, group, slot string) {
	parts := strings.SplitN(key, "/", 3)
	for len(parts) < 3 {
		parts = append(parts, "")
	}
	return parts[0], parts[1], parts[2]
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
