package rules

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/aws/cases"
	"github.com/ladder-platform/ladder/sandbox/drive"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// TestARuleRefusesThroughTheEngineUntilItIsOff takes the shortest case of each
// service and verb: the engine reports AWS's words, and with the rule off the
// same program comes up.
func TestARuleRefusesThroughTheEngineUntilItIsOff(t *testing.T) {
	for _, c := range sample() {
		t.Run(c.Rule+"/"+c.Sentence, func(t *testing.T) {
			t.Parallel()
			var off rule.Set
			off.Disable(c.Rule)
			if err := take(t, c, nil); err == nil || !strings.Contains(flat(err.Error()), flat(c.Text)) {
				t.Errorf("the engine reported: %v\nwant it to contain: %s", err, c.Text)
			}
			if err := take(t, c, &off); err != nil {
				t.Errorf("with the rule off the engine reported: %v", err)
			}
		})
	}
}

func TestTheSampleHasEveryService(t *testing.T) {
	have := map[string]bool{}
	for _, c := range sample() {
		have[service(c)] = true
	}
	for _, c := range cases.All() {
		if !have[service(c)] {
			t.Errorf("no case of %s can be made by a program alone", service(c))
			have[service(c)] = true
		}
	}
}

func service(c cases.Case) string {
	name, _, _ := strings.Cut(c.Rule, ".")
	return name
}

// sample is the case with the fewest objects of each service and verb. Cases
// with a second rule behind the first, or steps that no program takes, are out.
func sample() []cases.Case {
	best := map[string]cases.Case{}
	for _, c := range cases.All() {
		odd := func(s cases.Step) bool { return s.Op != "" && s.Op != "create" }
		if len(c.Behind) > 0 || c.Saved || c.Then.Op == "invoke" || c.Then.Op == "delete" || slices.ContainsFunc(c.Given, odd) {
			continue
		}
		key := service(c) + " " + cmp.Or(c.Then.Op, "create")
		if b, ok := best[key]; !ok || len(c.Given) < len(b.Given) {
			best[key] = c
		}
	}
	var out []cases.Case
	for _, key := range slices.Sorted(maps.Keys(best)) {
		out = append(out, best[key])
	}
	return out
}

// flat undoes the line breaks that the engine puts into long messages.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// take makes what a case starts from, takes its last step, and returns what the
// engine reported of that step.
func take(t *testing.T, c cases.Case, rules *rule.Set) error {
	t.Helper()
	r := rig.New(t, rig.Options{Rules: rules})
	if err := r.World().Tx(func(tx *world.Tx) error {
		for name, n := range c.Quotas {
			tx.Put(&world.Object{Kind: aws.QuotaKind, Scope: cases.Account + "/" + cases.Region, ID: name, Owner: world.OwnerSeed, Attrs: map[string]any{"value": n}})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	p, project := &program{}, drive.Project(t, "rules")
	up := func(steps []cases.Step) error {
		p.steps = steps
		_, err := r.Up(t.Context(), drive.Program(project, cases.Account, cases.Caller, p.run))
		return err
	}
	switch c.Then.Op {
	case "configure":
		p.asked = c.Then.In
		return up(c.Given)
	case "connect": // nobody's resource: the engine makes the gateway, and the cloud answers
		if err := up(c.Given); err != nil {
			t.Fatalf("what the case starts from: %v", err)
		}
		return p.connect(r, c.Then, rules)
	case "update":
		if err := up(c.Given); err != nil {
			t.Fatalf("what the case starts from: %v", err)
		}
		after := slices.Clone(c.Given)
		for i, s := range after {
			if s.Type == c.Then.Type && s.Name == c.Then.Name {
				after[i].In = c.Then.In
			}
		}
		return up(after)
	}
	return up(append(slices.Clone(c.Given), c.Then))
}

// connect opens connections through a gateway that the program made.
func (p *program) connect(r *rig.Rig, s cases.Step, rules *rule.Set) error {
	id := ""
	r.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find(s.Type, "", func(o *world.Object) bool { return strings.HasSuffix(o.URN, "::"+s.Name) }) {
			id = o.ID
		}
	})
	return aws.Connect(r.World(), rules, id, s.In["destination"].(string), s.In["connections"].(int))
}

// program registers the steps of a case one after the other.
type program struct {
	steps []cases.Step
	asked map[string]any // a second provider with this configuration; nil is none
	made  []*object
}

// object has the outputs that cases refer to.
type object struct {
	pulumi.CustomResourceState
	Arn  pulumi.StringOutput `pulumi:"arn"`
	step cases.Step
}

func (p *program) run(ctx *pulumi.Context) error {
	p.made = nil
	var provider struct{ pulumi.ProviderResourceState }
	if err := ctx.RegisterResource("pulumi:providers:aws", "aws", pulumi.Map{"region": pulumi.String(cases.Region)}, &provider); err != nil {
		return err
	}
	for _, s := range p.steps {
		o := &object{step: s}
		inputs, err := drive.InputsWith(s.In, p.text)
		if err != nil {
			return fmt.Errorf("%s %q: %w", s.Type, s.Name, err)
		}
		opts := []pulumi.ResourceOption{pulumi.Provider(&provider)}
		if n := len(p.made); n > 0 {
			opts = append(opts, pulumi.DependsOn([]pulumi.Resource{p.made[n-1]}))
		}
		if err := ctx.RegisterResource(s.Type, s.Name, inputs, o, opts...); err != nil {
			return err
		}
		p.made = append(p.made, o)
	}
	if p.asked == nil {
		return nil
	}
	return p.ask(ctx)
}

// ask makes the second provider after everything else, and a resource on it:
// the engine tells of a refused configuration when a resource first needs it.
func (p *program) ask(ctx *pulumi.Context) error {
	config := pulumi.Map{}
	for key, v := range p.asked {
		text, ok := v.(string)
		if !ok { // as the SDK hands lists and objects over
			encoded, err := json.Marshal(v)
			if err != nil {
				return err
			}
			text = string(encoded)
		}
		config[key] = pulumi.String(text)
	}
	var opts []pulumi.ResourceOption
	if n := len(p.made); n > 0 {
		opts = append(opts, pulumi.DependsOn([]pulumi.Resource{p.made[n-1]}))
	}
	var asked struct{ pulumi.ProviderResourceState }
	if err := ctx.RegisterResource("pulumi:providers:aws", "asked", config, &asked, opts...); err != nil {
		return err
	}
	var group pulumi.CustomResourceState
	return ctx.RegisterResource("aws:cloudwatch/logGroup:LogGroup", "any", pulumi.Map{}, &group, pulumi.Provider(&asked))
}

var reference = regexp.MustCompile(`^\$\{([a-z0-9-]+)(\.arn)?\}$`)

// text is a text of a case as a program writes it, with references resolved.
func (p *program) text(x string) (pulumi.Input, error) {
	if m := reference.FindStringSubmatch(x); m != nil {
		return p.lookup(m[1], m[2] != "")
	}
	return pulumi.String(x), nil
}

// lookup prefers what other resources refer to where a name has several.
func (p *program) lookup(name string, arn bool) (pulumi.Input, error) {
	var found *object
	for _, o := range p.made {
		if o.step.Name == name && (found == nil || referred[o.step.Type]) {
			found = o
		}
	}
	switch {
	case found == nil:
		return nil, fmt.Errorf("no resource %q before this one", name)
	case arn:
		return found.Arn, nil
	}
	return found.ID().ToStringOutput(), nil
}

var referred = map[string]bool{
	"aws:ec2/subnet:Subnet": true, "aws:ec2/routeTable:RouteTable": true, "aws:ec2/securityGroup:SecurityGroup": true,
	"aws:iam/role:Role": true, "aws:eks/cluster:Cluster": true, "aws:kms/key:Key": true,
}
