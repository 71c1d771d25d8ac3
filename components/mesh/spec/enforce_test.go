package spec

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/internal/finding"
)

const enforcementPage = "../../../docs/mesh-enforcement.md"

// LADDER_GOLDEN=1 writes the page again.
func TestThePageOfEnforcementIsFresh(t *testing.T) {
	want := EnforcementPage()
	if os.Getenv("LADDER_GOLDEN") != "" {
		if err := os.WriteFile(enforcementPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(enforcementPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what the table says; write it again with LADDER_GOLDEN=1 (-table +page):\n%s", enforcementPage, diff)
	}
}

// A setting that the table names is a key of the configuration.
func TestEverySettingOfTheTableIsAKey(t *testing.T) {
	for _, f := range Features {
		for _, path := range f.Settings {
			typ := reflect.TypeFor[Config]()
			for _, part := range strings.Split(path, ".") {
				for typ.Kind() == reflect.Pointer {
					typ = typ.Elem()
				}
				if part == "*" {
					if typ.Kind() != reflect.Map {
						t.Errorf("%s: %s: * stands where no map is", f.Key, path)
						break
					}
					typ = typ.Elem()
					continue
				}
				next := field(typ, part)
				if next == nil {
					t.Errorf("%s: %s: %s has no key %q", f.Key, path, typ, part)
					break
				}
				typ = next
			}
		}
	}
}

func field(typ reflect.Type, key string) reflect.Type {
	if typ.Kind() != reflect.Struct {
		return nil
	}
	for i := range typ.NumField() {
		f := typ.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == key {
			return f.Type
		}
		if f.Anonymous {
			if inner := field(f.Type, key); inner != nil {
				return inner
			}
		}
	}
	return nil
}

// Whatever a namespace may ask for is a finding on exactly the planes where
// the table says that nothing enforces it.
func TestWhatNothingEnforcesIsAFinding(t *testing.T) {
	asked := map[string]Namespace{
		FeatureL4:          {Gateways: []string{"g"}},
		FeatureL7:          {Allow: map[string]Allow{"a": {Methods: []string{"GET"}}}},
		FeatureOneService:  {Allow: map[string]Allow{"a": {Service: "s"}}},
		FeatureOneWorkload: {Allow: map[string]Allow{"a": {Workload: map[string]string{"app": "s"}}}},
		FeaturePlainPort:   {PlainPorts: map[string]PlainPort{"a": {Port: 1}}},
		FeatureConnections: {Traffic: Traffic{Connections: &Connections{}}},
		FeatureOutlier:     {Services: map[string]Service{"a": {Traffic: Traffic{Outlier: &Outlier{}}}}},
		FeatureRetries:     {Services: map[string]Service{"a": {Retries: &Retries{}}}},
		FeatureTimeout:     {Services: map[string]Service{"a": {TimeoutSeconds: 1}}},
	}
	for key, n := range asked {
		for _, plane := range append(slices.Clone(Planes[:3]), PlaneNone) {
			f, ok := Lookup(key)
			if !ok {
				t.Fatalf("the table has no %s", key)
			}
			said := 0
			for _, found := range n.on(plane, Deny) {
				if strings.Contains(found.Message, f.Title) {
					said++
				}
			}
			if by := EnforcedBy(key, plane); (by == Nothing) != (said == 1) {
				t.Errorf("%s, %s: enforced by %q, and %d findings", f.Title, plane, by, said)
			}
		}
	}
}

func TestAsk(t *testing.T) {
	tests := map[string]struct {
		feature string
		on      Plane
		want    string
	}{
		"a waypoint would do it":         {FeatureRetries, PlaneAmbient, "x: nothing enforces retries in an ambient namespace without a waypoint (docs/mesh-enforcement.md); give the namespace a waypoint: write waypoint: {}"},
		"nothing would do it":            {FeatureEnvoyFilter, PlaneWaypoint, "x: nothing enforces EnvoyFilter in an ambient namespace with a waypoint (docs/mesh-enforcement.md); remove it"},
		"the namespace is not enrolled":  {FeatureMTLS, PlaneNone, "x: nothing enforces mTLS between workloads in a namespace outside the mesh (docs/mesh-enforcement.md); enrol the namespace with dataPlane, or remove it"},
		"sidecars do it":                 {FeatureRetries, PlaneSidecar, ""},
		"the waypoint does it":           {FeatureL7, PlaneWaypoint, ""},
		"ztunnel does it":                {FeatureMTLS, PlaneAmbient, ""},
		"a feature that the table lacks": {"unheard-of", PlaneSidecar, "x: nothing enforces  in a namespace with sidecars (docs/mesh-enforcement.md); remove it"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out finding.List
			Ask(&out, "x", tt.feature, tt.on)
			got := ""
			for _, f := range out {
				got += f.String()
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
