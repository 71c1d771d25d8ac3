package kube

import (
	"time"

	"github.com/ladder-platform/ladder/sandbox/deps"
)

// latencyRead is a GET: a fifth of a write, which is two round trips and a wait.
const latencyRead = latencyObject / 5

// Latency is how long an operation on a type takes when all goes well, for a
// preview that no provider is asked about.
func Latency(typ, verb string) time.Duration {
	if typ == tokenRelease {
		if verb == deps.Read {
			return latencyObject
		}
		return latencyRelease
	}
	gvk, err := kindOf(typ, nil)
	switch {
	case verb == deps.Read:
		return latencyRead
	case err != nil || verb == deps.Delete:
		return latencyObject
	}
	return ready(gvk)
}
