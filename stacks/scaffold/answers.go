package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/release"
)

// Answers are what a new stack file is made of.
type Answers struct {
	// Stack is the name: Pulumi.<Stack>.yaml.
	Stack string
	// Stage is dev, stg or prd.
	Stage string
	// After is the stack that it follows; its file gives the shape.
	After     string
	Region    string
	AccountID string
	// DeployerRoleARN is the role that runs pulumi.
	DeployerRoleARN string
	Owner           string
	// Domain of the edge; "" means none, where the stack follows nobody.
	Domain string
	// Release of the catalogue.
	Release string
	// CIDR of the first network, and PodCIDR of its pods.
	CIDR, PodCIDR string
}

// Other is a stack that is there already.
type Other struct {
	Name   string
	Config config.Stack
	// Text of its file.
	Text []byte
}

// find is another stack by name.
func find(others []Other, name string) (Other, bool) {
	for _, o := range others {
		if o.Name == name {
			return o, true
		}
	}
	return Other{}, false
}

// Suggest fills what was not answered and can be guessed from the rest: never
// the account, the owner or the domain of a stack.
func (a Answers) Suggest(others []Other) Answers {
	if a.Stage == "" {
		a.Stage = stageOf(a.Stack)
	}
	if a.After == "" {
		a.After = before(a.Stage, others)
	}
	up, follows := find(others, a.After)
	if a.Region == "" && follows {
		a.Region = up.Config.Environment.Region
	}
	if a.Owner == "" && follows {
		a.Owner = up.Config.Environment.Owner
	}
	if a.DeployerRoleARN == "" && a.AccountID != "" {
		a.DeployerRoleARN = "arn:aws:iam::" + a.AccountID + ":role/ladder-deployer"
	}
	if a.Release == "" {
		a.Release = up.Config.Release
	}
	if a.Release == "" {
		if c, broken := release.Shipped(); len(broken.Errors()) == 0 {
			a.Release = c.Names()[len(c.Names())-1]
		}
	}
	if a.Domain == "" && follows && up.Config.Edge != nil {
		_, above, _ := strings.Cut(up.Config.Edge.Domain.Name, ".")
		a.Domain = a.Stack + "." + above
	}
	return a.suggestBlocks(others)
}

func (a Answers) suggestBlocks(others []Other) Answers {
	var stacks []config.Stack
	for _, o := range others {
		stacks = append(stacks, o.Config)
	}
	taken := Taken(stacks)
	if p, ok := Free(nodeBlocks(), taken); ok && a.CIDR == "" {
		a.CIDR = p.String()
	}
	if p, ok := Free(podBlocks(), taken); ok && a.PodCIDR == "" {
		a.PodCIDR = p.String()
	}
	return a
}

// stageOf guesses the stage from a stack's name: prd-usw2 is prd.
func stageOf(stack string) string {
	for _, stage := range []string{config.Prd, config.Stg, config.Dev} {
		if stack == stage || strings.HasPrefix(stack, stage+"-") {
			return stage
		}
	}
	return config.Dev
}

// before is the first stack of the stage before; "" where there is none.
func before(stage string, others []Other) string {
	want := map[string]string{config.Stg: config.Dev, config.Prd: config.Stg}[stage]
	for _, o := range others {
		if want != "" && o.Config.Environment.Stage == want {
			return o.Name
		}
	}
	return ""
}

// Missing are the answers without which no file can be written, in the order
// in which a person would be asked.
func (a Answers) Missing() []string {
	var out []string
	for _, m := range []struct{ name, value string }{
		{"stage", a.Stage}, {"region", a.Region}, {"account", a.AccountID}, {"deployer-role", a.DeployerRoleARN}, {"owner", a.Owner},
	} {
		if m.value == "" {
			out = append(out, m.name)
		}
	}
	if a.After == "" && a.Stage != config.Dev && a.Stage != "" {
		out = append(out, "after")
	}
	return out
}

// check are the mistakes that would make a file that nobody can repair by its
// findings: everything else is said by config check of the file itself.
func (a Answers) check(others []Other) finding.List {
	var out finding.List
	if _, ok := facts.RegionByName(a.Region); !ok {
		out.Add("environment.region", "use for example ap-northeast-2", "%q is not a region", a.Region)
	}
	if _, there := find(others, a.Stack); there {
		out.Add("", "choose another name, or edit that file", "there is a stack %q already", a.Stack)
	}
	if _, there := find(others, a.After); a.After != "" && !there {
		out.Add("promotion.after", "use one of "+strings.Join(names(others), ", "), "there is no stack %q", a.After)
	}
	return out
}

func names(others []Other) []string {
	var out []string
	for _, o := range others {
		out = append(out, o.Name)
	}
	slices.Sort(out)
	return out
}

// zones are the zone IDs of a new stack in a region: as many as the stack that
// it follows has, else three.
func zones(region string, n int) []string {
	r, _ := facts.RegionByName(region)
	var out []string
	for i := 1; i <= n; i++ {
		out = append(out, fmt.Sprintf("%s-az%d", r.ZonePrefix, i))
	}
	return out
}
