package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// Namespace is the project's namespace in a stack file.
const Namespace = "ladder:"

// Load reads the stack file at path. stack is the stack's name, which names in
// AWS derive from. When the stack follows another (promotion.after), that one's
// file is read from the same directory and the two are compared. The stack has
// its defaults filled in; with an error among the findings it is not to be used.
func Load(path, stack string) (Stack, finding.List) {
	file := path
	if base := filepath.Base(path); strings.HasPrefix(base, "Pulumi.") {
		file = base
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Stack{}, unreadable(file, err)
	}
	s, lines, found := read(file, data, stack)
	if after := s.Promotion.After; after != "" && after != stack && len(found.Errors()) == 0 {
		found = append(found, locate(file, lines, compareUpstream(filepath.Dir(path), s))...)
	}
	found.Sort()
	return s, found
}

// LoadBytes reads a stack file that is in memory, without comparing it with
// the stack that it follows. file is what findings call it.
func LoadBytes(file string, data []byte, stack string) (Stack, finding.List) {
	s, _, found := read(file, data, stack)
	found.Sort()
	return s, found
}

// Decode reads the engine's configuration: by key such as "ladder:networks",
// structured values as JSON. Findings have no file and no line.
func Decode(values map[string]string, stack string) (Stack, finding.List) {
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	var out finding.List
	for _, key := range sortedKeys(values) {
		name, ours := strings.CutPrefix(key, Namespace)
		if !ours {
			continue
		}
		// A plain value comes as it is, without quotes: "2026.08" must not
		// become a number.
		value := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: values[key]}
		if name != "release" {
			node, found := strict.Parse("", []byte(values[key]))
			if node == nil {
				out.Join(name, found)
				continue
			}
			value = node
		}
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, value)
	}
	s, _, found := decode(root, stack, nil)
	out = append(out, found...)
	for i := range out {
		out[i].Line = 0 // lines of JSON that nobody wrote
	}
	out.Sort()
	return s, out
}

func unreadable(file string, err error) finding.List {
	f := finding.Finding{Severity: finding.Error, File: file, Message: "cannot be read: " + reason(err), Fix: "check the path and its permissions"}
	return finding.List{f}
}

// reason is an error without the path, which the finding has already.
func reason(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

// read is a whole file: its frame, its secrets, its ladder: sections.
func read(file string, data []byte, stack string) (Stack, strict.Lines, finding.List) {
	doc, found := strict.Parse(file, data)
	if doc == nil {
		return Stack{}, nil, found
	}
	root, lost, out := frame(doc)
	if root == nil {
		return Stack{}, nil, locate(file, nil, out)
	}
	s, lines, found := decode(root, stack, lost)
	out = append(out, found...)
	return s, lines, locate(file, lines, out)
}

// decode fills a stack from its sections, whose keys have no namespace here.
// lost are sections whose absence has a finding already.
func decode(root *yaml.Node, stack string, lost []string) (Stack, strict.Lines, finding.List) {
	out := secrets(root)
	lines := strict.Lines{}
	var s Stack
	result := strict.Decode(root, &s, "", lines)
	out = append(out, withoutSecrets(result.Findings, out)...)
	result.Doubtful = append(result.Doubtful, lost...)
	if broken(result) {
		return s.WithDefaults(), lines, out // rules over sections that could not be read would guess
	}
	placed := s.validateSample()
	if len(placed.Errors()) == 0 {
		s = s.withSample()
	}
	for _, f := range append(placed, s.validate(stack, result.Doubts)...) {
		if !result.Doubts(f.Path) {
			out = append(out, f)
		}
	}
	return s.WithDefaults(), lines, out
}

// broken says whether a whole section, network or cluster could not be read.
func broken(r strict.Result) bool {
	for _, path := range r.Doubtful {
		section, entry, _ := strings.Cut(path, ".")
		if path == "" || ((section == "networks" || section == "clusters") && !strings.ContainsAny(entry, ".[")) {
			return true
		}
	}
	return false
}

// locate adds file and line to findings that have none.
func locate(file string, lines strict.Lines, in finding.List) finding.List {
	for i := range in {
		in[i].File = file
		if in[i].Line == 0 {
			in[i].Line = lines.Of(in[i].Path)
		}
	}
	return in
}

// readQuietly reads another stack's file for comparison: its own findings are
// its own business, unless it cannot be read at all.
func readQuietly(path string) (Stack, finding.List) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Stack{}, unreadable(filepath.Base(path), err)
	}
	file := filepath.Base(path)
	doc, found := strict.Parse(file, data)
	if doc == nil {
		return Stack{}, found
	}
	root, _, found := frame(doc)
	if root == nil {
		return Stack{}, found
	}
	var s Stack
	if broken(strict.Decode(root, &s, "", strict.Lines{})) {
		return Stack{}, finding.List{{Severity: finding.Error, File: file, Message: "has errors of its own", Fix: "correct them first"}}
	}
	return s, nil
}
