package scenario

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/ladder-platform/ladder/internal/golden"
)

// checkGolden compares a text with testdata/<name>.golden, or writes it there.
func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	golden.File(t, filepath.Join("testdata", name+".golden"), got)
}

// graph writes the resources of a state, one block each, by type and name. The
// shipped stacks' are testdata/<stack>.golden, so that a review sees what a
// change of the code does to every environment.
func graph(t *testing.T, resources []apitype.ResourceV3) string {
	t.Helper()
	blocks := make([]string, 0, len(resources))
	for _, r := range resources {
		blocks = append(blocks, block(t, r))
	}
	slices.Sort(blocks)
	return strings.Join(blocks, "\n")
}

// block is one resource: its type and name; where it hangs; its inputs, one a
// line.
func block(t *testing.T, r apitype.ResourceV3) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Type, r.URN.Name())
	var place []string
	if r.Parent != "" {
		place = append(place, "in "+r.Parent.Name())
	}
	if urn, _, ok := cutLast(r.Provider, "::"); ok {
		place = append(place, "on "+urn[strings.LastIndex(urn, "::")+2:])
	}
	for word, is := range map[string]bool{"protected": r.Protect, "retained": r.RetainOnDelete, "external": r.External} {
		if is {
			place = append(place, word)
		}
	}
	if len(place) > 0 {
		slices.Sort(place)
		fmt.Fprintf(&b, "  %s\n", strings.Join(place, ", "))
	}
	if needs := dependencies(r); len(needs) > 0 {
		fmt.Fprintf(&b, "  needs %s\n", strings.Join(needs, ", "))
	}
	inputs, _ := readable(r.Inputs).(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(inputs)) {
		if skipped(inputs, key) {
			continue
		}
		var text strings.Builder
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(inputs[key]); err != nil {
			t.Fatalf("input %s of %s: %v", key, r.URN, err)
		}
		fmt.Fprintf(&b, "  %s: %s", key, text.String())
	}
	return b.String()
}

// dependencies are the names of all that the resource waits for, sorted.
func dependencies(r apitype.ResourceV3) []string {
	names := map[string]bool{}
	for _, d := range r.Dependencies {
		names[d.Name()] = true
	}
	for _, list := range r.PropertyDependencies {
		for _, d := range list {
			names[d.Name()] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// skipped are inputs that say nothing of the program: what the engine adds,
// and tagsAll, which repeats tags where the provider has no default ones.
func skipped(inputs map[string]any, key string) bool {
	switch key {
	case "__defaults", "__internal":
		return true
	case "tagsAll":
		return cmp.Equal(inputs["tags"], inputs["tagsAll"])
	}
	return false
}

// volatile are values that come from the seed, not from the program.
var volatile = []struct {
	match *regexp.Regexp
	name  string
}{
	{regexp.MustCompile(`LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS[A-Za-z0-9+/=]+`), "<certificate>"}, // base64 of -----BEGIN CERTIFICATE
	{regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`), "<id>"},
	{regexp.MustCompile(`\b[0-9A-F]{32}\b`), "<id>"},        // EKS names endpoints so
	{regexp.MustCompile(`\b[a-z]+-[0-9a-f]{17}\b`), "<id>"}, // EC2 and EFS ids
	{regexp.MustCompile(`-[0-9a-f]{7}\b`), "-<id>"},         // Pulumi's names
	{regexp.MustCompile(`\b[AZ][0-9A-Z]{16,20}\b`), "<id>"}, // IAM and Route 53 ids
	{regexp.MustCompile(`\b[0-9a-f]{32,}\b`), "<id>"},       // any other long id
}

// readable is a value with ids named and base64 user data in clear text.
func readable(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v[resource.SigKey] == resource.SecretSig {
			return "[secret]" // encrypted, by another nonce each time
		}
		m := make(map[string]any, len(v))
		for k, e := range v {
			if text, ok := e.(string); ok && k == "userData" {
				if clear, err := base64.StdEncoding.DecodeString(text); err == nil {
					e = string(clear)
				}
			}
			m[k] = readable(e)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = readable(e)
		}
		return l
	case string:
		for _, x := range volatile {
			v = x.match.ReplaceAllString(v, x.name)
		}
		return v
	}
	return v
}

// cutLast is strings.Cut at the last separator.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
