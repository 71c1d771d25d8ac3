package promotion

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// RecordVersion is the version of the record's shape. A reader refuses a newer one.
const RecordVersion = 1

// Record is what a stack states about itself when an up has succeeded. It is
// written as the last resource of the graph, so it is never ahead of the truth
// (a stack output without that edge would be: docs/adr/0009-record.md).
type Record struct {
	Version int `json:"version"`
	// Release is the catalogue's name, for example "2026.08".
	Release string `json:"release"`
	// ReleaseDigest is the digest of the release's file as it was applied.
	ReleaseDigest string `json:"releaseDigest"`
	// Slots are the node group slots by "<cluster>/<group>/<slot>".
	Slots map[string]SlotRecord `json:"slots"`
}

// SlotRecord is what decides whether a slot's nodes would be replaced.
type SlotRecord struct {
	InstanceTypes []string `json:"instanceTypes"`
	AMIFamily     string   `json:"amiFamily"`
	Capacity      string   `json:"capacity"`
	Zones         []string `json:"zones"`
	// State is live or draining.
	State string `json:"state"`
	// Min, Max and Desired are the node counts that the slot was given.
	Min     int `json:"min"`
	Max     int `json:"max"`
	Desired int `json:"desired"`
}

// SlotKey is the key of a slot in a Record.
func SlotKey(cluster, group, slot string) string {
	return cluster + "/" + group + "/" + slot
}

// Encode renders the record with stable key order.
func (r Record) Encode() (string, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("record: encode: %w", err)
	}
	return string(b), nil
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
		return Record{}, false, fmt.Errorf("record: the stack's own record cannot be read: %w; restore output %q from an earlier state, or remove it to start a new record", err, "record")
	}
	if r.Version != RecordVersion {
		return Record{}, false, fmt.Errorf("record: version %d was written by another version of this program, which reads version %d; use the newer program", r.Version, RecordVersion)
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
