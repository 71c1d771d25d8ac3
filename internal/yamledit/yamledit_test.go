package yamledit

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestApply(t *testing.T) {
	edit := func(path, value string) []Edit { return []Edit{{Path: strings.Split(path, "/"), Value: value}} }
	for name, c := range map[string]struct {
		text  string
		edits []Edit
		want  string
	}{
		"a plain value keeps its comment":            {"a: 1 # one\nb: 2\n", edit("a", "3"), "a: 3 # one\nb: 2\n"},
		"a quoted value":                             {"a: \"x # y\"   # z\n", edit("a", `"w"`), "a: \"w\"   # z\n"},
		"a single quoted value with a quote in it":   {"a: 'it''s' # z\n", edit("a", "b"), "a: b # z\n"},
		"a value with an escaped quote":              {`a: "x\"y" # z` + "\n", edit("a", "b"), "a: b # z\n"},
		"a value behind characters of several bytes": {"{ é: 1, a: 2 }\n", edit("a", "3"), "{ é: 1, a: 3 }\n"},
		"a new key of a block":                       {"m:\n  a: 1 # one\n\n  # about b\n  b: 2 # two\nn: 1\n", edit("m/c", "3"), "m:\n  a: 1 # one\n\n  # about b\n  b: 2 # two\n  c: 3\nn: 1\n"},
		"a new key after a nested block":             {"m:\n  a:\n    - 1\n    - 2\nn: 1\n", edit("m/c", "3"), "m:\n  a:\n    - 1\n    - 2\n  c: 3\nn: 1\n"},
		"a new key without a last line break":        {"m:\n  a: 1", edit("m/c", "3"), "m:\n  a: 1\n  c: 3"},
		"a new key of a flow mapping":                {"m: { a: 1, b: [2, 3] } # all\n", edit("m/c", "{ d: 4 }"), "m: { a: 1, b: [2, 3], c: { d: 4 } } # all\n"},
		"a new key of an empty flow mapping":         {"m: {}\n", edit("m/c", "3"), "m: { c: 3 }\n"},
		"mappings on the way are made":               {"m:\n  a: 1\n", edit("m/b/c", "3"), "m:\n  a: 1\n  b: { c: 3 }\n"},
		"a key without a value becomes a mapping":    {"m:\n  a: # nothing yet\n  b: 1\n", edit("m/a/c", "3"), "m:\n  a: { c: 3 } # nothing yet\n  b: 1\n"},
		"a key with null becomes a mapping":          {"m: { a: null, b: 1 }\n", edit("m/a/c", "3"), "m: { a: { c: 3 }, b: 1 }\n"},
		"an entry of a block goes with its comments": {"m:\n  # stays\n  a: # goes\n    # goes too\n    x: 1 # as well\n  b: 2\n", edit("m/a", ""), "m:\n  # stays\n  b: 2\n"},
		"the last entry of a block goes":             {"m:\n  a: 1\n  b: { x: 1 } # goes\n# stays\nn: 2\n", edit("m/b", ""), "m:\n  a: 1\n# stays\nn: 2\n"},
		"an entry without a value goes":              {"m:\n  a:\n  b: 2\n", edit("m/a", ""), "m:\n  b: 2\n"},
		"the first entry of a flow mapping goes":     {"m: { a: { x: [1] }, b: 2 }\n", edit("m/a", ""), "m: { b: 2 }\n"},
		"the last entry of a flow mapping goes":      {"m: { a: 1, b: {x: 1} }\n", edit("m/b", ""), "m: { a: 1 }\n"},
		"the only entry of a flow mapping goes":      {"m: { a: 1 }\n", edit("m/a", ""), "m: {}\n"},
		"a flow mapping over lines":                  {"m: { a: 1,\n     b: 2 }\n", edit("m/c", "3"), "m: { a: 1,\n     b: 2, c: 3 }\n"},
		"a bracket in a quote or a comment":          {"m: { a: \"}\", # }\n  b: 2 }\n", edit("m/b", "3"), "m: { a: \"}\", # }\n  b: 3 }\n"},
		"a key with a dot in it":                     {"c:\n  ladder:release: \"1\"\n", edit("c/ladder:release", `"2"`), "c:\n  ladder:release: \"2\"\n"},
		"edits follow each other": {"m:\n  s:\n    blue: {}\n", []Edit{{[]string{"m", "s", "blue", "state"}, "draining"}, {[]string{"m", "s", "green"}, "{ n: 3 }"}, {[]string{"m", "s", "blue"}, ""}},
			"m:\n  s:\n    green: { n: 3 }\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Apply([]byte(c.text), c.edits...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		text, path, value, want string
	}{
		"an entry that is not there":       {"a: 1\n", "b", "", "there is no such entry"},
		"a path through a number":          {"a: 1\n", "a/b", "2", "a is no mapping"},
		"a block in place of a value":      {"a:\n  b: 1\n", "a", "2", "it is a block of several lines"},
		"the only entry of a block":        {"a:\n  b: 1\n", "a/b", "", "it is the only entry of a block"},
		"an anchor":                        {"a: &x { b: 1 }\nc: *x\n", "a", "2", "anchors and aliases are not edited"},
		"an alias":                         {"a: &x { b: 1 }\nc: *x\n", "c", "2", "anchors and aliases are not edited"},
		"a text of several lines":          {"a: |\n  x\nb: 1\n", "a", "2", "texts over several lines are not edited"},
		"several documents":                {"a: 1\n---\na: 2\n", "a", "3", "there are several documents"},
		"a list":                           {"- 1\n", "a", "3", "not readable as YAML"},
		"a value of several lines":         {"a: 1\n", "a", "x:\n  y", "a value on one line"},
		"a plain value over two lines":     {"a: one\n  two\nb: 1\n", "a", "3", "make the edit by hand"},
		"a value that is no YAML":          {"a: 1\n", "a", "{", `"{" is not YAML`},
		"a value that would be two things": {"m: { a: 1 }\n", "m/a", "2, b: 3", "make the edit by hand"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Apply([]byte(c.text), Edit{Path: strings.Split(c.path, "/"), Value: c.value})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}
