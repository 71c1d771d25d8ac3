package promotion

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFollowing(t *testing.T) {
	last := &Record{Version: RecordVersion, Entry: Entry{Release: "2026.08", ReleaseDigest: "digest-2026.08", Since: ago(900), Override: approved()}, History: []Entry{ran("2026.05", ago(3000))}}
	cases := map[string]struct {
		last *Record
		next Entry
		want Record
	}{
		"a first record begins now": {nil, ran("2026.08", time.Time{}), Record{Entry: ran("2026.08", noon)}},
		"the same release goes on, its override with it": {last, ran("2026.08", time.Time{}),
			Record{Entry: last.Entry, History: last.History}},
		"the next release begins now, and the last one is history": {last, ran("2026.11", time.Time{}),
			Record{Entry: ran("2026.11", noon), History: []Entry{last.Entry, ran("2026.05", ago(3000))}}},
		"another edition of the same release begins now": {last, Entry{Release: "2026.08", ReleaseDigest: "other"},
			Record{Entry: Entry{Release: "2026.08", ReleaseDigest: "other", Since: noon}, History: []Entry{last.Entry, ran("2026.05", ago(3000))}}},
		"a record of version 1 begins when it is first written anew": {&Record{Version: 1, Entry: ran("2026.08", time.Time{})}, ran("2026.08", time.Time{}),
			Record{Entry: ran("2026.08", noon)}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Record{Entry: c.next}.Following(c.last, nil, noon)); diff != "" {
				t.Errorf("record (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNewAttempt(t *testing.T) {
	begun := Attempt{Release: "2026.11", Digest: "d", At: ago(5), Override: approved()}
	if got := NewAttempt(&begun, "2026.11", "d", nil, noon); got != begun {
		t.Errorf("a second up to the same release changed the attempt: %+v", got)
	}
	if got := NewAttempt(&begun, "2026.11", "e", nil, noon); !got.At.Equal(noon) || got.Digest != "e" || got.Override != nil {
		t.Errorf("another edition is another attempt, got %+v", got)
	}
}

// TestARecordFitsAParameter: history gives way, oldest first.
func TestARecordFitsAParameter(t *testing.T) {
	r := Record{Version: RecordVersion, Entry: ran("2026.11", noon), Slots: map[string]SlotRecord{}}
	for i := range 18 {
		r.Slots[SlotKey("main", fmt.Sprintf("group-%d", i), "main")] = live("m6i.large", "m5.large", "m7i.large")
	}
	for i := range maxHistory {
		e := ran(fmt.Sprintf("2025.%02d", 12-i), ago(1000*(i+1)))
		e.ReleaseDigest = strings.Repeat("d", 64)
		r.History = append(r.History, e)
	}
	text, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := DecodeRecord(text)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > ParameterLimit || len(got.History) == 0 || len(got.History) >= maxHistory || got.History[0].Release != "2025.12" {
		t.Errorf("%d characters with a history of %d, newest %q", len(text), len(got.History), got.History[0].Release)
	}
}

func TestObserve(t *testing.T) {
	bad := Part{Kind: "add-on", Name: "main/coredns", Status: "DEGRADED", Issues: []string{"InsufficientNumberOfReplicas"}}
	cases := map[string]struct {
		facts  Facts
		health string
		want   []string
	}{
		"everything active":                          {Facts{Parts: []Part{{Kind: "cluster", Name: "stg-main", Status: "ACTIVE"}}}, Good, nil},
		"an upgrade under way is not bad health":     {Facts{Parts: []Part{{Kind: "cluster", Name: "stg-main", Status: "UPDATING"}, {Kind: "node group", Name: "blue", Status: "DELETING"}}}, Good, nil},
		"a degraded add-on":                          {Facts{Parts: []Part{bad}}, Bad, []string{"add-on main/coredns is DEGRADED: InsufficientNumberOfReplicas"}},
		"a failed node group":                        {Facts{Parts: []Part{{Kind: "node group", Name: "general", Status: "CREATE_FAILED"}}}, Bad, []string{"node group general is CREATE_FAILED"}},
		"an active cluster with an issue":            {Facts{Parts: []Part{{Kind: "cluster", Name: "stg-main", Status: "ACTIVE", Issues: []string{"KmsKeyDisabled"}}}}, Bad, []string{"cluster stg-main: KmsKeyDisabled"}},
		"a cluster that is gone":                     {Facts{Parts: []Part{{Kind: "cluster", Name: "stg-main", Status: Missing}}}, Bad, []string{"cluster stg-main is missing"}},
		"the alarm":                                  {Facts{Alarm: "stg-health", AlarmState: "ALARM"}, Bad, []string{"alarm stg-health has gone off"}},
		"an alarm without data has not gone off":     {Facts{Alarm: "stg-health", AlarmState: "INSUFFICIENT_DATA"}, Good, nil},
		"more problems than anybody reads at a time": {Facts{Parts: []Part{bad, bad, bad, bad, bad, bad, bad}}, Bad, append(slicesRepeat("add-on main/coredns is DEGRADED: InsufficientNumberOfReplicas", 5), "and 2 more")},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			before := &Observation{LastBad: map[string]time.Time{"2026.08": ago(500), "2026.11": ago(50)}}
			got := Observe(before, "2026.11", c.facts, noon)
			if diff := cmp.Diff(c.want, got.Reasons); diff != "" || got.Health != c.health {
				t.Errorf("health %s, reasons (-want +got):\n%s", got.Health, diff)
			}
			want := ago(50)
			if c.health == Bad {
				want = noon
			}
			if !got.LastBad["2026.11"].Equal(want) || !got.LastBad["2026.08"].Equal(ago(500)) || !before.LastBad["2026.11"].Equal(ago(50)) {
				t.Errorf("last bad %v, want %v for 2026.11, the other as it was, and the old observation unchanged", got.LastBad, want)
			}
			text, err := got.Encode()
			if err != nil {
				t.Fatal(err)
			}
			back, err := DecodeObservation(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, *back); diff != "" {
				t.Errorf("round trip (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAnAlarmThatIsOverStillCounts: the stack is in good health now, and its
// soak begins where the alarm ended.
func TestAnAlarmThatIsOverStillCounts(t *testing.T) {
	tests := map[string]struct {
		rang, want time.Time
		reasons    int
	}{
		"since the last bad day":     {ago(20), ago(20), 1},
		"before it":                  {ago(60), ago(50), 0},
		"never":                      {time.Time{}, ago(50), 0},
		"at this very moment, it is": {noon, ago(50), 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before := &Observation{LastBad: map[string]time.Time{"2026.11": ago(50)}}
			got := Observe(before, "2026.11", Facts{Alarm: "stg-health", AlarmState: "OK", AlarmLast: tt.rang}, noon)
			if got.Health != Good || !got.LastBad["2026.11"].Equal(tt.want) || len(got.Reasons) != tt.reasons {
				t.Errorf("health %s, last bad %v, want %v; reasons %v", got.Health, got.LastBad, tt.want, got.Reasons)
			}
		})
	}
}

func slicesRepeat(s string, n int) []string {
	var out []string
	for range n {
		out = append(out, s)
	}
	return out
}

func TestReadUpstream(t *testing.T) {
	record, err := Record{Version: RecordVersion, Stack: "ladder/stg", Entry: ran("2026.11", noon)}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	shape, err := EncodeShape(common)
	if err != nil {
		t.Fatal(err)
	}
	good := Texts{Record: record, Attempt: `{"release":"2026.11","digest":"d"}`, Observation: `{"date":"2026-11-21T12:00:00Z","health":"good"}`, Shape: shape}
	up, found := ReadUpstream("stg", "ladder/stg", good)
	if len(found) > 0 || up.Record == nil || up.Attempt == nil || up.Observation == nil || up.Shape["networks.main.nat.mode"] != `"perZone"` {
		t.Fatalf("got %+v, findings %v", up, found)
	}
	if up, found := ReadUpstream("stg", "ladder/stg", Texts{}); len(found) > 0 || up.Record != nil || up.Attempt != nil || up.Observation != nil || up.Shape != nil {
		t.Errorf("nothing written is nothing read: %+v, findings %v", up, found)
	}
	cases := map[string]struct {
		change func(*Texts)
		want   string
	}{
		"a record of another project": {func(t *Texts) { t.Record = strings.Replace(t.Record, "ladder/stg", "other/stg", 1) }, "the record that was read for ladder/stg is of other/stg"},
		"a damaged record":            {func(t *Texts) { t.Record = "{" }, "the record of stg is damaged: "},
		"a damaged attempt":           {func(t *Texts) { t.Attempt = "[]" }, "the attempt of stg is damaged: "},
		"a damaged observation":       {func(t *Texts) { t.Observation = `{"health":"good"}` }, "the observation of stg is damaged: observation: has no date or no health"},
		"a damaged shape":             {func(t *Texts) { t.Shape = "H4sI" }, "the shape of stg is damaged: "},
		"a shape that is no text":     {func(t *Texts) { t.Shape = "%" }, "the shape of stg is damaged: "},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			texts := good
			c.change(&texts)
			_, found := ReadUpstream("stg", "ladder/stg", texts)
			if len(found) != 1 || !strings.HasPrefix(found[0].Message, c.want) || found[0].Fix == "" {
				t.Errorf("got %v, want one finding %q that says what to do", found, c.want)
			}
		})
	}
}
