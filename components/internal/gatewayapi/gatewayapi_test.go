package gatewayapi

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// needed are the kinds that waypoints, routes and entrances use.
var needed = []string{"Gateway", "GatewayClass", "HTTPRoute", "ReferenceGrant"}

func TestEveryVersionIsWhole(t *testing.T) {
	if got := Versions(); len(got) < 3 {
		t.Fatalf("versions %v, want one for each Istio of the catalogue", got)
	}
	for _, version := range Versions() {
		t.Run(version, func(t *testing.T) {
			defs, err := Definitions(version)
			if err != nil {
				t.Fatal(err)
			}
			var kinds []string
			for _, d := range defs {
				names, _ := d.Spec["names"].(map[string]any)
				kind, _ := names["kind"].(string)
				kinds = append(kinds, kind)
				if !strings.HasSuffix(d.Metadata.Name, ".gateway.networking.k8s.io") {
					t.Errorf("%s is of another group", d.Metadata.Name)
				}
				// An API server refuses the group without this annotation.
				if d.Metadata.Annotations["api-approved.kubernetes.io"] == "" {
					t.Errorf("%s has lost its approval", d.Metadata.Name)
				}
				if got := d.Metadata.Annotations["gateway.networking.k8s.io/bundle-version"]; got != "v"+version {
					t.Errorf("%s is of version %s", d.Metadata.Name, got)
				}
				if b, _ := json.Marshal(d.Spec); strings.Contains(string(b), `"description":"`) {
					t.Errorf("%s has descriptions", d.Metadata.Name)
				}
			}
			for _, kind := range needed {
				if !slices.Contains(kinds, kind) {
					t.Errorf("no %s among %v", kind, kinds)
				}
			}
		})
	}
}

func TestAnUnknownVersionIsSaid(t *testing.T) {
	if _, err := Definitions("0.0.1"); err == nil || !strings.Contains(err.Error(), Versions()[0]) {
		t.Errorf("error %v does not name the versions there are", err)
	}
}
