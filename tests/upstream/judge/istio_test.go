package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"strings"
	"testing"
)

// TestSandboxHasUpstreamsSchemas keeps the sandbox's copy of CRD schemas what upstream says; LADDER_GOLDEN=1 writes it.
func TestSandboxHasUpstreamsSchemas(t *testing.T) {
	var definitions []Object
	for _, s := range shared.sources {
		if !s.Schemas {
			continue
		}
		d, err := s.Definitions()
		if err != nil {
			t.Fatal(err)
		}
		definitions = append(definitions, d...)
	}
	report(t, "schemas in the sandbox, against upstream's CRDs", func() string { return fmt.Sprintf("%d kinds", len(definitions)) })
	want, err := Schemas(definitions)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("LADDER_GOLDEN") != "" {
		if err := os.WriteFile(SandboxSchemas, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(SandboxSchemas)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what upstream's CRDs say: run this test with LADDER_GOLDEN=1", path.Clean(SandboxSchemas))
	}
}

// refusals is the file by which the sandbox's own tests refuse: real charts and a
// real server must refuse the same.
const refusals = "../../../sandbox/kube/testdata/refusals.json"

func readRefusals(t *testing.T) (out struct {
	Values []struct {
		Why, Chart, Refusal string
		Values              map[string]any
	}
	Objects []struct {
		Why, Server string
		Object      map[string]any
	}
}) {
	t.Helper()
	text, err := os.ReadFile(refusals)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRealChartsRefuseWhatTheSandboxRefuses(t *testing.T) {
	cases := readRefusals(t).Values
	report(t, "values that charts refuse, as in the sandbox", func() string { return fmt.Sprintf("%d cases", len(cases)) })
	for _, c := range cases {
		t.Run(c.Why, func(t *testing.T) {
			dir, _, ok := ChartDir(shared.sources, c.Chart)
			if !ok {
				t.Fatalf("no module carries chart %s", c.Chart)
			}
			_, err := Render(dir, Release{Name: c.Chart, Namespace: "istio-system", Chart: c.Chart, Values: c.Values}, shared.version, shared.cluster.APIs())
			if err == nil || !strings.Contains(err.Error(), c.Refusal) {
				t.Errorf("got %v, want %q", err, c.Refusal)
			}
		})
	}
}

func TestServerRefusesWhatTheSandboxRefuses(t *testing.T) {
	cases := readRefusals(t).Objects
	report(t, "custom resources that the server refuses, as in the sandbox", func() string { return fmt.Sprintf("%d objects", len(cases)) })
	for _, c := range cases {
		t.Run(c.Why, func(t *testing.T) {
			verdict := shared.cluster.Judge(t.Context(), Object{Object: c.Object}, "")
			if verdict.Err == nil || !strings.Contains(verdict.Err.Error(), c.Server) {
				t.Errorf("got %v, want %q", verdict.Err, c.Server)
			}
		})
	}
}

func TestIgnoredValuesAreFound(t *testing.T) {
	dir, _, ok := ChartDir(shared.sources, "istiod")
	if !ok {
		t.Fatal("no module carries chart istiod")
	}
	release := Release{Name: "istiod", Namespace: "istio-system", Chart: "istiod", Values: map[string]any{
		"autoscaleMin": 2, "autoscaleMax": 5, "replicas": 3, // 5 is what the chart has; replicas is nothing
		"global":     map[string]any{"meshID": "prd", "defaultPodDisruptionBudget": map[string]any{"enabled": true}},
		"meshConfig": map[string]any{"accessLogFile": "/dev/stdout"},
	}}
	got, err := IgnoredValues(dir, release, shared.version, shared.cluster.APIs())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"autoscaleMax": Superfluous, "global/defaultPodDisruptionBudget/enabled": Superfluous, "replicas": Ignored}
	if !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
