package release

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

//go:embed catalogue/*.yaml
var embedded embed.FS

// Catalogue is a set of releases that belong together.
type Catalogue struct {
	releases map[string]Release
}

// shipped is parsed once; a broken file is reported by every caller.
var shipped = sync.OnceValues(func() (Catalogue, finding.List) {
	sub, err := fs.Sub(embedded, "catalogue")
	if err != nil {
		return Catalogue{}, finding.List{{Severity: finding.Error, Message: err.Error()}}
	}
	return Load(sub)
})

// Shipped is the catalogue of this program, with every finding in it.
func Shipped() (Catalogue, finding.List) { return shipped() }

// Find looks a release of the shipped catalogue up by name.
func Find(name string) (Release, error) {
	c, found := shipped()
	if err := found.Err(); err != nil {
		return Release{}, fmt.Errorf("release catalogue: %w", err)
	}
	return c.Find(name)
}

// Load reads every *.yaml of a directory and checks the catalogue whole.
func Load(dir fs.FS) (Catalogue, finding.List) {
	c := Catalogue{releases: map[string]Release{}}
	files, err := fs.Glob(dir, "*.yaml")
	if err != nil || len(files) == 0 {
		return c, finding.List{{Severity: finding.Error, Message: "the release catalogue has no file", Fix: "add one release as <name>.yaml"}}
	}
	var out finding.List
	lines := map[string]strict.Lines{}
	for _, file := range files {
		data, err := fs.ReadFile(dir, file)
		if err != nil {
			out = append(out, finding.Finding{Severity: finding.Error, File: file, Message: "cannot be read: " + err.Error()})
			continue
		}
		r, at, found := decode(file, data)
		out = append(out, found...)
		if at == nil {
			continue
		}
		if want := strings.TrimSuffix(path.Base(file), ".yaml"); r.Name != want {
			out = append(out, finding.Finding{Severity: finding.Error, File: file, Line: at.Of("name"), Path: "name",
				Message: fmt.Sprintf("%q is not the file's name %q", r.Name, want), Fix: "make them the same"})
			continue
		}
		c.releases[r.Name], lines[r.Name] = r, at
	}
	if len(out) > 0 {
		out.Sort()
		return c, out // rules on half-read files would only repeat what is said
	}
	for _, name := range c.Names() {
		var found finding.List
		found.Join("", Check(c.releases[name]))
		found.Join("", c.checkFrom(c.releases[name]))
		for _, f := range found {
			f.File, f.Line = name+".yaml", lines[name].Of(f.Path)
			out = append(out, f)
		}
	}
	out.Sort()
	return c, out
}

func decode(file string, data []byte) (Release, strict.Lines, finding.List) {
	node, found := strict.Parse(file, data)
	if node == nil {
		return Release{}, nil, found
	}
	var r Release
	lines := strict.Lines{}
	found = strict.Decode(node, &r, "", lines).Findings
	for i := range found {
		found[i].File = file
	}
	return r, lines, found
}

// Find looks a release up by name.
func (c Catalogue) Find(name string) (Release, error) {
	r, ok := c.releases[name]
	if !ok {
		return Release{}, fmt.Errorf("release %q is not in the catalogue; %s", name, strict.Suggest(name, c.Names()))
	}
	return r.clone(), nil
}

// Names are all releases, oldest first: by Kubernetes minor, then by name.
func (c Catalogue) Names() []string {
	return slices.SortedFunc(maps.Keys(c.releases), func(a, b string) int {
		if d := c.releases[a].Minor() - c.releases[b].Minor(); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
}

// Reachable says whether a stack on from may take to in one step.
func (c Catalogue) Reachable(from, to string) bool {
	return from == to || slices.Contains(c.releases[to].From, from)
}

// Path is the shortest climb from one release to another, both included; nil
// when there is none.
func (c Catalogue) Path(from, to string) []string {
	if _, ok := c.releases[from]; !ok {
		return nil
	}
	came := map[string]string{from: ""}
	queue := []string{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if at == to {
			var out []string
			for n := to; n != ""; n = came[n] {
				out = append(out, n)
			}
			slices.Reverse(out)
			return out
		}
		for _, next := range c.Names() {
			if _, seen := came[next]; !seen && c.Reachable(at, next) {
				came[next] = at
				queue = append(queue, next)
			}
		}
	}
	return nil
}

// Before says whether a is below b on the ladder: b can be reached from a.
func (c Catalogue) Before(a, b string) bool { return a != b && c.Path(a, b) != nil }

func (c Catalogue) checkFrom(r Release) finding.List {
	var out finding.List
	for i, name := range r.From {
		at := fmt.Sprintf("from[%d]", i)
		below, ok := c.releases[name]
		switch {
		case name == r.Name:
			out.Add(at, "remove it", "a release is not reached from itself")
		case !ok:
			out.Add(at, strict.Suggest(name, c.Names()), "release %q is not in the catalogue", name)
		default:
			out.Join("", CheckRung(below, r))
		}
	}
	return out
}
