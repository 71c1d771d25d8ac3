package fault

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/sandbox/deps"
)

const (
	group = "urn:pulumi:dev::ladder::ladder:cluster:Cluster$aws:eks/nodeGroup:NodeGroup::cluster-main-general"
	vpc   = "urn:pulumi:dev::ladder::aws:ec2/vpc:Vpc::network-main"
)

func TestParse(t *testing.T) {
	good := map[string]Fault{
		"create:aws:eks/nodeGroup:NodeGroup:lost": {Verb: "create", Type: "aws:eks/nodeGroup:NodeGroup", Kind: Lost},
		"*:*:refuse": {Verb: "*", Type: "*", Kind: Refuse},
		"update:aws:*#cluster-main-*:crash-after":                     {Verb: "update", Type: "aws:*", Name: "cluster-main-*", Kind: CrashAfter},
		"create:kubernetes:helm.sh/v3:Release#istiod:slow=2.5":        {Verb: "create", Type: "kubernetes:helm.sh/v3:Release", Name: "istiod", Kind: Slow, Factor: 2.5},
		"delete:aws:ec2/vpc:Vpc:refusex3":                             {Verb: "delete", Type: "aws:ec2/vpc:Vpc", Kind: Refuse, Times: 3},
		"create:aws:ec2/natGateway:NatGateway#network-main:slow=10x2": {Verb: "create", Type: "aws:ec2/natGateway:NatGateway", Name: "network-main", Kind: Slow, Factor: 10, Times: 2},
	}
	for text, want := range good {
		got, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		if got.String() != text {
			t.Errorf("%s is written %s", text, got)
		}
	}
	bad := map[string]string{
		"create":                        "it has fewer than three parts",
		"create:lost":                   "it has fewer than three parts",
		"creates:*:lost":                `the verb "creates" is not`,
		"create:*:gone":                 `the kind "gone" is not`,
		"create:*:slow=often":           `the factor "often" is not a number`,
		"create:*:slow=-1":              "the factor -1 is less than 0",
		"create:*:lost=2":               "a factor is only for slow",
		"create:aws:ec2/vpc:Vpc":        `the kind "Vpc" is not`,
		"create:aws:ec2/vpc:Vpc:crash-": `the kind "crash-" is not`,
	}
	for text, says := range bad {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "the form is") {
			t.Errorf("%s: error %v, want %q and the form", text, err, says)
		}
	}
}

func TestMatching(t *testing.T) {
	tests := map[string]struct {
		fault Fault
		verb  string
		urn   string
		want  bool
	}{
		"verb and type":                            {Fault{Verb: "create", Type: "aws:eks/nodeGroup:NodeGroup"}, "create", group, true},
		"the last type of the chain counts":        {Fault{Type: "ladder:cluster:Cluster"}, "create", group, false},
		"another verb":                             {Fault{Verb: "update", Type: "aws:eks/nodeGroup:NodeGroup"}, "create", group, false},
		"a prefix of the type is not the type":     {Fault{Type: "aws:eks/nodeGroup:Node"}, "create", group, false},
		"a suffix of the name is not the name":     {Fault{Name: "general"}, "create", group, false},
		"a pattern of the name":                    {Fault{Name: "cluster-*-general"}, "create", group, true},
		"a star stands for nothing too":            {Fault{Name: "cluster-main-general*"}, "create", group, true},
		"a star crosses a slash":                   {Fault{Type: "aws:*:NodeGroup"}, "create", group, true},
		"stars do not overlap":                     {Fault{Name: "*network-main*main"}, "create", vpc, false},
		"anything":                                 {Fault{}, "read", vpc, true},
		"an exact urn":                             {Fault{URN: vpc}, "read", vpc, true},
		"an exact urn is not a pattern":            {Fault{URN: "*"}, "read", vpc, false},
		"two stars in order":                       {Fault{Type: "*ec2*Vpc"}, "read", vpc, true},
		"two stars against the order are no match": {Fault{Type: "*Vpc*ec2*"}, "read", vpc, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.fault.matches(test.verb, test.urn); got != test.want {
				t.Errorf("%s matches %s %s: %v, want %v", test.fault, test.verb, test.urn, got, test.want)
			}
		})
	}
}

// cloud counts what reaches it.
type cloud struct {
	plugin.UnimplementedProvider
	calls []string
	err   error
}

func (c *cloud) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	c.calls = append(c.calls, "create")
	return plugin.CreateResponse{ID: "id"}, c.err
}

func (c *cloud) Delete(context.Context, plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	c.calls = append(c.calls, "delete")
	return plugin.DeleteResponse{}, c.err
}

func TestWrap(t *testing.T) {
	broken := errors.New("the cloud's own error")
	tests := map[string]struct {
		fault   string
		preview bool
		cloud   error
		calls   []string
		killed  bool
		says    string
	}{
		"refused before it happens":         {"create:*:refuse", false, nil, nil, false, `simulated fault "refuse" at create aws:ec2/vpc:Vpc "network-main", seed 7`},
		"lost after it happened":            {"create:*:lost", false, nil, []string{"create"}, false, "its answer was lost"},
		"killed before it happens":          {"create:*:crash-before", false, nil, nil, true, `"crash-before"`},
		"killed after it happened":          {"create:*:crash-after", false, nil, []string{"create"}, true, `"crash-after"`},
		"a preview is left alone":           {"create:*:refuse", true, nil, []string{"create"}, false, ""},
		"another operation is left alone":   {"update:*:refuse", false, nil, []string{"create"}, false, ""},
		"the cloud's own error comes first": {"create:*:lost", false, broken, []string{"create"}, false, "the cloud's own error"},
		"slow is not an error":              {"create:*:slow", false, nil, []string{"create"}, false, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f, err := Parse(test.fault)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := New(7, f)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			killed := false
			inner := &cloud{err: test.cloud}
			p := Wrap(inner, plan, func() { killed = true; cancel() })
			resp, err := p.Create(ctx, plugin.CreateRequest{URN: resource.URN(vpc), Preview: test.preview})
			if (test.says == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), test.says)) {
				t.Errorf("error %v, want %q", err, test.says)
			}
			if diff := cmp.Diff(test.calls, inner.calls); diff != "" || killed != test.killed {
				t.Errorf("killed %v, calls (-want +got):\n%s", killed, diff)
			}
			if fails := test.says != "" && test.cloud == nil; fails && resp.ID != "" {
				t.Errorf("the answer %q arrived", resp.ID)
			}
			if again, err := p.Create(ctx, plugin.CreateRequest{URN: resource.URN(vpc)}); test.cloud == nil && (err != nil || again.ID != "id") && !test.preview {
				t.Errorf("a fault happens twice: %v", err)
			}
		})
	}
}

// oven is a provider whose operations can be found half way.
type oven struct {
	cloud
	half bool
}

func (o *oven) Interrupt(_ resource.URN, _ string, _ resource.PropertyMap, update bool) (bool, error) {
	if o.half {
		o.calls = append(o.calls, map[bool]string{false: "half a create", true: "half an update"}[update])
	}
	return o.half, nil
}

func (o *oven) Update(context.Context, plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	o.calls = append(o.calls, "update")
	return plugin.UpdateResponse{}, nil
}

// TestACrashFindsHalfAnOperation where the service has such a state, and a
// whole one elsewhere.
func TestACrashFindsHalfAnOperation(t *testing.T) {
	for name, test := range map[string]struct {
		half   bool
		faults []string
		calls  []string
		killed int
	}{
		"half":                        {true, []string{"*:*:crash-after"}, []string{"half a create", "update"}, 1},
		"half of each":                {true, []string{"*:*:crash-afterx2"}, []string{"half a create", "half an update"}, 2},
		"a type without a half":       {false, []string{"*:*:crash-after"}, []string{"create", "update"}, 1},
		"what comes before has right": {true, []string{"*:*:crash-after", "*:*:crash-before"}, []string{"half an update"}, 2},
		"other faults":                {true, []string{"*:*:lost"}, []string{"create", "update"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var faults []Fault
			for _, text := range test.faults {
				f, err := Parse(text)
				if err != nil {
					t.Fatal(err)
				}
				faults = append(faults, f)
			}
			plan, err := New(7, faults...)
			if err != nil {
				t.Fatal(err)
			}
			killed, inner := 0, &oven{half: test.half}
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			p := Wrap(inner, plan, func() { killed++ })
			_, _ = p.Create(ctx, plugin.CreateRequest{URN: resource.URN(vpc)})
			_, _ = p.Update(ctx, plugin.UpdateRequest{URN: resource.URN(vpc)})
			if diff := cmp.Diff(test.calls, inner.calls); diff != "" || killed != test.killed || len(plan.Reached()) != max(killed, 1) {
				t.Errorf("killed %d times, %v; calls (-want +got):\n%s", killed, plan.Reached(), diff)
			}
		})
	}
}

func TestTimesAndReached(t *testing.T) {
	plan, err := New(7, Fault{Verb: "delete", Kind: Refuse, Times: 2})
	if err != nil {
		t.Fatal(err)
	}
	p := Wrap(&cloud{}, plan, nil)
	var failed int
	for range 4 {
		if _, err := p.Delete(context.Background(), plugin.DeleteRequest{URN: resource.URN(vpc)}); err != nil {
			failed++
		}
	}
	if failed != 2 || len(plan.Reached()) != 2 {
		t.Errorf("%d failed, %v reached; want 2 of each", failed, plan.Reached())
	}
	var none *Plan
	if none.Reached() != nil || none.Slowed(deps.Operation{Latency: 1}).Latency != 1 {
		t.Error("no plan does something")
	}
}

func TestSlowed(t *testing.T) {
	plan, err := New(7, Fault{Verb: "create", Kind: Slow, Factor: 2.5}, Fault{Verb: "update", Kind: Slow})
	if err != nil {
		t.Fatal(err)
	}
	for verb, want := range map[string]time.Duration{"create": 25 * time.Second, "update": 30 * time.Second, "delete": 10 * time.Second} {
		for range 2 {
			if got := plan.Slowed(deps.Operation{URN: vpc, Verb: verb, Latency: 10 * time.Second}).Latency; got != want {
				t.Errorf("%s takes %s, want %s", verb, got, want)
			}
		}
	}
}

func TestAPlanOfNonsenseIsRefused(t *testing.T) {
	if _, err := New(7, Fault{Kind: "gone"}); err == nil {
		t.Error("a plan with an unknown kind was made")
	}
}
