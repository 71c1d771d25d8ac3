package rehearse

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestThePictureIsWellFormed draws every case that a card has, and names that
// would break the drawing.
func TestThePictureIsWellFormed(t *testing.T) {
	minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	climb := newClimb("dev", Step{Title: `climb to <"2026.11"> & on`, From: "2026.08", To: "2026.11"}, time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	climb.Takes = minutes(30)
	climb.Operations = []Operation{
		{Op: "update", What: "EKS control plane", Name: "cluster-main-eks", End: minutes(8), lane: rungControlPlane},
		{Op: "delete", What: "node group", Name: "cluster-batch-ng-a&b", Start: minutes(9), End: minutes(30), lane: rungNodes},
		{Op: "update", What: "SSM parameter", Name: "record", Start: minutes(30), End: minutes(30), lane: noRung},
	}
	climb.Workloads = []*Workload{{Name: "dev-main Deployment a/web", Desired: 6, Minimum: 5, Ready: 4}}
	climb.Timeline = []Instant{{Desired: 6, Ready: 6, Minimum: 5, Nodes: 3}, {At: minutes(10), Desired: 6, Ready: 4, Minimum: 5, Below: true, Inside: true, After: "evicted <2>"}}
	climb.problem("availability")
	empty := newClimb("dev", Step{Title: "first deployment", To: "2026.08"}, time.Time{})
	report := &Report{Path: []string{"2026.08", "2026.11"}, Stages: []string{"dev", "stg"}, Climbs: []*Climb{empty, climb}, Problems: []string{"x"}}
	text := string(SVG(report))
	dec := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture is no XML: %v\n%s", err, text)
		}
	}
	for _, want := range []string{"1 found wrong", "1 WRONG", "main: control plane", "batch: node group", otherLane, "no workload", "worst: 4 of 6, budget 5",
		`<circle class="below"`, "climb to &lt;&#34;2026.11&#34;&gt; &amp; on"} {
		if !strings.Contains(text, want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
}

func TestTicks(t *testing.T) {
	for takes, want := range map[time.Duration]string{
		0: "0", 45 * time.Second: "0 10s 20s 30s 40s", 23 * time.Minute: "0 5m 10m 15m 20m", 90 * time.Minute: "0 30m 1h 1h30m", 50 * time.Hour: "0 24h 48h",
	} {
		var got []string
		for _, at := range ticks(takes) {
			got = append(got, tick(at))
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%v (-want +got):\n%s", takes, diff)
		}
	}
}

// TestWholeAddsTheOtherClusters: inside an operation only one cluster is seen.
func TestWholeAddsTheOtherClusters(t *testing.T) {
	got := whole([]Instant{
		{Desired: 10, Ready: 10, Minimum: 7},
		{Desired: 4, Ready: 3, Minimum: 3, Inside: true},
		{Desired: 10, Ready: 10, Minimum: 7},
		{Desired: 10, Ready: 9, Minimum: 7, Inside: true},
	})
	var said []string
	for _, i := range got {
		said = append(said, fmt.Sprintf("%d of %d, %d", i.Ready, i.Desired, i.Minimum))
	}
	if diff := cmp.Diff([]string{"10 of 10, 7", "9 of 10, 7", "10 of 10, 7", "9 of 10, 7"}, said); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadStateRefusesWhatItCannotBeginWith(t *testing.T) {
	stack := func(outputs string) string {
		return `{"version":3,"deployment":{"resources":[{"urn":"urn:pulumi:prd::ladder::pulumi:pulumi:Stack::ladder-prd","type":"pulumi:pulumi:Stack","outputs":` + outputs + `}]}}`
	}
	tests := map[string]struct{ text, says string }{
		"not JSON":         {"version: 3", "not readable"},
		"another document": {`{"checkpoint":{}}`, "holds no resource"},
		"an interrupted stack": {`{"deployment":{"resources":[{"urn":"urn:pulumi:prd::ladder::a:b:C::c","type":"a:b:C"}],"pending_operations":[{}]}}`,
			"1 operations are pending: the stack was interrupted"},
		"a stack that never came up": {stack("{}"), "no up of prd has succeeded"},
		"a damaged record":           {stack(`{"record":"{"}`), "its record: cannot be read"},
		"a record of a newer program": {stack(`{"record":"{\"version\":99,\"release\":\"x\"}"}`),
			"was written by another version of this program"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := ReadState("prd.json", []byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.says) || !strings.HasPrefix(err.Error(), "prd.json: ") {
				t.Errorf("error %v, want %q", err, tt.says)
			}
		})
	}
	state, err := ReadState("prd.json", []byte(stack(`{"record":"{\"version\":2,\"release\":\"2026.08\"}"}`)))
	if err != nil || state.Stack != "prd" || state.Release != "2026.08" {
		t.Errorf("state %+v, error %v", state, err)
	}
}

// TestGivenIsWhatTheProgramGave: neither what a provider filled in, nor marks of
// the engine's, nor what only the stack's key opens.
func TestGivenIsWhatTheProgramGave(t *testing.T) {
	e := exported{Type: kindGroup,
		Inputs: map[string]any{"__defaults": []any{"nodeGroupName"}, "nodeGroupName": "ng-0a1b2c3", "clusterName": "prd-main",
			"scalingConfig": map[string]any{"__defaults": []any{}, "desiredSize": 2., "maxSize": 9.},
			"password":      map[string]any{signatureKey: secretSig, "ciphertext": "v1:x"},
			"metadata":      map[string]any{"name": "web-0a1b2c3", "annotations": map[string]any{"pulumi.com/autonamed": "true", "a": "b"}}},
		Outputs: map[string]any{"scalingConfig": map[string]any{"desiredSize": 5., "maxSize": 9.}}}
	want := map[string]any{"clusterName": "prd-main", "scalingConfig": map[string]any{"desiredSize": 5., "maxSize": 9.}, "password": placeholder,
		"metadata": map[string]any{"annotations": map[string]any{"a": "b"}}}
	if diff := cmp.Diff(want, e.given()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := secrets(e.Inputs); n != 1 {
		t.Errorf("%d secrets, want 1", n)
	}
}

// TestAStateTellsWhatIsNotCiphertext: a secret that was exported in plain text is
// its value, and a resource with a whole input of ciphertext is the file's.
func TestAStateTellsWhatIsNotCiphertext(t *testing.T) {
	text := func(secret string) []byte {
		return fmt.Appendf(nil, `{"deployment":{"resources":[
			{"urn":"urn:pulumi:prd::ladder::pulumi:pulumi:Stack::ladder-prd","type":"pulumi:pulumi:Stack","outputs":{"record":"{\"version\":2,\"release\":\"2026.08\"}"}},
			{"urn":"urn:pulumi:prd::ladder::aws:lb/listener:Listener::https","type":"aws:lb/listener:Listener","custom":true,
			 "inputs":{"port":443,"defaultActions":{%q:%q,%s}}},
			{"urn":"urn:pulumi:prd::ladder::aws:lb/listenerRule:ListenerRule::rule","type":"aws:lb/listenerRule:ListenerRule","custom":true,
			 "inputs":{"listenerArn":"arn:https"},"dependencies":["urn:pulumi:prd::ladder::aws:lb/listener:Listener::https"]}]}}`, signatureKey, secretSig, secret)
	}
	told, err := ReadState("prd.json", text(`"plaintext":"[{\"type\":\"forward\"}]"`))
	if err != nil || len(told.resources) != 2 || len(told.sealed) > 0 || told.secrets > 0 {
		t.Fatalf("state %+v, error %v", told, err)
	}
	want := map[string]any{"port": 443., "defaultActions": []any{map[string]any{"type": "forward"}}}
	if diff := cmp.Diff(want, told.resources[0].given()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	untold, err := ReadState("prd.json", text(`"ciphertext":"v1:x"`))
	if err != nil || len(untold.resources) > 0 || untold.secrets != 1 {
		t.Fatalf("state %+v, error %v", untold, err)
	}
	if notes := strings.Join(untold.notes(), "\n"); !strings.Contains(notes, "made as the file says: https; so were 1 that depend on them") {
		t.Errorf("notes:\n%s", notes)
	}
}

func TestRenames(t *testing.T) {
	n := &renames{exact: map[string]string{}}
	n.compare(map[string]any{"id": "vpc-0123456789", "arn": "arn:aws:x:vpc-0123456789/a", "state": "on", "list": []any{"i-11111111", "b"}, "name": "logs-abcdefa", "mode": "thorough"},
		map[string]any{"id": "vpc-aaaaaaaaaa", "arn": "arn:aws:x:vpc-aaaaaaaaaa/a", "state": "off", "list": []any{"i-22222222", "b"}, "name": "logs-0123456", "mode": "careless"})
	got := n.in(map[string]any{"vpcId": "vpc-0123456789", "doc": `{"r":"arn:aws:x:vpc-0123456789/a","i":"i-11111111","b":"s3://logs-abcdefa/x"}`, "state": "on", "word": "only on thorough words"})
	want := map[string]any{"vpcId": "vpc-aaaaaaaaaa", "doc": `{"r":"arn:aws:x:vpc-aaaaaaaaaa/a","i":"i-22222222","b":"s3://logs-0123456/x"}`, "state": "off", "word": "only on thorough words"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
