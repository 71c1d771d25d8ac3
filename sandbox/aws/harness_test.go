package aws_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/aws/cases"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

var today = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// bench drives one provider as the engine does, and remembers its state.
type bench struct {
	testing.TB
	w     *world.World
	p     plugin.Provider
	state map[string]*saved
	ops   []deps.Operation
	rules *rule.Set

	inside  *kube.Inside
	samples []kube.Sample // of those who listen to inside
}

type saved struct {
	typ             string
	id              resource.ID
	inputs, outputs resource.PropertyMap
}

func newBench(t testing.TB, rules *rule.Set) *bench {
	t.Helper()
	b := &bench{TB: t, w: world.New(7, today), state: map[string]*saved{}, rules: rules, inside: kube.NewInside(rules)}
	b.p = aws.New(deps.Deps{World: b.w, Rules: rules, AccountID: cases.Account, CallerARN: cases.Caller,
		Kube: b.inside, Record: func(o deps.Operation) { b.ops = append(b.ops, o) }})
	if _, err := b.p.Configure(context.Background(), plugin.ConfigureRequest{Inputs: props(map[string]any{"region": cases.Region})}); err != nil {
		t.Fatal(err)
	}
	return b
}

func props(m map[string]any) resource.PropertyMap { return resource.NewPropertyMapFromMap(m) }

func urn(typ, name string) resource.URN {
	return resource.NewURN("dev", "test", "", tokens.Type(typ), name)
}

var ref = regexp.MustCompile(`\$\{([^}]+)\}`)

// resolve replaces "${name}" and "${name.path}".
func (b *bench) resolve(v any, typ string) any {
	switch x := v.(type) {
	case string:
		return ref.ReplaceAllStringFunc(x, func(m string) string { return b.lookup(m[2:len(m)-1], typ) })
	case map[string]any:
		out := map[string]any{}
		for k, e := range x {
			out[k] = b.resolve(e, typ)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = b.resolve(e, typ)
		}
		return out
	}
	return v
}

// lookup prefers the type that other resources refer to where a name has several.
func (b *bench) lookup(path, _ string) string {
	name, prop, hasProp := strings.Cut(path, ".")
	var found *saved
	for _, typ := range []string{"Subnet", "RouteTable", "SecurityGroup", "Role", "Cluster", "Key"} {
		for key, s := range b.state {
			if strings.HasSuffix(key, "::"+name) && strings.HasSuffix(s.typ, ":"+typ) {
				found = s
			}
		}
		if found != nil {
			break
		}
	}
	if found == nil {
		for key, s := range b.state {
			if strings.HasSuffix(key, "::"+name) {
				found = s
			}
		}
	}
	if found == nil {
		b.Fatalf("no resource %q in %v", name, b.state)
	}
	if !hasProp {
		return string(found.id)
	}
	where, err := resource.ParsePropertyPath(prop)
	if err != nil {
		b.Fatal(err)
	}
	v, ok := where.Get(resource.NewObjectProperty(found.outputs))
	if !ok {
		b.Fatalf("%s has no output %q: %v", name, prop, found.outputs)
	}
	return v.StringValue()
}

// do runs one step and returns its refusal.
func (b *bench) do(s cases.Step) error {
	b.Helper()
	inputs, _ := b.resolve(s.In, s.Type).(map[string]any)
	switch s.Op {
	case "configure":
		return b.configure(inputs)
	case "invoke":
		res, err := b.p.Invoke(context.Background(), plugin.InvokeRequest{Tok: tokens.ModuleMember(s.Type), Args: props(inputs)})
		return errors.Join(err, failures(res.Failures))
	case "connect":
		destination, _ := inputs["destination"].(string)
		n, _ := inputs["connections"].(int)
		return aws.Connect(b.w, b.rules, string(b.state[s.Type+"::"+s.Name].id), destination, n)
	case "seed":
		return b.seed(s, inputs)
	case "delete":
		return b.remove(s.Type, s.Name)
	case "fails": // a creation that leaves a failed object behind
		if err := b.create(s.Type, s.Name, inputs); err == nil {
			return fmt.Errorf("%s: the creation was expected to fail", s.Name)
		}
		return nil
	case "update":
		return b.update(s.Type, s.Name, inputs)
	}
	return b.create(s.Type, s.Name, inputs)
}

func (b *bench) configure(inputs map[string]any) error {
	res, err := b.p.CheckConfig(context.Background(), plugin.CheckConfigRequest{News: props(inputs)})
	if err := errors.Join(err, failures(res.Failures)); err != nil {
		return err
	}
	_, err = b.p.Configure(context.Background(), plugin.ConfigureRequest{Inputs: props(inputs)})
	return err
}

func (b *bench) seed(s cases.Step, attrs map[string]any) error {
	scope, _ := attrs["scope"].(string)
	if as, ok := attrs["as"].(string); ok {
		b.state[s.Type+"::"+as] = &saved{typ: s.Type, id: resource.ID(s.Name), inputs: props(attrs), outputs: props(attrs)}
	}
	return b.w.Tx(func(tx *world.Tx) error {
		tx.Put(&world.Object{Kind: s.Type, Scope: scope, ID: s.Name, Owner: world.OwnerSeed, Attrs: attrs})
		return nil
	})
}

func failures(fs []plugin.CheckFailure) error {
	var errs []error
	for _, f := range fs {
		errs = append(errs, errors.New(f.Reason))
	}
	return errors.Join(errs...)
}

func (b *bench) check(typ, name string, inputs map[string]any) (resource.PropertyMap, error) {
	req := plugin.CheckRequest{URN: urn(typ, name), News: props(inputs), RandomSeed: []byte(typ + name)}
	if s := b.state[typ+"::"+name]; s != nil {
		req.Olds = s.inputs
	}
	res, err := b.p.Check(context.Background(), req)
	return res.Properties, errors.Join(err, failures(res.Failures))
}

func (b *bench) create(typ, name string, inputs map[string]any) error {
	in, err := b.check(typ, name, inputs)
	if err != nil {
		return err
	}
	res, err := b.p.Create(context.Background(), plugin.CreateRequest{URN: urn(typ, name), Properties: in})
	if res.ID != "" {
		b.state[typ+"::"+name] = &saved{typ: typ, id: res.ID, inputs: in, outputs: res.Properties}
	}
	return err
}

func (b *bench) update(typ, name string, inputs map[string]any) error {
	in, err := b.check(typ, name, inputs)
	if err != nil {
		return err
	}
	s := b.state[typ+"::"+name]
	res, err := b.p.Update(context.Background(), plugin.UpdateRequest{URN: urn(typ, name), ID: s.id, OldInputs: s.inputs, OldOutputs: s.outputs, NewInputs: in})
	if res.Properties != nil {
		s.inputs, s.outputs = in, res.Properties
	}
	return err
}

func (b *bench) remove(typ, name string) error {
	s := b.state[typ+"::"+name]
	if s == nil {
		b.Fatalf("no %s %q to delete", typ, name)
		return nil
	}
	_, err := b.p.Delete(context.Background(), plugin.DeleteRequest{URN: urn(typ, name), ID: s.id, Inputs: s.inputs, Outputs: s.outputs})
	return err
}

// run prepares a case and returns what its last step was answered.
func (b *bench) run(c cases.Case) error {
	b.Helper()
	b.prepare(c)
	return b.do(c.Then)
}

// prepare makes what a case starts from.
func (b *bench) prepare(c cases.Case) {
	b.Helper()
	if err := b.w.Tx(func(tx *world.Tx) error {
		for name, n := range c.Quotas {
			tx.Put(&world.Object{Kind: aws.QuotaKind, Scope: cases.Account + "/" + cases.Region, ID: name, Owner: world.OwnerSeed, Attrs: map[string]any{"value": n}})
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	for _, s := range c.Given {
		if err := b.do(s); err != nil {
			b.Fatalf("given %s %q: %v", s.Type, s.Name, err)
		}
	}
}
