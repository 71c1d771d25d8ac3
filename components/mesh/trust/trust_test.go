package trust_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/components/mesh/trust"
	"github.com/ladder-platform/ladder/internal/finding"
)

func state(plane, issuing string, roots ...string) trust.State {
	s := trust.State{DataPlane: plane, Issuing: issuing}
	for _, r := range roots {
		if s.Roots == nil {
			s.Roots = map[string]string{}
		}
		s.Roots[r] = trust.Digest("arn of " + r)
	}
	return s
}

func texts(l finding.List) []string {
	var out []string
	for _, f := range l {
		out = append(out, f.String())
	}
	return out
}

const (
	renew = "; keep the root and move `until` to renew the intermediates under it, which ambient takes without loss; for another root make a new cluster with it and move traffic there, or plan an outage"
	away  = "mesh.ca.roots: changes the root of an ambient mesh, whose ztunnels cannot trust two roots at once (istio#47427, istio#61719)" + renew
)

func TestChange(t *testing.T) {
	other := state("sidecar", "r1", "r1")
	other.Roots["r1"] = trust.Digest("another")
	tests := map[string]struct {
		from, to trust.State
		want     []string
	}{
		"nothing changes":                     {state("sidecar", "r1", "r1"), state("sidecar", "r1", "r1"), nil},
		"the first step adds a root":          {state("sidecar", "r1", "r1"), state("sidecar", "r1", "r1", "r2"), nil},
		"the second step switches":            {state("sidecar", "r1", "r1", "r2"), state("sidecar", "r2", "r1", "r2"), nil},
		"the third step drops":                {state("sidecar", "r2", "r1", "r2"), state("sidecar", "r2", "r2"), nil},
		"an added root is taken back":         {state("sidecar", "r1", "r1", "r2"), state("sidecar", "r1", "r1"), nil},
		"a switch is taken back":              {state("sidecar", "r2", "r1", "r2"), state("sidecar", "r1", "r1", "r2"), nil},
		"a root is dropped and another added": {state("sidecar", "r1", "r1", "r2"), state("sidecar", "r1", "r1", "r3"), nil},
		"the first step is skipped": {state("sidecar", "r1", "r1"), state("sidecar", "r2", "r1", "r2"), []string{
			`mesh.ca.issuing: switches to root "r2", which no workload trusts yet; first add root "r2" beside "r1" and run up, then switch`}},
		"everything at once": {state("sidecar", "r1", "r1"), state("sidecar", "r2", "r2"), []string{
			`mesh.ca.issuing: switches to root "r2", which no workload trusts yet; first add root "r2" beside "r1" and run up, then switch`}},
		"switch and drop at once": {state("sidecar", "r1", "r1", "r2"), state("sidecar", "r2", "r2"), []string{
			`mesh.ca.roots: drops root "r1" in the same step as the switch away from it, while workloads still have its certificates; keep "r1" until an up has switched to "r2", then drop it`}},
		"switch and add at once": {state("sidecar", "r1", "r1", "r2"), state("sidecar", "r2", "r1", "r2", "r3"), []string{
			`mesh.ca.roots: changes roots (r3) in the same step as the switch from "r1" to "r2"; switch alone, and change the roots before or after it`}},
		"another root under the same key": {state("sidecar", "r1", "r1"), other, []string{
			"mesh.ca.roots.r1: names another root than the one that the mesh trusts under this key; give the new root a key of its own, and leave this one as it was"}},
		"from istiod's own root": {state("sidecar", ""), state("sidecar", "r1", "r1"), []string{
			"mesh.ca: replaces istiod's own root by root r1 under running workloads, which would stop trusting each other; put it back as it was; a new cluster can begin with the other root, and traffic then moves to it"}},
		"to istiod's own root": {state("ambient", "r1", "r1"), state("ambient", ""), []string{
			"mesh.ca: replaces root r1 by istiod's own root under running workloads, which would stop trusting each other; put it back as it was; a new cluster can begin with the other root, and traffic then moves to it"}},
		"ambient keeps its root":                 {state("ambient", "r1", "r1"), state("ambient", "r1", "r1"), nil},
		"ambient adds a root":                    {state("ambient", "r1", "r1"), state("ambient", "r1", "r1", "r2"), []string{away}},
		"ambient takes another root":             {state("ambient", "r1", "r1"), state("ambient", "r2", "r2"), []string{away}},
		"sidecars become ambient with two roots": {state("sidecar", "r1", "r1"), state("ambient", "r1", "r1", "r2"), []string{away}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, texts(trust.Change("mesh.ca", tt.from, tt.to))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExpiry(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		until string
		want  []string
	}{
		"three years away":    {"2029-11-21", nil},
		"90 days away":        {"2027-02-20", nil},
		"a day under 90 days": {"2027-02-18", []string{"warning: mesh.ca.until: the clusters' intermediates end in 88 days, on 2027-02-18; move it to a later day before 2027-02-04"}},
		"15 days away":        {"2026-12-07", []string{"warning: mesh.ca.until: the clusters' intermediates end in 15 days, on 2026-12-07; move it to a later day before 2026-11-23"}},
		"a day under 14 days": {"2026-12-05", []string{"mesh.ca.until: 2026-12-05 is 13 days away; under 14 nothing else is rolled out; move it to a later day, which issues new intermediates"}},
		"today":               {"2026-11-21", []string{"mesh.ca.until: 2026-11-21 has passed: the clusters' intermediates are not valid any more; move it to a later day, which issues new intermediates"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			until, err := time.Parse(time.DateOnly, tt.until)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, texts(trust.Expiry("mesh.ca.until", until, now))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestApart(t *testing.T) {
	tests := map[string]struct {
		domains [2]string
		states  [2]trust.State
		want    []string
	}{
		"one root": {[2]string{"a.test", "a.test"}, [2]trust.State{state("ambient", "r1", "r1"), state("ambient", "r1", "r1")}, nil},
		"one root, under two keys": {[2]string{"", ""}, [2]trust.State{
			{Roots: map[string]string{"r1": "abc"}}, {Roots: map[string]string{"old": "abc"}}}, nil},
		"a root in common during a rotation": {[2]string{"", ""}, [2]trust.State{state("sidecar", "r1", "r1", "r2"), state("sidecar", "r2", "r2")}, nil},
		"one trust domain, two roots": {[2]string{"", "cluster.local"}, [2]trust.State{state("ambient", "r1", "r1"), state("ambient", "r2", "r2")}, []string{
			`mesh.links: main and data have the trust domain "cluster.local" and different roots: root r1 and root r2; give both the same root below mesh.ca`}},
		"one trust domain, no root": {[2]string{"", ""}, [2]trust.State{state("ambient", ""), state("ambient", "")}, []string{
			`mesh.links: main and data have the trust domain "cluster.local" and different roots: each istiod makes its own; give mesh.ca a root that both share`}},
		"two trust domains, no root in common": {[2]string{"a.test", "b.test"}, [2]trust.State{state("ambient", "r1", "r1"), state("ambient", "r2", "r2")}, []string{
			"mesh.links: main and data share no root, so no workload of one can prove itself to the other; give both the same root below mesh.ca"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, texts(trust.Apart("mesh.links", "main", "data", tt.domains, tt.states))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

const block = "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"

func cert(body string) string { return strings.Replace(block, "%s", body, 1) }

func TestFiles(t *testing.T) {
	own, r1, r2 := cert("b3du"), cert("cjEx"), cert("cjIy")
	issued := map[string]trust.Issued{
		"r1": {Certificate: own, Chain: cert("bWlk") + r1},
		"r2": {Certificate: cert("b3RoZXI="), Chain: strings.TrimSpace(r2)},
	}
	got, err := trust.Files("r1", issued, "key")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"ca-cert.pem": own, "ca-key.pem": "key\n", "root-cert.pem": r1 + r2, "cert-chain.pem": own + cert("bWlk") + r1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if _, err := trust.Files("r3", issued, "key"); err == nil {
		t.Error("a root that issued nothing is accepted")
	}
	issued["r2"] = trust.Issued{Certificate: own}
	if _, err := trust.Files("r1", issued, "key"); err == nil {
		t.Error("a chain without a certificate is accepted")
	}
}
