package trials

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// times are written by many services; the virtual clock of a disturbed run is
// another than that of an undisturbed one.
var times = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`)

// counters are attributes that count how often an object was written.
var counters = map[string]bool{"resourceVersion": true, "generation": true, "observedGeneration": true, "revision": true, "uid": true}

// bindings say which pod is on which of several nodes that are alike: two good
// runs may differ in that.
const bindings = "hidden:kube/Bindings"

// minID is the shortest id that is replaced in other objects' attributes; a
// shorter one might be a word.
const minID = 8

// Compare lists the differences between two worlds, as lines that begin with
// "-" (only in want) or "+" (only in got); nil when there are none.
func Compare(want, got *world.World, normalize func(*world.Object) bool) []string {
	count := map[string]int{}
	for _, line := range lines(want, normalize) {
		count[line]--
	}
	for _, line := range lines(got, normalize) {
		count[line]++
	}
	var diff []string
	for line, n := range count {
		for ; n < 0; n++ {
			diff = append(diff, "- "+line)
		}
		for ; n > 0; n-- {
			diff = append(diff, "+ "+line)
		}
	}
	sort.Slice(diff, func(i, j int) bool { return diff[i][2:] < diff[j][2:] })
	return diff
}

// lines are the objects of a world, one a line, with ids replaced by what the
// object is.
func lines(w *world.World, normalize func(*world.Object) bool) []string {
	var objects []*world.Object
	w.View(func(tx *world.Tx) { objects = tx.Find("", "", nil) })
	var pairs []string
	names := map[string]string{}
	add := func(text, name string) {
		if _, known := names[text]; !known {
			names[text] = name
			pairs = append(pairs, text)
		}
	}
	// What an object was named for is its own: the parts of a bucket have the
	// bucket's name as their id. A random part may be without a digit, so names
	// go before ids.
	for _, own := range []bool{true, false} {
		for _, o := range objects {
			name := "<" + o.Kind + ">"
			logical := o.URN[strings.LastIndex(o.URN, ":")+1:]
			if o.Owner == world.OwnerPulumi {
				name = "<" + logical + " " + o.Kind + ">"
			}
			for _, text := range []string{o.ID, o.Name} {
				if len(text) >= minID && (own && autoName(text, logical) || !own && text == o.ID && strings.ContainsAny(text, "0123456789")) {
					add(text, name)
				}
			}
		}
	}
	// The longest id first: one may be part of another.
	sort.Slice(pairs, func(i, j int) bool { return len(pairs[i]) > len(pairs[j]) })
	replacements := make([]string, 0, 2*len(pairs))
	for _, id := range pairs {
		replacements = append(replacements, id, names[id])
	}
	replace := strings.NewReplacer(replacements...)
	list := make([]string, 0, len(objects))
	for _, o := range objects {
		if o.Kind == bindings || normalize != nil && !normalize(o) {
			continue
		}
		attrs, err := json.Marshal(clean(o.Attrs, replace))
		if err != nil {
			attrs = []byte(fmt.Sprintf("%v", err)) // cannot be: the world holds JSON
		}
		list = append(list, fmt.Sprintf("%s %s in %s, name %q, of %s, state %q: %s", o.Kind, replace.Replace(o.ID), replace.Replace(o.Scope),
			replace.Replace(o.Name), o.Owner, o.State, attrs))
	}
	return list
}

// autoName says whether a text is, or ends with, a logical name with the random
// digits that the engine or a provider puts behind it: 7 or 8 hexadecimal ones,
// which may all be letters.
func autoName(text, logical string) bool {
	at := strings.LastIndex(text, logical+"-")
	if at < 0 || logical == "" {
		return false
	}
	suffix := text[at+len(logical)+1:]
	return (len(suffix) == 7 || len(suffix) == 8) && strings.Trim(suffix, "0123456789abcdef") == ""
}

func clean(v any, ids *strings.Replacer) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			if !counters[k] {
				m[ids.Replace(k)] = clean(e, ids)
			}
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = clean(e, ids)
		}
		return l
	case string:
		return times.ReplaceAllString(replaced(v, ids), "<time>")
	}
	return v
}

// replaced looks for ids in what is written in base64 too: a Secret's data.
func replaced(s string, ids *strings.Replacer) string {
	if plain := ids.Replace(s); plain != s || len(s) < minID {
		return plain
	}
	if text, err := base64.StdEncoding.DecodeString(s); err == nil {
		if inner := ids.Replace(string(text)); inner != string(text) {
			return inner
		}
	}
	return s
}
