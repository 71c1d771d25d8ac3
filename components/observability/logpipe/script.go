package logpipe

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed rules.lua
var rulesLua string

// RulesScript is the file that drops and redacts: the plan's tables, then the
// code that reads them.
func (p Plan) RulesScript() string {
	l := p.logs()
	var b strings.Builder
	fmt.Fprintf(&b, "local cluster = %s\n", lua(p.Cluster))
	b.WriteString("local drop = {")
	for _, d := range l.Drop {
		b.WriteString(" { ")
		for _, f := range []struct{ name, value string }{{"namespace", d.Namespace}, {"container", d.Container}, {"contains", d.Contains}} {
			if f.value != "" {
				fmt.Fprintf(&b, "%s = %s, ", f.name, lua(f.value))
			}
		}
		b.WriteString("},")
	}
	b.WriteString(" }\nlocal values = {")
	for _, v := range l.Redact.Values {
		fmt.Fprintf(&b, " %s,", lua(v))
	}
	b.WriteString(" }\nlocal fields = {")
	for _, f := range l.Redact.Fields {
		fmt.Fprintf(&b, " [%s] = true,", lua(strings.ToLower(f)))
	}
	b.WriteString(" }\n\n")
	b.WriteString(rulesLua)
	return b.String()
}

// lua writes a string of Lua: quotes, backslashes and bytes that are no
// printable ASCII as escapes, which every Lua reads the same way.
func lua(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, "\\%03d", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
