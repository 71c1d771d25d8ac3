package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/stacks/config"
)

// read is dev's file as shipped, or with the sample taken out of it.
func read(t *testing.T, sample bool) config.Stack {
	t.Helper()
	text, err := os.ReadFile("../../Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := string(text)
	if !sample {
		before, section, ok := strings.Cut(file, "  ladder:sample:")
		if !ok {
			t.Fatal("dev has no sample")
		}
		_, after, _ := strings.Cut(section, "\n  ladder:")
		file = before + "  ladder:" + after
	}
	s, found := config.LoadBytes("Pulumi.dev.yaml", []byte(file), "dev")
	if len(found.Errors()) > 0 {
		t.Fatal(found)
	}
	return s
}

// The sample is an ordinary namespace of the mesh and an ordinary host of the
// edge: no other room knows of it.
func TestTheSampleIsPlaced(t *testing.T) {
	with, without := read(t, true), read(t, false)
	if got := with.Mesh.Namespaces["sample"].Gateways; !cmp.Equal(got, []string{"application"}) {
		t.Errorf("the namespace takes requests of %v", got)
	}
	routes := with.Edge.Application.Hosts["hello.dev.example.com"].Routes
	if len(routes) != 1 || routes[0].Service.Namespace != "sample" || routes[0].Prefix != "/" {
		t.Errorf("the host leads to %v", routes)
	}
	if _, there := without.Mesh.Namespaces["sample"]; there {
		t.Error("a stack without the sample has its namespace")
	}
	if got := with.SampleClusters(); !cmp.Equal(got, []string{"main"}) || without.SampleClusters() != nil {
		t.Errorf("it runs in %v", got)
	}
}

// A stage may have the sample or not: that is no difference of shape.
func TestTheSampleIsNoShape(t *testing.T) {
	with, without := read(t, true), read(t, false)
	if diff := cmp.Diff(config.Shape(without), config.Shape(with)); diff != "" {
		t.Errorf("the sample is in the shape:\n%s", diff)
	}
	if _, there := with.Mesh.Namespaces["sample"]; !there {
		t.Error("taking the shape took the namespace out of the stack")
	}
}
