package links_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/tests/links"
)

const root = "../.."

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	pages, err := links.Pages(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"README.md", "docs/ARCHITECTURE.md", "docs/sandbox.md"} {
		if !slices.Contains(pages, want) {
			t.Errorf("%s is not among the pages: %q", want, pages)
		}
	}
	wrong, err := links.Check(root, pages)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wrong {
		t.Error(w)
	}
}

// TestBrokenLinksAreFound: a check that passes everything proves nothing.
func TestBrokenLinksAreFound(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"README.md": "# Title\n[good](docs/a.md) ![p](docs/p.svg) [here](#title) [far](https://example.com/x)\n" +
			"[gone](docs/b.md) [anchor](docs/a.md#nothing) [second](docs/a.md#same-heading-1) `[code](none.md)`\n" +
			"```\n[in a block](none.md)\n```\n[out](../../etc/passwd) [picture](docs/p.svg#x) <img src=\"docs/q.svg\">\n[ref]: docs/c.md\n",
		"docs/a.md":      "# Same `heading`!\n## Same heading\n[back](../README.md#title) [x](#same-heading)\n",
		"docs/orphan.md": "nobody links me\n",
		"docs/p.svg":     "<svg/>",
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	pages, err := links.Pages(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	got, err := links.Check(dir, pages)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`README.md:3: docs/a.md#nothing: docs/a.md has no heading "nothing"`,
		`README.md:3: docs/b.md: there is no such file`,
		`README.md:7: ../../etc/passwd: leads out of the repository`,
		`README.md:7: docs/p.svg#x: only pages have anchors`,
		`README.md:7: docs/q.svg: there is no such file`,
		`README.md:8: docs/c.md: there is no such file`,
		`docs/orphan.md: no page leads here; link it where its reader comes from`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnchorsAreGitHubs(t *testing.T) {
	text := "# A `code` heading, and more!\n## A [link](x.md) too\n## Same\n## Same\n### Ünïcode 2_3-4 ###\n<a id=\"own\"></a>\n```\n# not one\n```\n"
	want := map[string]bool{"a-code-heading-and-more": true, "a-link-too": true, "same": true, "same-1": true, "ünïcode-2_3-4": true, "own": true}
	if diff := cmp.Diff(want, links.Anchors(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
