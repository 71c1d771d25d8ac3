package rehearse

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/sandbox"
)

func TestMisordered(t *testing.T) {
	const cluster, group, addon, chart = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:eks/addon:Addon", "kubernetes:helm.sh/v3:Release"
	begin := func(kind, op, name string) sandbox.Event {
		return sandbox.Event{URN: "urn::" + name, Type: kind, Name: name, Op: op}
	}
	end := func(kind, op, name string) sandbox.Event {
		e := begin(kind, op, name)
		e.Done = true
		return e
	}
	both := func(kind, name string) []sandbox.Event {
		return []sandbox.Event{begin(kind, "update", name), end(kind, "update", name)}
	}
	join := func(parts ...[]sandbox.Event) (out []sandbox.Event) {
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	tests := map[string]struct {
		events []sandbox.Event
		want   []string
	}{
		"control plane, CNI, nodes, add-ons, charts": {join(both(cluster, "cluster-main-eks"), both(addon, "cluster-main-addon-vpc-cni"),
			both(group, "cluster-main-ng-a"), both(addon, "cluster-main-addon-coredns"), both(chart, "cluster-main-x")), nil},
		"an add-on before the nodes": {join(both(addon, "cluster-main-addon-coredns"), both(group, "cluster-main-ng-a")),
			[]string{"order: update of add-on cluster-main-addon-coredns began before update of node group cluster-main-ng-a had ended"}},
		"nodes while the control plane climbs": {[]sandbox.Event{begin(cluster, "update", "cluster-main-eks"), begin(group, "update", "cluster-main-ng-a"),
			end(cluster, "update", "cluster-main-eks"), end(group, "update", "cluster-main-ng-a")},
			[]string{"order: update of node group cluster-main-ng-a began before update of control plane cluster-main-eks had ended"}},
		"nodes after a control plane that did not end": {[]sandbox.Event{begin(cluster, "update", "cluster-main-eks"), begin(group, "update", "cluster-main-ng-a")},
			[]string{"order: update of node group cluster-main-ng-a began before update of control plane cluster-main-eks had ended"}},
		"two node groups side by side": {[]sandbox.Event{begin(group, "update", "cluster-main-ng-a"), begin(group, "update", "cluster-main-ng-b"),
			end(group, "update", "cluster-main-ng-b"), end(group, "update", "cluster-main-ng-a")}, nil},
		"another cluster":  {join(both(addon, "cluster-blue-addon-coredns"), both(group, "cluster-main-ng-a")), nil},
		"what stays":       {join([]sandbox.Event{begin(addon, "same", "cluster-main-addon-coredns")}, both(group, "cluster-main-ng-a")), nil},
		"removals go last": {join(both(addon, "cluster-main-addon-coredns"), []sandbox.Event{begin(group, "delete", "cluster-main-ng-a")}), nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, misordered(tt.events)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWithReleaseKeepsEveryOtherByte(t *testing.T) {
	const file = "# dev\nconfig:\n  ladder:environment: { stage: dev } # a comment\n  ladder:release: \"2026.11\" # \"2026.11\" is new\n"
	tests := map[string]struct {
		text, want, err string
	}{
		"quoted":                      {file, strings.Replace(file, `"2026.11"`, `"2026.05"`, 1), ""},
		"in single quotes":            {"config:\n  'ladder:release': '2026.11'\n", "config:\n  'ladder:release': '2026.05'\n", ""},
		"no release":                  {"config:\n  ladder:networks: {}\n", "", "no ladder:release"},
		"no configuration":            {"", "", "no ladder:release"},
		"a release that is a mapping": {"config:\n  ladder:release: { a: b }\n", "", "no ladder:release"},
		"not YAML":                    {"config: [", "", "not readable"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := withRelease([]byte(tt.text), "2026.05")
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want %q in it", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
