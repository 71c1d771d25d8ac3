package yamledit

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// source is a text with the offsets of its lines.
type source struct {
	text  []byte
	lines []int
}

func newSource(text []byte) source {
	s := source{text: text, lines: []int{0}}
	for i, c := range text {
		if c == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// at is the offset of a node; yaml.v3 counts columns in characters, from 1.
func (s source) at(n *yaml.Node) int {
	off := s.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(s.text[off:])
		off += size
	}
	return off
}

func (s source) splice(from, to int, with string) []byte {
	return bytes.Join([][]byte{s.text[:from], []byte(with), s.text[to:]}, nil)
}

// end is the offset after a node's own text.
func (s source) end(n *yaml.Node) (int, error) {
	from := s.at(n)
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return 0, errors.New("anchors and aliases are not edited")
	case n.Style&yaml.FlowStyle != 0:
		return s.closing(from)
	case n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode:
		if len(n.Content) == 0 {
			return from, nil
		}
		return s.end(n.Content[len(n.Content)-1])
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return 0, errors.New("texts over several lines are not edited")
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return s.quoted(from)
	case n.Tag == "!!null" && n.Value == "":
		return from, nil
	}
	return from + len(n.Value), nil // a plain scalar on one line is its own text
}

// quoted is the offset after a quoted scalar.
func (s source) quoted(from int) (int, error) {
	quote := s.text[from]
	for i := from + 1; i < len(s.text); i++ {
		switch {
		case quote == '"' && s.text[i] == '\\':
			i++
		case s.text[i] == quote && quote == '\'' && i+1 < len(s.text) && s.text[i+1] == quote:
			i++
		case s.text[i] == quote:
			return i + 1, nil
		}
	}
	return 0, errors.New("a quote is not closed")
}

// closing is the offset after the bracket that closes the one at from.
func (s source) closing(from int) (int, error) {
	depth := 0
	for i := from; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case (c == '"' || c == '\'') && (i == 0 || strings.IndexByte(" [{,:\n", s.text[i-1]) >= 0):
			end, err := s.quoted(i)
			if err != nil {
				return 0, err
			}
			i = end - 1
		case c == '#' && (i == 0 || s.text[i-1] == ' ' || s.text[i-1] == '\n'):
			for i+1 < len(s.text) && s.text[i+1] != '\n' {
				i++
			}
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1, nil
			}
		}
	}
	return 0, errors.New("a bracket is not closed")
}

// lineEnd is the offset of the line break after off, or of the end.
func (s source) lineEnd(off int) int {
	if i := bytes.IndexByte(s.text[off:], '\n'); i >= 0 {
		return off + i
	}
	return len(s.text)
}

// set gives a scalar, or anything on one line, another value.
func (s source) set(v *yaml.Node, value string) ([]byte, error) {
	if v.Tag == "!!null" && v.Value == "" {
		return nil, errors.New("it has no value to replace")
	}
	if v.Kind != yaml.ScalarNode && v.Kind != yaml.AliasNode && v.Style&yaml.FlowStyle == 0 {
		return nil, errors.New("it is a block of several lines")
	}
	end, err := s.end(v)
	if err != nil {
		return nil, err
	}
	return s.splice(s.at(v), end, value), nil
}

// replaceNull writes the value of a key that has none.
func (s source) replaceNull(k, v *yaml.Node, value string) ([]byte, error) {
	if v.Value != "" {
		return s.set(v, value)
	}
	end, err := s.end(k)
	if err != nil {
		return nil, err
	}
	return s.splice(end, end+1, ": "+value), nil // the colon is next
}

// add puts an entry at the end of a mapping.
func (s source) add(m *yaml.Node, key, value string) ([]byte, error) {
	if m.Style&yaml.FlowStyle != 0 {
		return s.addFlow(m, key+": "+value)
	}
	last := m.Content[len(m.Content)-1]
	end, err := s.end(last)
	if err != nil {
		return nil, err
	}
	end = s.lineEnd(end) // behind a comment on the line
	indent := strings.Repeat(" ", m.Content[0].Column-1)
	return s.splice(end, end, "\n"+indent+key+": "+value), nil
}

func (s source) addFlow(m *yaml.Node, one string) ([]byte, error) {
	end, err := s.closing(s.at(m))
	if err != nil {
		return nil, err
	}
	if len(m.Content) == 0 {
		return s.splice(s.at(m), end, "{ "+one+" }"), nil
	}
	last, err := s.end(m.Content[len(m.Content)-1])
	if err != nil {
		return nil, err
	}
	return s.splice(last, last, ", "+one), nil
}

// remove takes an entry out of a mapping. The last entry leaves an empty one.
func (s source) remove(m, k, v *yaml.Node) ([]byte, error) {
	if len(m.Content) == 2 {
		if m.Style&yaml.FlowStyle != 0 {
			end, err := s.closing(s.at(m))
			return s.splice(s.at(m), end, "{}"), err
		}
		return nil, errors.New("it is the only entry of a block; remove what is around it")
	}
	end, err := s.end(v)
	if err != nil {
		return nil, err
	}
	if end < s.at(k) || v.Tag == "!!null" && v.Value == "" {
		if end, err = s.end(k); err != nil {
			return nil, err
		}
		end++ // the colon
	}
	if m.Style&yaml.FlowStyle != 0 {
		return s.removeFlow(m, k, end)
	}
	from, to := s.lines[k.Line-1], s.lineEnd(end)
	if strings.TrimSpace(string(s.text[from:s.at(k)])) != "" {
		return nil, errors.New("something else begins on its line")
	}
	if to < len(s.text) {
		to++
	}
	return s.splice(from, to, ""), nil
}

// removeFlow takes the comma behind an entry with it, or that before the last.
func (s source) removeFlow(m, k *yaml.Node, end int) ([]byte, error) {
	for i := 0; i < len(m.Content); i += 2 {
		switch {
		case m.Content[i] != k:
		case i+2 < len(m.Content):
			return s.splice(s.at(k), s.at(m.Content[i+2]), ""), nil
		default:
			before, err := s.end(m.Content[i-1])
			return s.splice(before, end, ""), err
		}
	}
	return nil, errors.New("it is not in the mapping")
}
