package report

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

func (p *printer) cost(r Report) {
	if r.Cost == nil || r.Error != "" || r.Verb == "destroy" || r.Verb == "refresh" {
		return
	}
	c := r.Cost
	p.section(fmt.Sprintf("Cost: about %s a month, without what depends on use", USD(c.USDMonth)))
	if r.Changes() == 0 {
		return // the lines were shown when it was brought up, and --json has them
	}
	for _, l := range c.Lines {
		note := ""
		if l.Note != "" {
			note = "  (" + l.Note + ")"
		}
		p.f("  %10s  %-14s %s%s\n", USD(l.USDMonth), l.Component, l.What, note)
	}
	p.f("  An estimate from list prices, before tax and discounts; collected %s, the oldest of %s,\n", c.AsOf, c.Oldest)
	p.f("  from %s (--json says which).\n", count(len(c.Sources), "source"))
	if len(c.Unknown) > 0 {
		p.f("  Not in the sum:\n")
		for _, u := range c.Unknown {
			p.f("    - %s\n", u)
		}
	}
}

// count is "1 source", "3 sources".
func count(n int, what string) string { return fmt.Sprintf("%d %s", n, plural(what, n)) }

// USD with thousands separated: "$1,234.50".
func USD(v float64) string {
	s := fmt.Sprintf("%.2f", v)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, cents, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + "$" + whole + "." + cents
}

// longest is where an output is cut: the record and the contract are for programs.
const longest = 120

func (p *printer) outputs(r Report) {
	if r.Verb != "up" || len(r.Outputs) == 0 {
		return
	}
	p.section("Outputs (ladder has them in full with --json)")
	keys := make([]string, 0, len(r.Outputs))
	for k := range r.Outputs {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		p.output("  ", k, r.Outputs[k])
	}
}

// output prints one value; maps are opened, two levels deep, so that a reader
// sees "clusters: main: endpoint" without reading JSON.
func (p *printer) output(indent, key string, value any) {
	if m, ok := value.(map[string]any); ok && len(indent) < 6 && len(m) > 0 {
		p.f("%s%s:\n", indent, key)
		keys := make([]string, 0, len(m))
		for k := range m {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			p.output(indent+"  ", k, m[k])
		}
		return
	}
	text, ok := value.(string)
	if !ok {
		b, err := json.Marshal(value)
		if err != nil {
			text = fmt.Sprint(value)
		} else {
			text = string(b)
		}
	}
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest]) + " …"
	}
	p.f("%s%s: %s\n", indent, key, text)
}

func (p *printer) access(r Report) {
	if r.Verb != "up" || r.Error != "" || len(r.Access) == 0 {
		return
	}
	p.section("Reaching the clusters (on a real account; the sandbox has no API server to talk to)")
	for _, a := range r.Access {
		p.f("  %s\n", a.Cluster)
		p.f("    kubeconfig:  aws eks update-kubeconfig --region %s --name %s\n", a.Region, a.Cluster)
		p.f("                 (as a principal that clusters.%s.access names)\n", a.Key)
		if !a.Private {
			p.f("    endpoint:    public, for the CIDRs in clusters.%s.endpoint.publicCidrs\n", a.Key)
			continue
		}
		host := strings.TrimPrefix(a.Endpoint, "https://")
		if host == "" {
			host = "<endpoint host>"
		}
		p.f("    endpoint:    private, %s\n", host)
		if a.Bastion == "" {
			p.f("    way in:      a network that routes to the VPC (VPN, Direct Connect), or set clusters.%s.bastion: {}\n", a.Key)
			continue
		}
		p.f("    way in:      aws ssm start-session --region %s --target %s \\\n", a.Region, a.Bastion)
		p.f("                   --document-name AWS-StartPortForwardingSessionToRemoteHost \\\n")
		p.f("                   --parameters '{\"host\":[\"%s\"],\"portNumber\":[\"443\"],\"localPortNumber\":[\"8443\"]}'\n", host)
		p.f("                 then, in another terminal:\n")
		p.f("                   kubectl --server https://localhost:8443 --tls-server-name %s get nodes\n", host)
	}
}

// messages prints what the engine and the program said, without errors: the
// command's own error has them.
func (p *printer) messages(r Report) {
	first := true
	for _, m := range r.Messages {
		if r.Error != "" && strings.HasPrefix(m, "error:") || strings.Contains(r.Error, m) {
			continue
		}
		if first {
			p.section("Messages")
			first = false
		}
		p.f("  %s\n", strings.ReplaceAll(strings.TrimSpace(m), "\n", "\n  "))
	}
}

func (p *printer) kept(r Report) {
	if r.Verb != "destroy" || r.Error != "" {
		return
	}
	if len(r.Kept) == 0 {
		p.section("Nothing of the stack is left in the cloud.")
		return
	}
	p.section("Left in the cloud on purpose")
	for _, k := range r.Kept {
		p.f("  - %s\n", k)
	}
}

// next says what to do now, with commands that can be pasted.
func (p *printer) next(r Report) {
	steps := Next(r)
	if len(steps) == 0 {
		return
	}
	p.section("Next")
	for _, s := range steps {
		p.f("  %s\n", s)
	}
}

// Next are the steps that make sense after a run.
func Next(r Report) []string {
	here := r.Again
	switch {
	case r.Error != "" && r.Verb == "preview":
		return []string{"mend what the message names, then: ladder preview " + here}
	case r.Interrupted:
		return []string{"ladder " + r.Verb + " " + here + "   (goes on where it stopped)"}
	case r.Error != "":
		return []string{"ladder recover " + here + "   (clears the lock, adopts what exists but was not recorded)",
			"ladder " + r.Verb + " " + here + "        (then run it again)"}
	case r.Verb == "preview" && r.Changes() == 0:
		return []string{"nothing to do: the stack is as its file says"}
	case r.Verb == "preview":
		return []string{"ladder up " + here + "      (on the simulated cloud, minutes of virtual time in seconds)",
			"pulumi up -s " + r.Stack + "              (on a real account: docs/real-account.md)"}
	case r.Verb == "up":
		return append([]string{"ladder preview " + here + "   (shows no change now)"}, destroySteps(r, here)...)
	case r.Verb == "refresh":
		return []string{"ladder preview " + here + "   (shows what drifted)"}
	}
	return append(late(r, here), "ladder up "+here+"      (begins again)")
}

// late are the commands that take a cluster's late log group away: its control
// plane wrote last lines after the group was deleted, which made it again, and
// the next up of a cluster of that name would fail on it ("already exists").
func late(r Report, here string) []string {
	var out []string
	for _, k := range r.Kept {
		name, ok := strings.CutPrefix(k, "log group ")
		if !ok || !strings.HasPrefix(name, "/aws/eks/") {
			continue
		}
		_, flags, _ := strings.Cut(here, "--sandbox")
		out = append(out, "ladder sandbox drift delete "+name+withDir(flags)+"   (the late log group: the next up would find it in its way;",
			"    on a real account: aws logs delete-log-group --region "+r.Environment.Region+" --log-group-name "+name+")")
	}
	return out
}

// withDir is the --dir flag of a command's flags, if it has one.
func withDir(flags string) string {
	fields := strings.Fields(flags)
	for i, f := range fields {
		if f == "--dir" && i+1 < len(fields) {
			return " --dir " + fields[i+1]
		}
	}
	return ""
}

func destroySteps(r Report, here string) []string {
	if !r.Environment.Protected {
		return []string{"ladder destroy " + here}
	}
	return []string{"to destroy: set environment.protect: false in the stack file, ladder up " + here + ", ladder destroy " + here}
}
