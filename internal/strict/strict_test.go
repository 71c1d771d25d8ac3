package strict

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

type inner struct {
	Size int `json:"size"`
}

type sample struct {
	Inner inner              `json:"inner"`
	On    *bool              `json:"on,omitempty"`
	Names []string           `json:"names,omitempty"`
	By    map[string]inner   `json:"by,omitempty"`
	Tags  map[string]string  `json:"tags,omitempty"`
	Rate  map[string]float64 `json:"rate,omitempty"`
	inner
	Embedded
}

// Embedded lends its keys.
type Embedded struct {
	Kind string `json:"kind,omitempty"`
}

func TestDecode(t *testing.T) {
	yes := true
	tests := map[string]struct {
		in   string
		want sample
		find []string
	}{
		"everything": {
			in: "inner: {size: 3}\non: true\nnames: [a, b]\nby: {x: {size: -1}}\ntags: {a: b}\nkind: c",
			want: sample{Inner: inner{3}, On: &yes, Names: []string{"a", "b"}, By: map[string]inner{"x": {-1}},
				Tags: map[string]string{"a": "b"}, Embedded: Embedded{"c"}},
		},
		"an anchor is what it stands for": {
			in: "inner: &i {size: 3}\nby: {x: *i}", want: sample{Inner: inner{3}, By: map[string]inner{"x": {3}}},
		},
		"mistakes are reported all together": {
			in:   "iner: {}\non: 1\nnames: a\nby: {x: {size: x}}\ntags: {a: 1, a: 2}\nkind:",
			want: sample{By: map[string]inner{"x": {}}, Tags: map[string]string{"a": ""}},
			find: []string{
				`1: iner: is not a known key; did you mean "inner"?`,
				`2: on: "1" is a number, wanted is true or false; use true or false`,
				`3: names: is text, wanted is a list; write it as a list: [a, b], or one - to a line`,
				`4: by.x.size: "x" is text, wanted is a whole number; use digits without quotes, for example 3`,
				`5: tags.a: 1 is a number, wanted is text; put it in quotes: "1"`,
				`5: tags.a: is given twice; keep one; the first is on line 5`,
				`6: kind: has no value; give it a value, or remove the key`,
			},
		},
		"numbers that look like others": {
			in:   "inner: {size: 010}\nby: {a: {size: 0x10}, b: {size: 1_000}, c: {size: 99999999999999999999}, d: {size: 0}}",
			want: sample{By: map[string]inner{"a": {}, "b": {}, "c": {}, "d": {}}},
			find: []string{
				`1: inner.size: "010" could be read as another number than it looks; use plain decimal digits`,
				`2: by.a.size: "0x10" could be read as another number than it looks; use plain decimal digits`,
				`2: by.b.size: "1_000" could be read as another number than it looks; use plain decimal digits`,
				`2: by.c.size: "99999999999999999999" is a number, wanted is a whole number; use digits without quotes, for example 3`,
			},
		},
		"shares": {
			in: "rate: {a: 99.9, b: 99, c: -0.5}", want: sample{Rate: map[string]float64{"a": 99.9, "b": 99, "c": -0.5}},
		},
		"shares that look like others": {
			in:   "rate: {a: 1e3, b: .inf, c: 099.5, d: \"99.9\", e: 9_9.5}",
			want: sample{Rate: map[string]float64{"a": 0, "b": 0, "c": 0, "d": 0, "e": 0}},
			find: []string{
				`1: rate.a: "1e3" could be read as another number than it looks; use plain decimal digits`,
				`1: rate.b: ".inf" could be read as another number than it looks; use plain decimal digits`,
				`1: rate.c: "099.5" could be read as another number than it looks; use plain decimal digits`,
				`1: rate.d: "99.9" is text, wanted is a number; use digits without quotes, for example 99.9`,
				`1: rate.e: "9_9.5" could be read as another number than it looks; use plain decimal digits`,
			},
		},
		"a date is no text": {
			in: "kind: 2026-12-01", find: []string{`1: kind: 2026-12-01 is a date, wanted is text; put it in quotes: "2026-12-01"`},
		},
		"a list as key": {
			in: "? [a]\n: b", find: []string{`1: has a key that is a list; use text as key`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			node, found := Parse("f", []byte(tt.in))
			if node == nil {
				t.Fatal(found)
			}
			var got sample
			r := Decode(node, &got, "", Lines{})
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(sample{})); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
			r.Findings.Sort()
			var lines []string
			for _, f := range r.Findings {
				f.File = "f"
				lines = append(lines, f.String()[len("f:"):])
			}
			if diff := cmp.Diff(tt.find, lines); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if doubts := len(r.Doubtful) > 0; doubts != (len(tt.find) > 0) {
				t.Errorf("doubtful paths: %v", r.Doubtful)
			}
		})
	}
}

func TestDoubts(t *testing.T) {
	r := Result{Doubtful: []string{"a.b", "c"}}
	for path, want := range map[string]bool{"a.b": true, "a.b.c": true, "a.b[0]": true, "a.bc": false, "a": false, "c[1].d": true, "": false} {
		if got := r.Doubts(path); got != want {
			t.Errorf("Doubts(%q) = %v", path, got)
		}
	}
}

func TestLines(t *testing.T) {
	l := Lines{"": 1, "a": 2, "a.b[1]": 4}
	for path, want := range map[string]int{"a": 2, "a.b[1].c": 4, "a.b[0]": 2, "x.y": 1} {
		if got := l.Of(path); got != want {
			t.Errorf("Of(%q) = %d, want %d", path, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"podCidr", "cidr", "zones", "nat", "stg", "prd", "dev"}
	for word, want := range map[string]string{
		"podcidr": "podCidr", "podCdir": "podCidr", "zone": "zones", "sgt": "stg", "prod": "prd", "colour": "", "": "", "x": "", "natt": "nat",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
