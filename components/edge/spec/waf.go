package spec

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// groupWCU is the capacity of AWS's managed groups in web ACL capacity units.
// Source: AWS WAF developer guide, "AWS Managed Rules rule groups list", read
// in stored copies 2026-11 (medium: AWS may change a group's default version).
var groupWCU = map[string]int{
	"AWSManagedRulesCommonRuleSet":          700,
	"AWSManagedRulesAdminProtectionRuleSet": 100,
	"AWSManagedRulesKnownBadInputsRuleSet":  200,
	"AWSManagedRulesSQLiRuleSet":            200,
	"AWSManagedRulesLinuxRuleSet":           200,
	"AWSManagedRulesUnixRuleSet":            100,
	"AWSManagedRulesWindowsRuleSet":         200,
	"AWSManagedRulesPHPRuleSet":             100,
	"AWSManagedRulesWordPressRuleSet":       100,
	"AWSManagedRulesAmazonIpReputationList": 25,
	"AWSManagedRulesAnonymousIpList":        50,
}

// defaultGroups stand before an application that nothing is known of.
var defaultGroups = []string{"AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"}

// Capacities of single statements and limits of a web ACL.
// Source: AWS WAF developer guide, "Rule statements" (IP set match 1, rate
// based 2) and WAFv2 API (RateBasedStatement, IPSet), read 2026-11.
const (
	ipSetWCU        = 1
	rateWCU         = 2
	maxWCU          = 5000
	minRate         = 10
	maxRate         = 2_000_000_000
	maxIPSet        = 10000
	maxRedactFields = 100 // LoggingConfiguration.RedactedFields
)

var rateWindows = []int{60, 120, 300, 600}

// redacted are headers that no log may hold, whoever asks for it.
var redacted = []string{"authorization", "cookie"}

// Redacted are the headers that the WAF's log blanks, sorted.
func (l WAFLogging) Redacted() []string {
	out := slices.Clone(redacted)
	for _, h := range l.RedactHeaders {
		if name := strings.ToLower(h); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Groups are the names of the managed groups in the order of their rules.
func (w WAF) Groups() []string { return slices.Sorted(maps.Keys(w.Managed)) }

// WCU is the capacity that the ACL takes. Defaults are filled in.
func (w WAF) WCU() int {
	sum := 0
	for _, g := range w.Managed {
		sum += g.WCU
	}
	for _, set := range [][]string{w.Allow, w.Deny} {
		if len(set) > 0 {
			sum += ipSetWCU
		}
	}
	if w.RateLimit != nil {
		sum += rateWCU
	}
	return sum
}

func (w WAF) validate() finding.List {
	var out finding.List
	w = w.withDefaults()
	for _, name := range w.Groups() {
		g, at := w.Managed[name], "managed."+name
		action(&out, at+".action", g.Action)
		if g.WCU == 0 {
			fix := "give the group's capacity from AWS's list"
			if near := strict.Nearest(name, slices.Sorted(maps.Keys(groupWCU))); near != "" {
				fix = fmt.Sprintf("did you mean %q? otherwise %s", near, fix)
			}
			out.Add(at+".wcu", fix, "the capacity of group %q is not known here", name)
		}
		if g.WCU < 0 || g.WCU > maxWCU {
			out.Add(at+".wcu", fmt.Sprintf("use 1 to %d", maxWCU), "%d is not a capacity", g.WCU)
		}
		if len(g.CountRules) > 0 && g.Action == Count {
			out.Add(at+".countRules", "remove it, or set action to block", "has no effect while the whole group counts")
		}
	}
	blocks(&out, "allow", w.Allow, 0)
	blocks(&out, "deny", w.Deny, 0)
	if r := w.RateLimit; r != nil {
		if r.Requests < minRate || r.Requests > maxRate {
			out.Add("rateLimit.requests", fmt.Sprintf("use %d to %d", minRate, maxRate), "%d is not a limit that AWS takes", r.Requests)
		}
		if !slices.Contains(rateWindows, r.WindowSeconds) {
			out.Add("rateLimit.windowSeconds", "use 60, 120, 300 or 600", "%d seconds is no window that AWS counts in", r.WindowSeconds)
		}
		action(&out, "rateLimit.action", r.Action)
	}
	if l := *w.Logging; !l.Disabled {
		if !slices.Contains(retentions, l.RetentionDays) {
			out.Add("logging.retentionDays", fmt.Sprintf("use one of %v", retentions), "CloudWatch Logs does not offer %d days", l.RetentionDays)
		}
		if n := len(l.Redacted()); n > maxRedactFields {
			out.Add("logging.redactHeaders", fmt.Sprintf("use at most %d", maxRedactFields-len(redacted)), "%d headers are more than AWS redacts", n)
		}
	}
	switch {
	case w.MaxWCU < 1 || w.MaxWCU > maxWCU:
		out.Add("maxWcu", fmt.Sprintf("use 1 to %d", maxWCU), "%d is not a capacity that a web ACL can have", w.MaxWCU)
	case w.WCU() > w.MaxWCU:
		out.Add("managed", "remove a group, or raise maxWcu to pay for more", "takes %d WCU, maxWcu is %d: %s", w.WCU(), w.MaxWCU, w.arithmetic())
	}
	return out
}

// arithmetic writes the capacity out as a sum.
func (w WAF) arithmetic() string {
	var parts []string
	for _, name := range w.Groups() {
		parts = append(parts, fmt.Sprintf("%d %s", w.Managed[name].WCU, name))
	}
	if n := w.WCU() - sum(w.Managed); n > 0 {
		parts = append(parts, fmt.Sprintf("%d for addresses and rate", n))
	}
	return strings.Join(parts, " + ")
}

func sum(groups map[string]ManagedGroup) int {
	n := 0
	for _, g := range groups {
		n += g.WCU
	}
	return n
}

func action(out *finding.List, path, value string) {
	if value != Count && value != Block {
		out.Add(path, strict.Suggest(value, []string{Count, Block}), "%q is not an action", value)
	}
}

// blocks checks IPv4 blocks in the form in which AWS compares them. shortest is
// the shortest prefix that may be named; 0 means any but everything.
func blocks(out *finding.List, path string, in []string, shortest int) {
	if len(in) > maxIPSet {
		out.Add(path, fmt.Sprintf("use at most %d", maxIPSet), "%d blocks are more than an IP set holds", len(in))
	}
	for i, text := range in {
		at := fmt.Sprintf("%s[%d]", path, i)
		p, err := netip.ParsePrefix(text)
		switch {
		case err != nil || !p.Addr().Is4():
			out.Add(at, "use for example 203.0.113.0/24", "%q is not an IPv4 block", text)
		case p != p.Masked():
			out.Add(at, "use "+p.Masked().String(), "%q has bits set beyond its length", text)
		case p.Bits() == 0:
			out.Add(at, "name your own blocks", "%q is the whole internet", text)
		case p.Bits() < shortest:
			out.Add(at, fmt.Sprintf("name your own blocks, /%d or longer", shortest), "%q is %d addresses, more than any company has", text, 1<<(32-p.Bits()))
		case slices.Contains(in[:i], text):
			out.Add(at, "remove it", "%q is listed twice", text)
		}
	}
}

// retentions are the days that CloudWatch Logs offers. Source: CloudWatch Logs
// API, PutRetentionPolicy, retentionInDays (medium).
var retentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
	1096, 1827, 2192, 2557, 2922, 3288, 3653}
