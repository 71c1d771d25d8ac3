package nested

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsNotThereReadsAsEmpty(t *testing.T) {
	m := map[string]any{"a": map[string]any{
		"text": "x", "number": 2.5, "yes": true, "list": []any{"x", 1.0, map[string]any{"k": "v"}, "y"},
	}}
	tests := map[string]struct{ got, want any }{
		"a text":                {Text(m, "a", "text"), "x"},
		"a number":              {Number(m, "a", "number"), 2},
		"a boolean":             {Boolean(m, "a", "yes"), true},
		"an object":             {len(Object(m, "a")), 4},
		"the object itself":     {len(Object(m)), 1},
		"a list":                {len(List(m, "a", "list")), 4},
		"texts of a list":       {Texts(m, "a", "list"), []string{"x", "y"}},
		"objects of a list":     {Objects(m, "a", "list"), []map[string]any{{"k": "v"}}},
		"a key that is missing": {Text(m, "b", "text"), ""},
		"a way through a text":  {Text(m, "a", "text", "deeper"), ""},
		"another type":          {Number(m, "a", "text"), 0},
		"nothing at all":        {At(nil, "a"), any(nil)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
