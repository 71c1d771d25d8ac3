package upgrade

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
)

func TestStepsOfTheMesh(t *testing.T) {
	gateways := map[string]mesh.Gateway{"application": {}}
	tests := map[string]struct {
		mesh *mesh.Config
		want []string
	}{
		"no mesh": {nil, nil},
		"ambient: definitions, control plane, nodes, gateways": {&mesh.Config{Gateways: gateways}, []string{
			"CRD set gateway-api 1.5.1 to 1.6.0", "CRD set istio 1.30.5 to 1.31.1", "chart istiod 1.30.5 to 1.31.1",
			"chart istio-cni 1.30.5 to 1.31.1", "chart ztunnel 1.30.5 to 1.31.1", "chart gateway-application 1.30.5 to 1.31.1",
		}},
		"sidecars follow when their pods are replaced": {&mesh.Config{DataPlane: mesh.Sidecar, Egress: mesh.AllowAny}, []string{
			"CRD set gateway-api 1.5.1 to 1.6.0", "CRD set istio 1.30.5 to 1.31.1", "chart istiod 1.30.5 to 1.31.1",
			"chart istio-cni 1.30.5 to 1.31.1", "sidecars 1.30.5 to 1.31.1",
		}},
		"the way out of sidecars": {&mesh.Config{DataPlane: mesh.Sidecar}, []string{
			"CRD set gateway-api 1.5.1 to 1.6.0", "CRD set istio 1.30.5 to 1.31.1", "chart istiod 1.30.5 to 1.31.1",
			"chart istio-cni 1.30.5 to 1.31.1", "sidecars 1.30.5 to 1.31.1", "chart istio-egressgateway 1.30.5 to 1.31.1",
		}},
		"the way in from another cluster": {&mesh.Config{DataPlane: mesh.Sidecar, Egress: mesh.AllowAny, Links: map[string]mesh.Link{"a": {Between: []string{"main", "other"}}}}, []string{
			"CRD set gateway-api 1.5.1 to 1.6.0", "CRD set istio 1.30.5 to 1.31.1", "chart istiod 1.30.5 to 1.31.1",
			"chart istio-cni 1.30.5 to 1.31.1", "sidecars 1.30.5 to 1.31.1", "chart istio-eastwestgateway 1.30.5 to 1.31.1",
		}},
		"a revision that names its release stays, below newer definitions": {&mesh.Config{Revisions: map[string]mesh.Revision{"2026-08": {Release: "2026.08"}}}, []string{
			"CRD set gateway-api 1.5.1 to 1.6.0", "CRD set istio 1.30.5 to 1.31.1",
		}},
		"beside a newer revision, even the definitions stay": {&mesh.Config{Revisions: map[string]mesh.Revision{"2026-08": {Release: "2026.08"}, "2026-11": {Release: "2026.11"}}}, nil},
		"a revision without a release moves alone": {&mesh.Config{DataPlane: mesh.Sidecar, Revisions: map[string]mesh.Revision{"a": {Release: "2026.08"}, "b": {}}}, []string{
			"CRD set gateway-api 1.5.1 to 1.6.0", "CRD set istio 1.30.5 to 1.31.1", "chart istiod-b 1.30.5 to 1.31.1",
		}},
		"a cluster without a mesh": {&mesh.Config{Clusters: map[string]mesh.Cluster{"main": {Disabled: true}}}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(t)
			in.Stack.Mesh = tt.mesh
			var got []string
			for _, s := range steps(New(in)) {
				for _, r := range s.Resources {
					if strings.HasPrefix(r, "mesh-main-") && (len(s.Check) == 0 || s.Back == "" || s.Effect == "") {
						t.Errorf("%s says not how to look after it, or the way back", s.What)
					}
				}
				if s.What == "sidecars" || strings.HasSuffix(s.What, " gateway-api") || (len(s.Resources) == 1 && strings.HasPrefix(s.Resources[0], "mesh-")) {
					got = append(got, s.What+" "+s.From+" to "+s.To)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

func steps(p Plan) []Step {
	var out []Step
	for _, r := range p.Runs {
		out = append(out, r.Steps...)
	}
	return out
}
