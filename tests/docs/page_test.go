package docs

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBlocks(t *testing.T) {
	const page = "# t\n## One\n```sh\nladder a b   words\n  $ ladder c --d # e\nother\n```\ntext\n## Two\n```diff\n--- f\n x\n```\n"
	got, err := Blocks(page)
	if err != nil {
		t.Fatal(err)
	}
	want := []Block{{"One", "sh", "ladder a b   words\n  $ ladder c --d # e\nother\n", 3}, {"Two", "diff", "--- f\n x\n", 10}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ladder a b", "ladder c --d"}, got[0].Commands()); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	if _, err := Blocks("```\nopen\n"); err == nil {
		t.Error("an open block was accepted")
	}
}

func TestApply(t *testing.T) {
	const text = "a\nb\nc\nb\n"
	tests := map[string]struct{ diff, want, err string }{
		"a line changed": {"--- f\n a\n-b\n+d\n", "a\nd\nc\nb\n", ""},
		"a line added":   {"--- f\n c\n+e\n", "a\nb\nc\ne\nb\n", ""},
		"found twice":    {"--- f\n-b\n", "", "there 2 times"},
		"not found":      {"--- f\n-x\n", "", "there 0 times"},
		"no diff":        {"--- f\nx\n", "", "begins with none"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Apply(text, tt.diff)
			if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}
