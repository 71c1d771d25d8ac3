package scaffold

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/yamledit"
	"github.com/ladder-platform/ladder/stacks/config"
)

// soaks are how long the stage before runs a release first, by stage.
var soaks = map[string]string{config.Stg: "24h", config.Prd: "72h"}

// follow is the file of the stack before with what is its own replaced: account,
// names, blocks, zones and domain. The shape stays, since a soak of another
// shape would prove nothing.
func follow(a Answers, up Other, others []Other) ([]byte, finding.List) {
	var out finding.List
	for key, n := range up.Config.Networks {
		if n.Existing != nil {
			out.Add("networks."+key+".existing", "copy Pulumi."+up.Name+".yaml and write the subnets of the new account into it", "%q uses a VPC that somebody else made, and nobody can guess the new one's", up.Name)
		}
	}
	if len(out) > 0 {
		return nil, out
	}
	text := renamed(withoutPromotion(up.Text), a, up)
	text, err := yamledit.Apply(text, a.edits(up, others)...)
	if err != nil {
		out.Add("", "copy the file by hand", "Pulumi.%s.yaml cannot be taken for a pattern: %s", up.Name, err)
		return nil, out
	}
	return header(text, a), nil
}

// edits are the values that are the new stack's own, by path.
func (a Answers) edits(up Other, others []Other) []yamledit.Edit {
	var out []yamledit.Edit
	set := func(value string, path ...string) {
		path[0] = config.Namespace + path[0]
		out = append(out, yamledit.Edit{Path: append([]string{"config"}, path...), Value: value})
	}
	set(a.Stage, "environment", "stage")
	set(a.Region, "environment", "region")
	set(fmt.Sprintf("%q", a.AccountID), "environment", "accountId")
	set(a.DeployerRoleARN, "environment", "deployerRoleArn")
	set(fmt.Sprintf("%q", a.Owner), "environment", "owner")
	set(fmt.Sprintf("%q", a.Release), "release")
	e := up.Config.Environment
	set(fmt.Sprintf("{ after: %s, soak: %s, reader: { roleArn: arn:aws:iam::%s:role/ladder-record-reader, region: %s } }",
		up.Name, soaks[a.Stage], e.AccountID, e.Region), "promotion")
	for key, blocks := range a.blocks(up, others) {
		set(blocks[0], "networks", key, "cidr")
		if blocks[1] != "" {
			set(blocks[1], "networks", key, "podCidr")
		}
		set("["+strings.Join(zones(a.Region, len(up.Config.Networks[key].Zones)), ", ")+"]", "networks", key, "zones")
	}
	if up.Config.Mesh != nil {
		set(a.Stack+".ladder.internal", "mesh", "trustDomain")
	}
	if up.Config.Edge != nil {
		set(a.Domain, "edge", "domain", "name")
		set("{ create: true }", "edge", "domain", "zone")
	}
	if up.Config.Sample != nil && a.Stage == config.Prd {
		set("", "sample")
	}
	slices.SortStableFunc(out, func(x, y yamledit.Edit) int {
		return strings.Compare(strings.Join(x.Path, "."), strings.Join(y.Path, "."))
	})
	return out
}

// blocks are a block for nodes and one for pods of each network of the stack
// before, of the same size as there.
func (a Answers) blocks(up Other, others []Other) map[string][2]string {
	var stacks []config.Stack
	for _, o := range others {
		stacks = append(stacks, o.Config)
	}
	taken, out := Taken(stacks), map[string][2]string{}
	next := func(given, like string, from []netip.Prefix) string {
		if like == "" {
			return ""
		}
		p, err := netip.ParsePrefix(given)
		if err != nil {
			p, _ = Free(from, taken)
			if old, err := netip.ParsePrefix(like); err == nil {
				p = netip.PrefixFrom(p.Addr(), max(old.Bits(), p.Bits()))
			}
		}
		taken = append(taken, p)
		return p.String()
	}
	for i, key := range sorted(up.Config.Networks) {
		n, own := up.Config.Networks[key], a
		if i > 0 {
			own.CIDR, own.PodCIDR = "", "" // given for the first network only
		}
		out[key] = [2]string{next(own.CIDR, n.CIDR, nodeBlocks()), next(own.PodCIDR, n.PodCIDR, podBlocks())}
	}
	return out
}

func sorted[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// withoutPromotion takes the section away, with the comments right above it,
// which speak of the stack before.
func withoutPromotion(text []byte) []byte {
	var out []string
	in := false
	for _, line := range strings.SplitAfter(string(text), "\n") {
		switch {
		case strings.HasPrefix(line, "  "+config.Namespace+"promotion:"):
			in = true
			for len(out) > 0 && strings.HasPrefix(out[len(out)-1], "  #") {
				out = out[:len(out)-1]
			}
			continue
		case in && (strings.HasPrefix(line, "   ") || strings.TrimSpace(line) == ""):
			continue
		}
		in = false
		out = append(out, line)
	}
	return []byte(strings.Join(out, ""))
}

// renamed writes the new account, domain and stack where the text has those of
// the stack before: in principals, hosts, and prefixes of secrets and tags.
func renamed(text []byte, a Answers, up Other) []byte {
	s := strings.ReplaceAll(string(text), up.Config.Environment.AccountID, a.AccountID)
	if up.Config.Edge != nil {
		s = strings.ReplaceAll(s, up.Config.Edge.Domain.Name, a.Domain)
	}
	// As a whole word between slashes or behind a hyphen at the end of a value.
	name := regexp.MustCompile(`/` + regexp.QuoteMeta(up.Name) + `/|-` + regexp.QuoteMeta(up.Name) + `(?m:$)`)
	return []byte(name.ReplaceAllStringFunc(s, func(m string) string { return strings.Replace(m, up.Name, a.Stack, 1) }))
}

// header says where the file is from, in place of what the other one said of itself.
func header(text []byte, a Answers) []byte {
	_, body, ok := strings.Cut(string(text), "\nconfig:\n")
	if !ok {
		return text
	}
	return []byte("# yaml-language-server: $schema=./stacks/config/schema.json\n" +
		"# Written by ladder init " + a.Stack + ", in the shape of " + a.After + ". What is left out has a default: docs/reference.md.\n" +
		"config:\n" + body)
}
