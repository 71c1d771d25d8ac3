package judge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/version"

	"github.com/ladder-platform/ladder/tests/upstream/apiserver"
	"github.com/ladder-platform/ladder/tests/upstream/cost"
)

// manifestsVariable names a file or folder that Load reads: what the stacks
// register, as `make judges` exports it. Without it the examples are judged.
const manifestsVariable = "LADDER_MANIFESTS"

// shared is what all tests use: a server is too dear to start for each.
var shared struct {
	cluster *Cluster
	sources []Fetched
	stacks  []Stack
	version string
}

func TestMain(m *testing.M) {
	apiserver.ServeIfAsked()
	code, err := runWithServer(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "judge:", err)
		code = 1
	}
	os.Exit(code)
}

func runWithServer(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "ladder-judge-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	clock := cost.Begin()
	if err := prepare(dir); err != nil {
		if shared.cluster != nil {
			err = errors.Join(err, shared.cluster.Close())
		}
		return 0, err
	}
	installed := clock.Row("CRDs of the projects", fmt.Sprintf("%d modules", len(shared.sources)), 0)
	code = m.Run()
	if err := shared.cluster.Close(); err != nil {
		return code, err
	}
	server := cost.Row{Judge: "API server and etcd, running", Judged: shared.version, CPU: shared.cluster.CPU()}
	for _, row := range []cost.Row{installed, server} {
		if err := cost.Append(row); err != nil {
			return code, err
		}
	}
	return code, nil
}

func prepare(dir string) error {
	location := os.Getenv(manifestsVariable)
	if location == "" {
		location = "testdata/good"
	}
	var err error
	if shared.stacks, err = Load(location); err != nil {
		return err
	}
	for _, s := range Sources {
		fetched, err := s.Fetch()
		if err != nil {
			return err
		}
		shared.sources = append(shared.sources, fetched)
	}
	ctx := context.Background()
	if shared.cluster, err = Begin(ctx, dir); err != nil {
		return err
	}
	if shared.version, err = KubernetesVersion(); err != nil {
		return err
	}
	for _, s := range shared.sources {
		definitions, err := s.Definitions()
		if err != nil {
			return err
		}
		if err := shared.cluster.Install(ctx, definitions); err != nil {
			return fmt.Errorf("%s@%s: %w", s.Module, s.Version, err)
		}
	}
	return nil
}

// report adds a row to the table when the test ends.
func report(t *testing.T, judge string, judged func() string) {
	t.Helper()
	clock := cost.Begin()
	t.Cleanup(func() {
		if err := cost.Append(clock.Row(judge, judged(), 0)); err != nil {
			t.Error(err)
		}
	})
}

func TestServerAcceptsWhatStacksRegister(t *testing.T) {
	// Read again here: what TestMain reads is not part of the key of go test's cache.
	t.Logf("manifests from %q (empty: the examples)", os.Getenv(manifestsVariable))
	total := 0
	report(t, "manifests, dry-run apply", func() string { return fmt.Sprintf("%d objects of %d stacks", total, len(shared.stacks)) })
	for _, stack := range shared.stacks {
		t.Run(stack.Name, func(t *testing.T) {
			own := slices.DeleteFunc(slices.Clone(stack.Objects), func(o Object) bool { return o.GetKind() != kindCRD })
			if err := shared.cluster.Install(t.Context(), own); err != nil {
				t.Fatal(err)
			}
			for _, o := range stack.Objects {
				total++
				check(t, o, "")
			}
		})
	}
}

func TestServerAcceptsWhatChartsRender(t *testing.T) {
	charts, objects := 0, 0
	report(t, "charts, rendered and dry-run applied", func() string { return fmt.Sprintf("%d charts, %d objects", charts, objects) })
	notHere := map[string]bool{}
	for _, stack := range shared.stacks {
		for _, release := range stack.Releases {
			dir, from, ok := ChartDir(shared.sources, release.Chart)
			if !ok {
				notHere[fmt.Sprintf("%s %s (%s)", release.Chart, release.Version, release.Repository)] = true
				continue
			}
			t.Run(stack.Name+"/"+release.Name, func(t *testing.T) {
				charts++
				objects += judgeRelease(t, dir, from, release)
			})
		}
	}
	for _, chart := range slices.Sorted(maps.Keys(notHere)) {
		t.Logf("not checked here, no Go module carries it: %s", chart)
	}
	if charts == 0 {
		t.Error("no release of any stack is a chart that a module carries")
	}
}

func judgeRelease(t *testing.T, dir string, from Fetched, release Release) int {
	key, err := json.Marshal([]any{release.Chart, release.Name, release.Namespace, release.Values})
	if err != nil {
		t.Fatal(err)
	}
	rendered, seen := judged[string(key)]
	if !seen {
		rendered = judgeRendered(t, dir, from, release)
		judged[string(key)] = rendered
	}
	if from.Modelled && release.Made != nil {
		for _, difference := range NotMade(release.Made, rendered.Objects) {
			if since, ok := newer[difference]; ok && version.MustParseGeneric(release.Version).LessThan(version.MustParseGeneric(since)) {
				continue
			}
			t.Errorf("only one of chart and sandbox makes it: %s", difference)
		}
	}
	return len(rendered.Objects)
}

// judged are releases that other stacks have too, word by word.
var judged = map[string]Rendered{}

func judgeRendered(t *testing.T, dir string, from Fetched, release Release) Rendered {
	t.Helper()
	rendered, err := Render(dir, release, shared.version, shared.cluster.APIs())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("release asks for %s, rendered %s from %s@%s", release.Version, rendered.ChartVersion, from.Module, from.Version)
	unknown, err := UnknownValues(dir, release.Values)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range unknown {
		t.Errorf("value %s: the chart has no such value and would pass over it", path)
	}
	judgeValues(t, dir, from, release)
	if len(rendered.Objects)+len(rendered.Definitions) == 0 {
		t.Fatal("nothing rendered")
	}
	if err := shared.cluster.Install(t.Context(), rendered.Definitions); err != nil {
		t.Fatal(err)
	}
	for _, o := range rendered.Objects {
		check(t, o, release.Namespace)
	}
	return rendered
}

// shapes whose values were looked at: two clusters have the same.
var shapes = map[string]bool{}

// judgeValues finds values that do nothing.
func judgeValues(t *testing.T, dir string, from Fetched, release Release) {
	t.Helper()
	if shapes[Shape(release)] {
		return
	}
	shapes[Shape(release)] = true
	found, err := IgnoredValues(dir, release, shared.version, shared.cluster.APIs())
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range slices.Sorted(maps.Keys(found)) {
		why, known := stated[path.Base(release.Chart)+": "+value]
		switch {
		case known && found[value] == Superfluous:
			t.Logf("value %s: %s, and is passed all the same: %s", value, Superfluous, why)
		case !from.Modelled: // a source tree that lacks what is added when the chart is packaged, or another version
			t.Logf("value %s: the chart of the module renders the same without it: %s", value, found[value])
		default:
			t.Errorf("value %s: the chart renders the same without it: %s", value, found[value])
		}
	}
}

func check(t *testing.T, o Object, namespace string) {
	t.Helper()
	verdict := shared.cluster.Judge(t.Context(), o, namespace)
	if verdict.Err != nil {
		t.Errorf("%s %s %s/%s: %v", o.GetAPIVersion(), o.GetKind(), o.GetNamespace(), o.GetName(), verdict.Err)
	}
	for _, warning := range verdict.Warnings {
		if why := acceptable(warning); why != "" {
			t.Logf("%s %s: %s; accepted: %s", o.GetKind(), o.GetName(), warning, why)
			continue
		}
		if strings.Contains(warning, "deprecated") {
			t.Errorf("%s %s %s/%s: %s", o.GetAPIVersion(), o.GetKind(), o.GetNamespace(), o.GetName(), warning)
		} else {
			t.Logf("%s %s: %s", o.GetKind(), o.GetName(), warning)
		}
	}
}

func TestServerRefusesBadObjectsForTheirReason(t *testing.T) {
	text, err := os.ReadFile("testdata/bad.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Why, Refusal string
		Object       map[string]any
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	report(t, "bad objects, refused", func() string { return fmt.Sprintf("%d objects", len(cases)) })
	for _, c := range cases {
		t.Run(c.Why, func(t *testing.T) {
			verdict := shared.cluster.Judge(t.Context(), Object{Object: c.Object}, "")
			if verdict.Err == nil {
				t.Fatalf("accepted; expected a refusal with %q", c.Refusal)
			}
			if !strings.Contains(verdict.Err.Error(), c.Refusal) {
				t.Errorf("refused with\n%v\nexpected a refusal with\n%s", verdict.Err, c.Refusal)
			}
		})
	}
}

func TestLostValuesAreFound(t *testing.T) {
	dir, _, ok := ChartDir(shared.sources, "oci://public.ecr.aws/karpenter/karpenter")
	if !ok {
		t.Fatal("no module carries the chart karpenter")
	}
	unknown, err := UnknownValues(dir, map[string]any{
		"settings":     map[string]any{"clusterName": "dev-main", "clusterNames": "typo"},
		"replica":      2,
		"nodeSelector": map[string]any{"kubernetes.io/os": "linux"},
		"podLabels":    map[string]any{"free": "form"}, // empty in the chart
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"replica", "settings/clusterNames"}; !slices.Equal(unknown, want) {
		t.Errorf("unknown values %q, want %q", unknown, want)
	}
}

func TestChangedModuleIsRefused(t *testing.T) {
	tampered := Sources[0]
	tampered.Sum = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	if _, err := tampered.Fetch(); err == nil || !strings.Contains(err.Error(), "somebody changed a published version") {
		t.Errorf("a module with another hash: %v", err)
	}
}
