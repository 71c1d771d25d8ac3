package promotion

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func live(types ...string) SlotRecord {
	return SlotRecord{InstanceTypes: types, AMIFamily: "al2023", Capacity: "onDemand",
		Zones: []string{"apne2-az1", "apne2-az2"}, State: "live", Min: 2, Max: 6, Desired: 3}
}

func with(s SlotRecord, change func(*SlotRecord)) SlotRecord { change(&s); return s }

func record(slots map[string]SlotRecord) Record {
	return Record{Version: RecordVersion, Entry: Entry{Release: "2026.08"}, Slots: slots}
}

func TestCheckSlots(t *testing.T) {
	general := "main/general/main"
	cases := map[string]struct {
		prev, next map[string]SlotRecord
		want       []string // path and message of each finding
	}{
		"nothing changed": {
			map[string]SlotRecord{general: live("m6i.large")}, map[string]SlotRecord{general: live("m6i.large")}, nil,
		},
		"node counts change in place": {
			map[string]SlotRecord{general: live("m6i.large")},
			map[string]SlotRecord{general: with(live("m6i.large"), func(s *SlotRecord) { s.Min, s.Max, s.Desired = 3, 9, 5 })}, nil,
		},
		"the same zones in another order replace nothing": {
			map[string]SlotRecord{general: live("m6i.large")},
			map[string]SlotRecord{general: with(live("m6i.large"), func(s *SlotRecord) { s.Zones = []string{"apne2-az2", "apne2-az1"} })}, nil,
		},
		"another instance type on a live slot is refused": {
			map[string]SlotRecord{general: live("m6i.large")}, map[string]SlotRecord{general: live("m7i.large")},
			[]string{`clusters.main.nodeGroups.general: slot "main" has live nodes, and EKS replaces a node group whose instanceTypes [m6i.large] to [m7i.large] changes`},
		},
		"the same instance types in another order are a replacement": {
			map[string]SlotRecord{general: live("m6i.large", "m6a.large")}, map[string]SlotRecord{general: live("m6a.large", "m6i.large")},
			[]string{`clusters.main.nodeGroups.general: slot "main" has live nodes, and EKS replaces a node group whose instanceTypes [m6i.large, m6a.large] to [m6a.large, m6i.large] changes`},
		},
		"every replacing property is named at once": {
			map[string]SlotRecord{general: live("m6i.large")},
			map[string]SlotRecord{general: {InstanceTypes: []string{"m6i.large"}, AMIFamily: "bottlerocket", Capacity: "spot", Zones: []string{"apne2-az1"}, State: "live"}},
			[]string{`clusters.main.nodeGroups.general: slot "main" has live nodes, and EKS replaces a node group whose amiFamily "al2023" to "bottlerocket" and capacity "onDemand" to "spot" and zones [apne2-az1, apne2-az2] to [apne2-az1] changes`},
		},
		"a draining slot may change": {
			map[string]SlotRecord{general: with(live("m6i.large"), func(s *SlotRecord) { s.State = "draining" })},
			map[string]SlotRecord{general: live("m7i.large")}, nil,
		},
		"a new slot beside the live one is the way": {
			map[string]SlotRecord{general: live("m6i.large")},
			map[string]SlotRecord{general: live("m6i.large"), "main/general/next": live("m7i.large")}, nil,
		},
		"a live slot that vanishes is refused": {
			map[string]SlotRecord{general: live("m6i.large"), "main/system/main": live("m6i.large")},
			map[string]SlotRecord{"main/system/main": live("m6i.large")},
			[]string{`clusters.main.nodeGroups.general.slots.main: the stack runs this slot with live nodes and the file no longer has it`},
		},
		"a drained slot may vanish": {
			map[string]SlotRecord{general: with(live("m6i.large"), func(s *SlotRecord) { s.State, s.Drained = "draining", true }), "main/general/next": live("m7i.large")},
			map[string]SlotRecord{"main/general/next": live("m7i.large")}, nil,
		},
		"a slot that drains and is not recorded as drained is refused": {
			map[string]SlotRecord{general: with(live("m6i.large"), func(s *SlotRecord) { s.State = "draining" }), "main/general/next": live("m7i.large")},
			map[string]SlotRecord{"main/general/next": live("m7i.large")},
			[]string{`clusters.main.nodeGroups.general.slots.main: the slot drains, the stack's record does not say that it is empty, and the file no longer has it`},
		},
		"a drained slot may live again": {
			map[string]SlotRecord{general: with(live("m6i.large"), func(s *SlotRecord) { s.State, s.Drained = "draining", true })},
			map[string]SlotRecord{general: live("m6i.large")}, nil,
		},
		"a cluster that vanishes is one finding, not one per slot": {
			map[string]SlotRecord{general: live("m6i.large"), "main/system/main": live("m6i.large"), "blue/general/main": live("m6i.large")},
			map[string]SlotRecord{"blue/general/main": live("m6i.large")},
			[]string{`clusters.main: the stack runs this cluster and the file no longer has it`},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range CheckSlots(record(c.prev), record(c.next)) {
				if f.Fix == "" {
					t.Errorf("finding at %s says nothing about what to do", f.Path)
				}
				got = append(got, f.Path+": "+f.Message)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestARetiringClusterMayGo: once an up has lifted its protection.
func TestARetiringClusterMayGo(t *testing.T) {
	prev := record(map[string]SlotRecord{"main/general/main": live("m6i.large"), "blue/general/main": live("m6i.large")})
	next := record(map[string]SlotRecord{"blue/general/main": live("m6i.large")})
	fs := CheckSlots(prev, next)
	if len(fs) != 1 || !strings.Contains(fs[0].Fix, "set clusters.main.state to retiring") {
		t.Errorf("findings %v, want one that says how", fs)
	}
	prev.Retiring = []string{"main"}
	if fs := CheckSlots(prev, next); len(fs) > 0 {
		t.Errorf("findings %v, want none", fs)
	}
	delete(next.Slots, "blue/general/main") // it retires alone
	if fs := CheckSlots(prev, next); len(fs) != 1 || fs[0].Path != "clusters.blue" {
		t.Errorf("findings %v, want one about blue", fs)
	}
}

func TestTheAdviceKeepsTheOldSlotAndGivesTheNewOne(t *testing.T) {
	fs := CheckSlots(record(map[string]SlotRecord{"main/general/main": live("m6i.large")}),
		record(map[string]SlotRecord{"main/general/main": live("m7i.large")}))
	if len(fs) != 1 {
		t.Fatalf("got %d findings, want 1", len(fs))
	}
	for _, part := range []string{
		"upgrade: blueGreen",
		"main: { instanceTypes: [m6i.large], amiFamily: al2023, capacity: onDemand",
		"next: { instanceTypes: [m7i.large], amiFamily: al2023, capacity: onDemand",
		"desired: 3",
		"set slots.main.state to draining",
	} {
		if !strings.Contains(fs[0].Fix, part) {
			t.Errorf("fix lacks %q: %s", part, fs[0].Fix)
		}
	}
}

func TestDecodeRecord(t *testing.T) {
	want := record(map[string]SlotRecord{"main/general/main": live("m6i.large")})
	text, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, ok, err := DecodeRecord(text)
	if err != nil || !ok {
		t.Fatalf("DecodeRecord: ok=%v err=%v", ok, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("round trip (-want +got):\n%s", diff)
	}
	if _, ok, err := DecodeRecord(" "); ok || err != nil {
		t.Errorf("an empty text must be no record and no error, got ok=%v err=%v", ok, err)
	}
	for name, bad := range map[string]string{
		"not JSON": "{", "a newer version": `{"version":3,"release":"2026.08"}`, "no version": `{"release":"2026.08"}`, "no release": `{"version":2}`,
	} {
		if _, _, err := DecodeRecord(bad); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	old := `{"version":1,"release":"2026.08","releaseDigest":"d","slots":{}}`
	r, ok, err := DecodeRecord(old)
	if err != nil || !ok || r.Release != "2026.08" || r.ReleaseDigest != "d" || !r.Since.IsZero() {
		t.Errorf("a record of version 1: got %+v, ok=%v err=%v", r, ok, err)
	}
}
