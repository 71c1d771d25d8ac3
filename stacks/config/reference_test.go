package config_test

import (
	"testing"

	"github.com/ladder-platform/ladder/internal/golden"
	"github.com/ladder-platform/ladder/internal/reference"
)

// referencePage lists every key of a stack file.
const referencePage = "../../docs/reference.md"

const referenceHead = `# Reference of stack files

Every key of ` + "`Pulumi.<stack>.yaml`" + `, written by ` + "`make golden`" + ` from the structs and their
comments. How files are read, and what stages may differ in, is in
[config.md](config.md); the keys of bootstrap's files are in
[bootstrap-reference.md](bootstrap-reference.md). A key that is not needed may be left
out; its words say what that means.

` + "`ladder:release`" + ` is text in quotes: the name of a release in the catalogue.
`

// TestTheReferenceIsFresh compares the page with the structs; LADDER_GOLDEN=1
// writes it again.
func TestTheReferenceIsFresh(t *testing.T) {
	page, err := reference.Page(referenceHead, generate(t), []reference.Section{
		{Key: "ladder:environment", Ref: "stacks.Environment"},
		{Key: "ladder:promotion", Ref: "stacks.Promotion"},
		{Key: "ladder:networks", Ref: "network.Config", Under: "network"},
		{Key: "ladder:clusters", Ref: "cluster.Config", Under: "cluster"},
		{Key: "ladder:mesh", Ref: "mesh.Config"},
		{Key: "ladder:edge", Ref: "edge.Config"},
		{Key: "ladder:observability", Ref: "observability.Config"},
		{Key: "ladder:sample", Ref: "sample.Config"},
	})
	if err != nil {
		t.Fatal(err)
	}
	golden.File(t, referencePage, page)
}
