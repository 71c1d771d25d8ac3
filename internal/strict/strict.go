package strict

import (
	"fmt"
	"reflect"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Lines are the lines of a document by configuration path.
type Lines map[string]int

// Of is the line of path, or of the nearest thing above it that has one.
func (l Lines) Of(path string) int {
	for {
		if n, ok := l[path]; ok {
			return n
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return l[""]
		}
		path = path[:cut]
	}
}

// Parse reads one YAML document. A syntax error is a finding; the node is nil then.
func Parse(file string, data []byte) (*yaml.Node, finding.List) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		line, text := 0, strings.TrimPrefix(err.Error(), "yaml: ")
		if n, rest, ok := strings.Cut(strings.TrimPrefix(text, "line "), ": "); ok {
			if _, err := fmt.Sscanf(n, "%d", &line); err == nil {
				text = rest
			}
		}
		return nil, finding.List{{Severity: finding.Error, File: file, Line: line,
			Message: "is not YAML: " + text, Fix: "correct the indentation, quotes or brackets on this line or the one before"}}
	}
	if len(doc.Content) == 0 {
		return nil, finding.List{{Severity: finding.Error, File: file, Message: "is empty", Fix: "start from another stack's file"}}
	}
	return doc.Content[0], nil
}

// Result is what Decode found.
type Result struct {
	Findings finding.List
	// Doubtful are paths whose values are not what the file's author meant:
	// those with a finding, and the known key that an unknown one stands for.
	// Rules about them would only repeat what is said.
	Doubtful []string
}

// Doubts says whether path is, or lies below, one that is doubtful.
func (r Result) Doubts(path string) bool {
	for _, d := range r.Doubtful {
		if path == d || strings.HasPrefix(path, d+".") || strings.HasPrefix(path, d+"[") {
			return true
		}
	}
	return false
}

// Decode fills into, a pointer to a struct whose json tags name the keys, from
// node. path is where node stands. Lines of all paths are added to lines.
func Decode(node *yaml.Node, into any, path string, lines Lines) Result {
	d := decoder{lines: lines}
	d.value(node, reflect.ValueOf(into).Elem(), path)
	return Result{Findings: d.found, Doubtful: d.doubtful}
}

type decoder struct {
	lines    Lines
	found    finding.List
	doubtful []string
}

func (d *decoder) add(n *yaml.Node, path, fix, format string, args ...any) {
	d.doubtful = append(d.doubtful, path)
	d.found = append(d.found, finding.Finding{Severity: finding.Error, Line: n.Line, Path: path, Message: fmt.Sprintf(format, args...), Fix: fix})
}

func (d *decoder) value(n *yaml.Node, into reflect.Value, path string) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if _, seen := d.lines[path]; !seen {
		d.lines[path] = n.Line
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		fix := "give it a value, or remove the key"
		if k := into.Kind(); k == reflect.Pointer || k == reflect.Struct || k == reflect.Map {
			fix = "write {} for the defaults, or remove the key"
		}
		d.add(n, path, fix, "has no value")
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		v, before := reflect.New(into.Type().Elem()), len(d.found)
		d.value(n, v.Elem(), path)
		if len(d.found) == before || v.Elem().Kind() == reflect.Struct {
			into.Set(v)
		}
	case reflect.Struct:
		d.structure(n, into, path)
	case reflect.Map:
		d.mapping(n, into, path)
	case reflect.Slice:
		d.list(n, into, path)
	default:
		d.scalar(n, into, path)
	}
}

func (d *decoder) structure(n *yaml.Node, into reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.add(n, path, "write keys and values below it", "is %s, wanted is a section", describe(n))
		return
	}
	fields := Fields(into.Type())
	for _, kv := range d.pairs(n, path) {
		at := join(path, kv.key.Value)
		index, known := fields[kv.key.Value]
		if !known {
			names := make([]string, 0, len(fields))
			for name := range fields {
				names = append(names, name)
			}
			d.lines[at] = kv.key.Line
			d.add(kv.key, at, Suggest(kv.key.Value, names), "is not a known key")
			if near := Nearest(kv.key.Value, names); near != "" {
				d.doubtful = append(d.doubtful, join(path, near))
			}
			continue
		}
		d.lines[at] = kv.key.Line
		d.value(kv.value, into.FieldByIndex(index), at)
	}
}

func (d *decoder) mapping(n *yaml.Node, into reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.add(n, path, "write keys and values below it", "is %s, wanted are entries by key", describe(n))
		return
	}
	out := reflect.MakeMap(into.Type())
	for _, kv := range d.pairs(n, path) {
		at := join(path, kv.key.Value)
		d.lines[at] = kv.key.Line
		v := reflect.New(into.Type().Elem()).Elem()
		d.value(kv.value, v, at)
		out.SetMapIndex(reflect.ValueOf(kv.key.Value), v)
	}
	into.Set(out)
}

type pair struct{ key, value *yaml.Node }

// pairs are a mapping's entries without those whose key is unusable or repeated.
func (d *decoder) pairs(n *yaml.Node, path string) []pair {
	var out []pair
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			d.add(key, path, "use text as key", "has a key that is %s", describe(key))
			continue
		}
		if line, twice := first[key.Value]; twice {
			fix := "keep one"
			if line > 0 {
				fix = fmt.Sprintf("keep one; the first is on line %d", line)
			}
			d.add(key, join(path, key.Value), fix, "is given twice")
			continue
		}
		first[key.Value] = key.Line
		out = append(out, pair{key, value})
	}
	return out
}

func (d *decoder) list(n *yaml.Node, into reflect.Value, path string) {
	if n.Kind != yaml.SequenceNode {
		d.add(n, path, "write it as a list: [a, b], or one - to a line", "is %s, wanted is a list", describe(n))
		return
	}
	out := reflect.MakeSlice(into.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		d.lines[at] = item.Line
		d.value(item, out.Index(i), at)
	}
	into.Set(out)
}

func (d *decoder) scalar(n *yaml.Node, into reflect.Value, path string) {
	if n.Kind != yaml.ScalarNode {
		d.add(n, path, "give one value", "is %s, wanted is %s", describe(n), kindName(into.Kind()))
		return
	}
	switch into.Kind() {
	case reflect.String:
		if n.Tag != "!!str" {
			d.add(n, path, fmt.Sprintf("put it in quotes: %q", n.Value), "%s is %s, wanted is text", n.Value, describe(n))
			return
		}
		into.SetString(n.Value)
	case reflect.Bool:
		var b bool
		if n.Tag != "!!bool" || n.Decode(&b) != nil {
			d.add(n, path, "use true or false", "%q is %s, wanted is true or false", n.Value, describe(n))
			return
		}
		into.SetBool(b)
	case reflect.Int:
		d.integer(n, into, path)
	case reflect.Float64:
		d.number(n, into, path)
	default:
		panic(fmt.Sprintf("strict: %s: fields of kind %s are not supported", path, into.Kind()))
	}
}

func (d *decoder) integer(n *yaml.Node, into reflect.Value, path string) {
	var i int
	fix := "use digits without quotes, for example 3"
	switch digits := strings.TrimPrefix(n.Value, "-"); {
	case n.Tag != "!!int":
		d.add(n, path, fix, "%q is %s, wanted is a whole number", n.Value, describe(n))
	case strings.Trim(digits, "0123456789") != "" || (len(digits) > 1 && digits[0] == '0'):
		d.add(n, path, "use plain decimal digits", "%q could be read as another number than it looks", n.Value)
	case n.Decode(&i) != nil:
		d.add(n, path, fix, "%q is too large", n.Value)
	default:
		into.SetInt(int64(i))
	}
}

// number takes plain decimals: no exponent, no infinity, nothing that reads in
// two ways.
func (d *decoder) number(n *yaml.Node, into reflect.Value, path string) {
	fix := "use digits without quotes, for example 99.9"
	whole, part, _ := strings.Cut(strings.TrimPrefix(n.Value, "-"), ".")
	switch {
	case n.Tag != "!!int" && n.Tag != "!!float":
		d.add(n, path, fix, "%q is %s, wanted is a number", n.Value, describe(n))
	case strings.Trim(whole+part, "0123456789") != "" || whole == "" || (len(whole) > 1 && whole[0] == '0'):
		d.add(n, path, "use plain decimal digits", "%q could be read as another number than it looks", n.Value)
	default:
		var f float64
		if err := n.Decode(&f); err != nil {
			d.add(n, path, fix, "%q is too large", n.Value)
			return
		}
		into.SetFloat(f)
	}
}

func kindName(k reflect.Kind) string {
	switch k {
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	}
	return "text"
}

// describe says what a node is in words that a reader of YAML knows.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a section"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return describe(n.Alias)
	}
	switch n.Tag {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!null":
		return "empty"
	case "!!timestamp":
		return "a date"
	case "!!str":
		return "text"
	}
	return "a value with the YAML tag " + n.Tag
}

// Fields are the keys of a struct type with the index of each field; embedded
// structs without a tag lend their keys.
func Fields(t reflect.Type) map[string][]int {
	out := map[string][]int{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			for key, index := range Fields(f.Type) {
				out[key] = append([]int{i}, index...)
			}
			continue
		}
		if name != "" && name != "-" && f.IsExported() {
			out[name] = []int{i}
		}
	}
	return out
}

func join(path, key string) string { return finding.Under(path, key) }

// Suggest says which known word was meant, or lists all.
func Suggest(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	sort.Strings(known)
	return "use one of " + strings.Join(known, ", ")
}

// Nearest is the known word closest to word, or "" when none is close: at
// most a third of its letters differ (two for short ones), or one begins the other.
func Nearest(word string, known []string) string {
	best, at := "", len(word)+1
	sorted := append([]string(nil), known...)
	sort.Strings(sorted)
	for _, k := range sorted {
		n := distance(strings.ToLower(word), strings.ToLower(k))
		if len(word) >= 3 && (strings.HasPrefix(strings.ToLower(k), strings.ToLower(word)) || strings.HasPrefix(strings.ToLower(word), strings.ToLower(k))) {
			n = min(n, 1)
		}
		if n < at && n <= max(2, len(k)/3) && n < len(k) {
			best, at = k, n
		}
	}
	return best
}

// distance counts insertions, deletions, substitutions and swaps of neighbours.
func distance(a, b string) int {
	prev2, prev, row := []int(nil), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
		prev2, prev, row = prev, row, make([]int, len(b)+1)
	}
	return prev[len(b)]
}
