package trials

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/world"
)

func cloud(objects ...*world.Object) *world.World {
	w := world.New(7, time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	_ = w.Tx(func(tx *world.Tx) error {
		for _, o := range objects {
			tx.Put(o)
		}
		return nil
	})
	return w
}

func subnet(vpcID, id, cidr string) *world.Object {
	return &world.Object{Kind: "aws:ec2/subnet:Subnet", Scope: "1/r", ID: id, URN: "urn:pulumi:dev::l::aws:ec2/subnet:Subnet::a", Owner: "pulumi",
		Attrs: map[string]any{"vpcId": vpcID, "cidr": cidr, "made": "2026-11-21T09:00:00Z", "metadata": map[string]any{"generation": 1}}}
}

func vpc(id string) *world.Object {
	return &world.Object{Kind: "aws:ec2/vpc:Vpc", Scope: "1/r", ID: id, URN: "urn:pulumi:dev::l::aws:ec2/vpc:Vpc::main", Owner: "pulumi", Attrs: map[string]any{}}
}

func TestCompare(t *testing.T) {
	base := cloud(vpc("vpc-00000001"), subnet("vpc-00000001", "subnet-00000001", "10.0.0.0/24"))
	later := subnet("vpc-00000009", "subnet-00000009", "10.0.0.0/24")
	later.Attrs["made"] = "2026-11-22T10:11:12.5+09:00"
	later.Attrs["metadata"] = map[string]any{"generation": 3}
	tests := map[string]struct {
		got       *world.World
		normalize func(*world.Object) bool
		want      []string // how each line begins
	}{
		"the same":                            {base.Fork(), nil, nil},
		"other ids, other times, more writes": {cloud(vpc("vpc-00000009"), later), nil, nil},
		"another attribute":                   {cloud(vpc("vpc-00000001"), subnet("vpc-00000001", "subnet-00000001", "10.0.1.0/24")), nil, []string{"-", "+"}},
		"an object too few":                   {cloud(vpc("vpc-00000001")), nil, []string{"-"}},
		"an orphan of the same resource":      {cloud(vpc("vpc-00000001"), vpc("vpc-00000002"), subnet("vpc-00000001", "subnet-00000001", "10.0.0.0/24")), nil, []string{"+"}},
		"a reference to nothing":              {cloud(vpc("vpc-00000001"), subnet("vpc-00000003", "subnet-00000001", "10.0.0.0/24")), nil, []string{"-", "+"}},
		"what the scenario takes out":         {cloud(vpc("vpc-00000001")), func(o *world.Object) bool { return !strings.HasSuffix(o.Kind, "Subnet") }, nil},
		"an attribute that it takes out":      {cloud(vpc("vpc-00000001"), subnet("vpc-00000001", "subnet-00000001", "10.0.1.0/24")), func(o *world.Object) bool { delete(o.Attrs, "cidr"); return true }, nil},
		"another state": {cloud(vpc("vpc-00000001"), func() *world.Object {
			o := subnet("vpc-00000001", "subnet-00000001", "10.0.0.0/24")
			o.State = "FAILED"
			return o
		}()), nil, []string{"-", "+"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var signs []string
			diff := Compare(base, test.got, test.normalize)
			for _, line := range diff {
				signs = append(signs, line[:1])
			}
			if d := cmp.Diff(sortedCopy(test.want), sortedCopy(signs)); d != "" {
				t.Errorf("(-want +got):\n%s%s", d, strings.Join(diff, "\n"))
			}
		})
	}
}

// TestCompareLooksIntoBase64: a Secret's data may name what has another id.
func TestCompareLooksIntoBase64(t *testing.T) {
	secret := func(of string) *world.Object {
		return &world.Object{Kind: "kube:v1/Secret", ID: "default/s", Attrs: map[string]any{"data": map[string]any{"where": base64.StdEncoding.EncodeToString([]byte("vpc: " + of))}}}
	}
	want := cloud(vpc("vpc-00000001"), secret("vpc-00000001"))
	if diff := Compare(want, cloud(vpc("vpc-00000002"), secret("vpc-00000002")), nil); len(diff) > 0 {
		t.Errorf("the same by other ids differs: %v", diff)
	}
	if diff := Compare(want, cloud(vpc("vpc-00000002"), secret("vpc-00000003")), nil); len(diff) != 2 {
		t.Errorf("a Secret that names nothing: %v", diff)
	}
}

func sortedCopy(s []string) []string {
	var plus, minus []string
	for _, x := range s {
		if x == "+" {
			plus = append(plus, x)
		} else {
			minus = append(minus, x)
		}
	}
	return append(minus, plus...)
}

func recording(n int) *Recording {
	r := &Recording{Scenario: Scenario{Name: "x"}}
	services, verbs := []string{"ec2", "eks", "kubernetes"}, []string{deps.Create, deps.Update}
	for i := range n {
		r.Steps = append(r.Steps, Step{Operation: deps.Operation{URN: fmt.Sprint(i), Verb: verbs[i%2], Service: services[i%3]}})
	}
	return r
}

func TestSampleCoversEveryStratum(t *testing.T) {
	r := recording(40)
	if got, want := r.Strata(), 3*2*len(Kinds); got != want {
		t.Fatalf("%d strata, want %d", got, want)
	}
	sample := r.Sample(r.Strata(), 1, nil)
	seen := map[string]bool{}
	for _, trial := range sample {
		seen[r.stratum(trial)] = true
	}
	if len(seen) != r.Strata() || len(sample) != r.Strata() {
		t.Errorf("%d trials cover %d of %d strata", len(sample), len(seen), r.Strata())
	}
	if diff := cmp.Diff(sample, r.Sample(r.Strata(), 1, nil)); diff != "" {
		t.Errorf("the same seed picks another sample:\n%s", diff)
	}
	tried := map[string]bool{}
	for _, trial := range sample[:10] {
		tried[r.stratum(trial)] = true
	}
	for _, trial := range r.Sample(r.Strata()-len(tried), 1, tried) {
		if tried[r.stratum(trial)] {
			t.Errorf("%s was tried before, and others were not", r.stratum(trial))
		}
	}
	other := recording(40)
	other.Scenario.Name = "y"
	if cmp.Equal(r.Covered(r.Sample(6, 1, nil)), other.Covered(other.Sample(6, 1, nil))) {
		t.Error("two scenarios that cannot try every stratum try the same ones")
	}
	if n := len(r.Sample(10_000, 1, nil)); n != len(r.All()) {
		t.Errorf("a sample of everything has %d of %d", n, len(r.All()))
	}
}

// TestTheOrderOfARunIsNoMatter: the same operations in another order are the
// same recording, and the same seed picks the same operations of it.
func TestTheOrderOfARunIsNoMatter(t *testing.T) {
	one, other := recording(30), recording(30)
	one.Steps = append(one.Steps, one.Steps[0]) // twice in a run
	other.Steps = append(other.Steps, other.Steps[0])
	slices.Reverse(other.Steps)
	if a, b := one.digest(), other.digest(); a != b {
		t.Errorf("digests %s and %s", a, b)
	}
	named := func(r *Recording, list []Trial) []string {
		var out []string
		for _, trial := range list {
			out = append(out, fmt.Sprint(trial.Kind, r.names()[trial.Step]))
		}
		return out
	}
	if diff := cmp.Diff(named(one, Shard{2, 3}.Take(one.All())), named(other, Shard{2, 3}.Take(other.All()))); diff != "" {
		t.Errorf("shards (-one +other):\n%s", diff)
	}
	a, b := named(one, one.Sample(10, 1, nil)), named(other, other.Sample(10, 1, nil))
	slices.Sort(a)
	slices.Sort(b)
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("samples (-one +other):\n%s", diff)
	}
	other.Steps = other.Steps[1:]
	if one.digest() == other.digest() {
		t.Error("one operation less has the same digest")
	}
}

func TestShardsAreAPartition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := recording(rapid.IntRange(1, 20).Draw(rt, "steps")).All()
		of := rapid.IntRange(1, 7).Draw(rt, "of")
		seen := map[Trial]int{}
		for i := range of {
			shard, err := ParseShard(fmt.Sprintf("%d/%d", i+1, of))
			if err != nil {
				rt.Fatal(err)
			}
			for _, trial := range shard.Take(all) {
				seen[trial]++
			}
		}
		for _, trial := range all {
			if seen[trial] != 1 {
				rt.Fatalf("%v is in %d shards", trial, seen[trial])
			}
		}
	})
}

func TestParseShard(t *testing.T) {
	for _, text := range []string{"0/4", "5/4", "1", "1/", "/4", "a/4", "1/0", "-1/4"} {
		if _, err := ParseShard(text); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q: error %v", text, err)
		}
	}
	if s, err := ParseShard(""); err != nil || len(s.Take(recording(3).All())) != 3*len(Kinds) {
		t.Errorf("no shard: %v, %v", s, err)
	}
}

// TestRandomDigitsMayAllBeLetters: a name whose random digits happen to have no
// number among them is as random as any other.
func TestRandomDigitsMayAllBeLetters(t *testing.T) {
	group := func(suffix string) *world.Object {
		name := "cluster-main-ng-" + suffix
		return &world.Object{Kind: "aws:eks/nodeGroup:NodeGroup", Scope: "1/r", ID: "prd-main:" + name, Name: name, Owner: "pulumi",
			URN: "urn:pulumi:prd::l::aws:eks/nodeGroup:NodeGroup::cluster-main-ng", Attrs: map[string]any{"nodeGroupName": name}}
	}
	if diff := Compare(cloud(group("ab3de5f")), cloud(group("abcdefa")), nil); diff != nil {
		t.Errorf("two good runs differ:\n%s", strings.Join(diff, "\n"))
	}
}

// TestWhatSharesAnIDIsNamedAfterItsOwner: the parts of a bucket have its name
// as their id, with a digit in one run and with none in another.
func TestWhatSharesAnIDIsNamedAfterItsOwner(t *testing.T) {
	bucket := func(digits string) *world.World {
		id := "logs-" + digits
		part := &world.Object{Kind: "aws:s3/bucketACL:ACL", ID: id, URN: "urn:pulumi:t::t::aws:s3/acl::logs-acl", Owner: world.OwnerPulumi}
		return cloud(part, &world.Object{Kind: "aws:s3/bucketV2:BucketV2", ID: id, URN: "urn:pulumi:t::t::aws:s3/bucketV2::logs", Owner: world.OwnerPulumi})
	}
	if diff := Compare(bucket("ab3de5f"), bucket("abcdefa"), nil); diff != nil {
		t.Errorf("two good runs differ:\n%s", strings.Join(diff, "\n"))
	}
}
