package comment

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ladder-platform/ladder/components/network/plan"
)

// rooms compare the tightest subnets of each role.
func rooms(before, after *Side) []Room {
	was := tightest(before)
	is := tightest(after)
	keys := map[[2]string]bool{}
	for k := range was {
		keys[k] = true
	}
	for k := range is {
		keys[k] = true
	}
	var out []Room
	for _, k := range slices.SortedFunc(maps.Keys(keys), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }) {
		r := Room{Network: k[0], Role: k[1]}
		r.Block.Before, r.Usable.Before, r.Free.Before = told(was, k)
		r.Block.After, r.Usable.After, r.Free.After = told(is, k)
		out = append(out, r)
	}
	return out
}

func told(rows map[[2]string]plan.Row, key [2]string) (block, usable, free string) {
	r, ok := rows[key]
	switch {
	case !ok:
		return "", "", ""
	case !r.Known():
		return r.ID, "unknown", "unknown"
	}
	block = r.ID
	if r.CIDR.IsValid() {
		block = r.CIDR.String()
	}
	return block, strconv.Itoa(r.Usable), strconv.Itoa(r.Free)
}

// tightest are the rows of the headroom proof with the least left, by network and role.
func tightest(side *Side) map[[2]string]plan.Row {
	out := map[[2]string]plan.Row{}
	if side == nil {
		return out
	}
	for key, n := range side.Config.Networks {
		proof, _ := n.Headroom("networks."+key, side.Config.Demand(key), false) // its findings come with the others
		for _, row := range proof.Rows {
			at := [2]string{key, row.Role}
			if have, ok := out[at]; !ok || row.Free < have.Free {
				out[at] = row
			}
		}
	}
	return out
}

// nodes compare the slots of node groups; only those that differ are listed.
func nodes(before, after *Side) []Nodes {
	was, is := shapes(before), shapes(after)
	var out []Nodes
	for _, key := range both(was, is) {
		if was[key] != is[key] {
			cluster, slot, _ := strings.Cut(key, "/")
			out = append(out, Nodes{Cluster: cluster, Slot: slot, Shape: Two{was[key], is[key]}})
		}
	}
	return out
}

func shapes(side *Side) map[string]string {
	out := map[string]string{}
	if side == nil {
		return out
	}
	for key, c := range side.Config.Clusters {
		for _, s := range c.Slots(nil, side.Config.ClusterRelease(key)) {
			text := fmt.Sprintf("%d–%d × %s, %s", s.Min, s.Max, strings.Join(s.InstanceTypes, "/"), s.Capacity)
			if s.State != "" && s.State != "live" {
				text += ", " + s.State
			}
			out[key+"/"+s.Name()] = text
		}
	}
	return out
}

// both are the sorted keys of two maps.
func both[V any](a, b map[string]V) []string {
	keys := map[string]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	return slices.Sorted(maps.Keys(keys))
}

// costs compare two estimates line by line.
func costs(before, after *Side) *Cost {
	if after.Cost == nil {
		return nil
	}
	out := &Cost{After: after.Cost.USDMonth, Sources: after.Cost.Sources, AsOf: after.Cost.AsOf, Oldest: after.Cost.Oldest}
	for _, u := range after.Cost.Unknown {
		if before != nil && before.Cost != nil && slices.Contains(before.Cost.Unknown, u) {
			out.Known++
			continue
		}
		out.Unknown = append(out.Unknown, u)
	}
	was, is := lines(before), lines(after)
	if before != nil && before.Cost != nil {
		out.Before = &before.Cost.USDMonth
	}
	for _, key := range both(was, is) {
		a, hadA := was[key]
		b, hasB := is[key]
		if hadA == hasB && a == b {
			continue
		}
		component, what, _ := strings.Cut(key, "\x00")
		line := CostLine{Component: component, What: what}
		if hadA {
			line.Before = &a
		}
		if hasB {
			line.After = &b
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

func lines(side *Side) map[string]float64 {
	out := map[string]float64{}
	if side == nil || side.Cost == nil {
		return out
	}
	for _, l := range side.Cost.Lines {
		out[l.Component+"\x00"+l.What] += l.USDMonth
	}
	return out
}

// outputs compare what other stacks and teams read. The record changes with
// every up and says so itself; it is left out.
func outputs(before, after *Side) *Outputs {
	was, is := map[string]string{}, map[string]string{}
	if before != nil {
		flatten("", before.Outputs, was)
	}
	flatten("", after.Outputs, is)
	later(was, is)
	out := &Outputs{Version: Two{was["contract.version"], is["contract.version"]}, Lines: []OutputLine{}}
	if out.Version.After == "" {
		out.Version.After = out.Version.Before // a preview that knows no value knows no version
	}
	for _, path := range both(was, is) {
		if was[path] != is[path] && path != "record" {
			out.Lines = append(out.Lines, OutputLine{Path: path, Two: Two{was[path], is[path]}})
		}
	}
	return out
}

// later takes out of was what lies below a value that is known only after the up.
func later(was, is map[string]string) {
	for at, v := range is {
		if v != unknownText {
			continue
		}
		for path := range was {
			if strings.HasPrefix(path, at+".") || strings.HasPrefix(path, at+"[") {
				delete(was, path)
			}
		}
	}
}

// flatten writes the leaves of a value by path.
func flatten(path string, v any, into map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			at := k
			if path != "" {
				at = path + "." + k
			}
			flatten(at, inner, into)
		}
		return
	case []any:
		for i, inner := range v {
			flatten(fmt.Sprintf("%s[%d]", path, i), inner, into)
		}
		return
	}
	into[path] = text(hidden("", path, v))
}
