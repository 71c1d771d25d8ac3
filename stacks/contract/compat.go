package contract

import (
	"fmt"
	"slices"
	"strings"
)

// Change is one difference between two schemas.
type Change struct {
	Path string `json:"path"`
	// What happened, in words: "is removed".
	What string `json:"what"`
	// Breaks says that a reader of the older schema may fail on it.
	Breaks bool `json:"breaks"`
}

// Comparison is what separates two schemas.
type Comparison struct {
	// From and To are their versions.
	From string `json:"from"`
	To   string `json:"to"`
	// Changes by path.
	Changes []Change `json:"changes"`
}

// Breaking are the changes that the version does not allow: none when the
// versions differ, because readers of the older one are told so.
func (c Comparison) Breaking() []Change {
	if c.From != c.To {
		return nil
	}
	var out []Change
	for _, ch := range c.Changes {
		if ch.Breaks {
			out = append(out, ch)
		}
	}
	return out
}

// Compare says what a reader of the older schema meets in the newer one.
func Compare(older, newer []byte) (Comparison, error) {
	was, err := Fields(older)
	if err != nil {
		return Comparison{}, fmt.Errorf("older schema: %w", err)
	}
	is, err := Fields(newer)
	if err != nil {
		return Comparison{}, fmt.Errorf("newer schema: %w", err)
	}
	c := Comparison{From: VersionOf(was), To: VersionOf(is), Changes: []Change{}}
	for side, version := range map[string]string{"older": c.From, "newer": c.To} {
		if version == "" {
			return Comparison{}, fmt.Errorf("contract: the %s schema names no version: its field version must have exactly one value", side)
		}
	}
	now := byPath(is)
	for _, f := range was {
		if g, kept := now[f.Path]; kept {
			c.Changes = append(c.Changes, changed(f, g)...)
		} else {
			c.Changes = append(c.Changes, Change{f.Path, "is removed (" + f.Type + ")", true})
		}
	}
	before := byPath(was)
	for _, f := range is {
		if _, known := before[f.Path]; !known {
			c.Changes = append(c.Changes, Change{f.Path, "is added (" + f.Type + ")", false})
		}
	}
	slices.SortStableFunc(c.Changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return c, nil
}

func byPath(fields []Field) map[string]Field {
	out := map[string]Field{}
	for _, f := range fields {
		out[f.Path] = f
	}
	return out
}

// changed are the differences of one field. Its version is no field of its own:
// Comparison has it.
func changed(was, is Field) []Change {
	var out []Change
	add := func(breaks bool, what string, args ...any) {
		out = append(out, Change{was.Path, fmt.Sprintf(what, args...), breaks})
	}
	if was.Type != is.Type {
		add(true, "was %s and is %s", was.Type, is.Type)
	}
	switch {
	case was.Required && !is.Required:
		add(true, "was always there and may be absent")
	case !was.Required && is.Required:
		add(false, "is always there now")
	}
	if was.Secret != is.Secret {
		words := map[bool]string{true: "a secret", false: "no secret"}
		add(true, "was %s and is %s", words[was.Secret], words[is.Secret])
	}
	if was.Path == "version" {
		return out
	}
	if more := without(is.Values, was.Values); len(was.Values) > 0 && (len(is.Values) == 0 || len(more) > 0) {
		add(true, "could be %s only and can be %s", strings.Join(was.Values, ", "), anyOf(is.Values))
	} else if fewer := without(was.Values, is.Values); len(fewer) > 0 || len(was.Values) < len(is.Values) {
		add(false, "can be %s only", strings.Join(is.Values, ", "))
	}
	switch {
	case was.Pattern == is.Pattern:
	case was.Pattern == "":
		add(false, "matches %s now", is.Pattern)
	default:
		add(true, "matched %s and matches %s", was.Pattern, anyOf([]string{is.Pattern}))
	}
	return out
}

// without are the values of a that b has not.
func without(a, b []string) []string {
	var out []string
	for _, v := range a {
		if !slices.Contains(b, v) {
			out = append(out, v)
		}
	}
	return out
}

func anyOf(values []string) string {
	if text := strings.Join(values, ", "); text != "" {
		return text
	}
	return "anything"
}

// Secrets are the paths of an output whose values are secret: ciphertext of the
// engine's, or masked as the sandbox does. A contract has none.
func Secrets(output any) []string {
	var out []string
	secrets("", output, &out)
	slices.Sort(out)
	return out
}

// What a secret looks like in a state file and in what the sandbox prints.
// Source: pulumi 3.250.0, sdk/go/common/resource/sig; docs/sandbox.md.
const (
	signatureKey    = "4dabf18193072939515e22adb298388d"
	secretSignature = "1b47061264138c4ac30d75fd1eb44270"
	maskedSecret    = "[secret]"
)

func secrets(at string, v any, out *[]string) {
	switch v := v.(type) {
	case map[string]any:
		if v[signatureKey] == secretSignature {
			*out = append(*out, strings.TrimPrefix(at, "."))
			return
		}
		for key, inner := range v {
			secrets(at+"."+key, inner, out)
		}
	case []any:
		for i, inner := range v {
			secrets(fmt.Sprintf("%s.%d", at, i), inner, out)
		}
	case string:
		if v == maskedSecret {
			*out = append(*out, strings.TrimPrefix(at, "."))
		}
	}
}
