package promotion

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Attempt is the release that an up last set out for. It is written before any
// control plane changes, so a climb that failed half way is not forgotten: the
// record still names the old release then, and the two differ.
type Attempt struct {
	Release string `json:"release"`
	// Digest of the release's file.
	Digest string `json:"digest"`
	// At is when the first up to it began.
	At time.Time `json:"at"`
	// Override is what let it pass the gate; finishing needs no new one.
	Override *Override `json:"override,omitempty"`
}

// NewAttempt is what an up to a release writes: the last attempt as it is when
// it was for the same, so that a second up writes nothing.
func NewAttempt(last *Attempt, release, digest string, override *Override, now time.Time) Attempt {
	if last != nil && last.Release == release && last.Digest == digest {
		return *last
	}
	return Attempt{Release: release, Digest: digest, At: now.UTC().Truncate(time.Second), Override: override}
}

// Encode renders the attempt with stable key order.
func (a Attempt) Encode() (string, error) {
	b, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("attempt: encode: %w", err)
	}
	return string(b), nil
}

// DecodeAttempt reads what Encode wrote; an empty text is none.
func DecodeAttempt(text string) (*Attempt, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var a Attempt
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return nil, fmt.Errorf("attempt: cannot be read: %w", err)
	}
	if a.Release == "" {
		return nil, fmt.Errorf("attempt: names no release: %.40q", text)
	}
	return &a, nil
}

// finished says whether a record tells of the attempt's success.
func (a *Attempt) finished(r *Record) bool {
	return a == nil || (r != nil && (r.Is(a.Release, a.Digest) || r.Since.After(a.At)))
}
