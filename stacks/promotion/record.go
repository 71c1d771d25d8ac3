package promotion

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"
)

// RecordVersion is the version of the record's shape. A reader refuses a newer
// one. Version 1 had no stack, shape, time or history; it is still read.
const RecordVersion = 2

// Limits of a record.
const (
	// ParameterLimit is what a standard SSM parameter holds, in characters.
	// Source: Systems Manager quotas, read 2026-11.
	ParameterLimit = 4096
	// maxHistory is how many releases a record remembers: two years of them at
	// the pace of Kubernetes.
	maxHistory = 6
)

// Record is what a stack states about itself when an up has succeeded. It is
// written as the last resource of the graph, so it is never ahead of the truth
// (a stack output without that edge would be: docs/adr/0009-record.md).
type Record struct {
	Version int `json:"version"`
	// Stack is "<project>/<stack>"; "" in a record of version 1.
	Stack string `json:"stack,omitempty"`
	Entry
	// ShapeDigest is the digest of the shape that this up applied: what a stage
	// downstream must have in common with it. The shape itself is beside the
	// record, because it may be longer than a parameter.
	ShapeDigest string `json:"shapeDigest,omitempty"`
	// History is what the stack ran before, newest first.
	History []Entry `json:"history,omitempty"`
	// Slots are the node group slots by "<cluster>/<group>/<slot>".
	Slots map[string]SlotRecord `json:"slots"`
	// Retiring are the clusters whose protection this up lifted, by key: their
	// entries may go.
	Retiring []string `json:"retiring,omitempty"`
	// Meshes are the service meshes by cluster key.
	Meshes map[string]MeshRecord `json:"meshes,omitempty"`
}

// Entry is one release that a stack ran.
type Entry struct {
	// Release is the catalogue's name, for example "2026.08".
	Release string `json:"release"`
	// ReleaseDigest is the digest of the release's file as it was applied.
	ReleaseDigest string `json:"releaseDigest"`
	// Since is when the first up to it had succeeded; zero in a record of
	// version 1.
	Since time.Time `json:"since,omitzero"`
	// Override is what let the release pass the gate; nil when none was needed.
	Override *Override `json:"override,omitempty"`
}

// Is says whether the entry is a release with a digest.
func (e Entry) Is(release, digest string) bool {
	return e.Release == release && e.ReleaseDigest == digest
}

// SlotRecord is what decides whether a slot's nodes would be replaced.
type SlotRecord struct {
	InstanceTypes []string `json:"instanceTypes"`
	AMIFamily     string   `json:"amiFamily"`
	Capacity      string   `json:"capacity"`
	Zones         []string `json:"zones"`
	// State is live or draining.
	State string `json:"state"`
	// Drained says that the slot's drain Job has ended: the record depends on it.
	// Without it the slot may have pods, whatever its state.
	Drained bool `json:"drained,omitempty"`
	// Min, Max and Desired are the node counts that the slot was given.
	Min     int `json:"min"`
	Max     int `json:"max"`
	Desired int `json:"desired"`
}

// SlotKey is the key of a slot in a Record.
func SlotKey(cluster, group, slot string) string {
	return cluster + "/" + group + "/" + slot
}

// Following completes a record that names release and digest: it begins now,
// or goes on when last ran the same, so that an up that changes nothing writes
// nothing. last is nil before the first successful up.
func (r Record) Following(last *Record, override *Override, now time.Time) Record {
	r.Since, r.Override, r.History = now.UTC().Truncate(time.Second), override, nil
	switch {
	case last == nil:
	case last.Is(r.Release, r.ReleaseDigest):
		r.Override, r.History = last.Override, last.History
		if !last.Since.IsZero() {
			r.Since = last.Since
		}
	default:
		r.History = append([]Entry{last.Entry}, last.History...)
		r.History = r.History[:min(len(r.History), maxHistory)]
	}
	return r
}

// Run is a time in which a stack ran a release.
type Run struct {
	Entry
	// Until is when the next release was taken; zero while it still runs.
	Until time.Time
}

// Current says whether the release still runs.
func (r Run) Current() bool { return r.Until.IsZero() }

// Ran finds a release in what a stack runs and ran: the newest run with the
// digest, or else the newest of that name, or else nothing.
func (r Record) Ran(release, digest string) (Run, bool) {
	runs := []Run{{Entry: r.Entry}}
	until := r.Since
	for _, e := range r.History {
		runs = append(runs, Run{Entry: e, Until: until})
		until = e.Since
	}
	for _, run := range runs {
		if run.Is(release, digest) {
			return run, true
		}
	}
	for _, run := range runs {
		if run.Release == release {
			return run, true
		}
	}
	return Run{}, false
}

// Encode renders the record with stable key order. The oldest history goes
// first when it is longer than a parameter.
func (r Record) Encode() (string, error) {
	for {
		b, err := json.Marshal(r)
		if err != nil {
			return "", fmt.Errorf("record: encode: %w", err)
		}
		if len(b) <= ParameterLimit || len(r.History) <= 1 {
			return string(b), nil
		}
		r.History = r.History[:len(r.History)-1]
	}
}

// DecodeRecord reads what Encode wrote. An empty text is no record: a first
// deployment. A record of a newer version is refused, because guessing at it
// could let a forbidden change through.
func DecodeRecord(text string) (Record, bool, error) {
	if strings.TrimSpace(text) == "" {
		return Record{}, false, nil
	}
	var r Record
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return Record{}, false, fmt.Errorf("record: cannot be read: %w; restore output %q from an earlier state, or remove it to start a new record", err, "record")
	}
	if r.Version < 1 || r.Version > RecordVersion {
		return Record{}, false, fmt.Errorf("record: version %d was written by another version of this program, which reads versions 1 to %d; use the newer program", r.Version, RecordVersion)
	}
	if r.Release == "" {
		return Record{}, false, fmt.Errorf("record: names no release; restore output %q from an earlier state, or remove it to start a new record", "record")
	}
	return r, true, nil
}

// clusters are the cluster keys that a record has slots for, sorted.
func (r Record) clusters() []string {
	seen := map[string]bool{}
	for key := range r.Slots {
		cluster, _, _ := strings.Cut(key, "/")
		seen[cluster] = true
	}
	out := make([]string, 0, len(seen))
	for c := range seen {
		out = append(out, c)
	}
	sort.Strings(out)
	return out
}
