package spec_test

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	reflector "github.com/invopop/jsonschema"

	"github.com/ladder-platform/ladder/components/account/spec"
	"github.com/ladder-platform/ladder/internal/golden"
	"github.com/ladder-platform/ladder/internal/reference"
)

const referenceHead = `# Reference of bootstrap's stack files

Every key of ` + "`bootstrap/Pulumi.<stack>.yaml`" + `, written by ` + "`make golden`" + ` from the structs and
their comments. What it is for, and the first run, is in [bootstrap.md](bootstrap.md).
`

// TestTheReferenceIsFresh compares the page with the structs; LADDER_GOLDEN=1
// writes it again.
func TestTheReferenceIsFresh(t *testing.T) {
	r := reflector.Reflector{Anonymous: true, CommentMap: map[string]string{}, Namer: func(typ reflect.Type) string {
		if typ.Name() == "" {
			return ""
		}
		return filepath.Base(filepath.Dir(typ.PkgPath())) + "." + typ.Name()
	}}
	if err := r.AddGoComments("github.com/ladder-platform/ladder/components/account/spec", ".", reflector.WithFullComment()); err != nil {
		t.Fatal(err)
	}
	schema, err := json.Marshal(r.Reflect(&spec.Config{}))
	if err != nil {
		t.Fatal(err)
	}
	page, err := reference.Page(referenceHead, schema, []reference.Section{{Key: "ladder-bootstrap:account", Ref: "account.Config"}})
	if err != nil {
		t.Fatal(err)
	}
	golden.File(t, "../../../docs/bootstrap-reference.md", page)
	for name := range spec.Quotas {
		if !strings.Contains(page, name) {
			t.Errorf("the page does not name the quota %s", name)
		}
	}
}
