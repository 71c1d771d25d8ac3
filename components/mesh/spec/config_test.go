package spec

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDefaults(t *testing.T) {
	c := Config{
		Gateways:   map[string]Gateway{"g": {}, "big": {Replicas: Replicas{Min: 8}}},
		External:   map[string]External{"e": {Hosts: []string{"a.example.com"}}},
		Namespaces: map[string]Namespace{"n": {Waypoint: &Waypoint{}, Services: map[string]Service{"s": {Retries: &Retries{}}}}},
		Tracing:    &Tracing{},
	}
	got := c.WithDefaults()
	if got.DataPlane != Ambient || got.MTLS != Strict || got.Egress != RegistryOnly || got.Authorization.Default != Deny || !*got.AccessLog {
		t.Errorf("the mesh is not closed by default: %+v", got)
	}
	if g := got.Gateways; g["g"].Replicas != (Replicas{2, 5}) || g["big"].Replicas != (Replicas{8, 8}) {
		t.Errorf("gateways %+v: two pods at least, and no maximum below the minimum", g)
	}
	if w := got.Namespaces["n"].Waypoint; w.Min != 2 {
		t.Errorf("waypoint %+v", w)
	}
	if e := got.External["e"]; e.Protocol != TLS || !slices.Equal(e.Ports, []int{443}) {
		t.Errorf("external %+v", e)
	}
	if r := got.Retries; r.Attempts != 2 || len(r.On) == 0 {
		t.Errorf("retries %+v", r)
	}
	if r := got.Namespaces["n"].Services["s"].Retries; r.Attempts != 0 {
		t.Errorf("a service that asked for no retries has %d", r.Attempts)
	}
	if got.Namespaces["n"].Traffic.Outlier != nil {
		t.Error("a namespace that says nothing of traffic has its own")
	}
	if diff := cmp.Diff(got, got.WithDefaults()); diff != "" {
		t.Errorf("defaults of defaults differ:\n%s", diff)
	}
	if c.DataPlane != "" || c.Gateways["g"].Min != 0 {
		t.Error("the configuration itself changed")
	}
}

func TestForACluster(t *testing.T) {
	c := Config{
		DataPlane: Ambient,
		Namespaces: map[string]Namespace{
			"everywhere": {}, "here": {Clusters: []string{"a"}}, "there": {Clusters: []string{"b"}}, "old": {DataPlane: Sidecar}, "out": {DataPlane: None},
		},
		Clusters: map[string]Cluster{"b": {DataPlane: Sidecar, MeshNetwork: "shared"}, "c": {Disabled: true}},
	}
	a, ok := c.For("a")
	if !ok || a.DataPlane != Ambient || a.MeshNetwork("a") != "a" {
		t.Errorf("cluster a: %+v", a)
	}
	if got := a.Enrolled(); !reflect.DeepEqual(got, []string{"everywhere", "here", "old"}) {
		t.Errorf("cluster a enrols %v", got)
	}
	if !a.Has(PlaneSidecar) || a.Has(PlaneWaypoint) {
		t.Error("cluster a has one namespace with sidecars and none with a waypoint")
	}
	b, ok := c.For("b")
	if !ok || b.DataPlane != Sidecar || b.MeshNetwork("b") != "shared" || b.Namespaces["everywhere"].Plane() != PlaneSidecar {
		t.Errorf("cluster b: %+v", b)
	}
	if _, ok := b.Namespaces["here"]; ok {
		t.Error("cluster b has a namespace of a")
	}
	if _, ok := c.For("c"); ok {
		t.Error("cluster c has a mesh, and its is disabled")
	}
}

func TestAWSServicesAreExternal(t *testing.T) {
	c := Config{AWSServices: []string{"sts", "s3"}}.WithDefaults()
	want := map[string]External{"aws": {Hosts: []string{"s3.eu-west-1.amazonaws.com", "sts.eu-west-1.amazonaws.com"}, Ports: []int{443}, Protocol: TLS}}
	if diff := cmp.Diff(want, c.AllExternal("eu-west-1")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTrafficOverTheMeshes(t *testing.T) {
	mesh := Config{}.WithDefaults().Traffic
	own := Traffic{Outlier: &Outlier{Errors: 1}}.Over(mesh)
	if own.Outlier.Errors != 1 || own.Connections != mesh.Connections {
		t.Errorf("%+v", own)
	}
}
