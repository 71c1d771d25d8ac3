package spec

import (
	"fmt"
	"slices"
	"strings"
)

// CheckDelegation compares a zone's name servers with those that the domain
// above names for it. One in common is enough: a resolver that finds it finds
// the zone.
func CheckDelegation(domain string, ours, answered []string) error {
	ours, answered = servers(ours), servers(answered)
	todo := fmt.Sprintf("write an NS record of %s with %s into the domain above, wait until resolvers have forgotten their old answer, and run up again; "+
		"or take zone.delegated out, and up makes the zone alone", domain, strings.Join(ours, ", "))
	switch {
	case len(answered) == 0:
		return fmt.Errorf("edge.domain.zone.delegated says that the domain above delegates to the zone of %s, and DNS knows no name server for it: "+
			"its certificates would wait 75 minutes for a validation that cannot come; %s", domain, todo)
	case !slices.ContainsFunc(answered, func(s string) bool { return slices.Contains(ours, s) }):
		return fmt.Errorf("edge.domain.zone.delegated says that the domain above delegates to the zone of %s, and it delegates to %s, which are another zone's: "+
			"its certificates would wait 75 minutes for a validation that cannot come; %s", domain, strings.Join(answered, ", "), todo)
	}
	return nil
}

// servers are names as DNS compares them, sorted.
func servers(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, strings.ToLower(strings.TrimSuffix(n, ".")))
	}
	slices.Sort(out)
	return out
}
