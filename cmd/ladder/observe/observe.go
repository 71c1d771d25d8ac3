package observe

import (
	"context"
	"fmt"
	"time"

	"github.com/ladder-platform/ladder/stacks/promotion"
)

// Cloud is where a stack runs.
type Cloud interface {
	// Facts are what is reported of clusters, all that is in them, and an alarm,
	// which may have gone off since a time and be over.
	Facts(ctx context.Context, clusters []string, alarm string, since time.Time) (promotion.Facts, error)
	// Get is the value of a parameter, "" when it does not exist.
	Get(ctx context.Context, name string) (string, error)
	// Put writes a parameter, new or not.
	Put(ctx context.Context, name, value string) error
}

// Run observes a stack and writes what it saw.
func Run(ctx context.Context, cloud Cloud, stack string, clusters []string, now time.Time) (promotion.Observation, error) {
	var none promotion.Observation
	text, err := cloud.Get(ctx, promotion.Parameter(stack, "record"))
	if err != nil {
		return none, err
	}
	record, ok, err := promotion.DecodeRecord(text)
	if err != nil {
		return none, fmt.Errorf("%s: %w", stack, err)
	}
	if !ok {
		return none, fmt.Errorf("%s has no record, so there is nothing to observe: no up of it has succeeded yet", stack)
	}
	path := promotion.Parameter(stack, "observation")
	if text, err = cloud.Get(ctx, path); err != nil {
		return none, err
	}
	last, broken := promotion.DecodeObservation(text)
	facts, err := cloud.Facts(ctx, clusters, promotion.AlarmName(stack), since(record, last))
	if err != nil {
		return none, err
	}
	seen := promotion.Observe(last, record.Release, facts, now)
	if broken != nil { // what it knew of bad days is lost: the soak begins again
		seen.LastBad[record.Release] = seen.Date
		seen.Reasons = append(seen.Reasons, "the observation before could not be read, so the soak begins again")
	}
	encoded, err := seen.Encode()
	if err != nil {
		return none, err
	}
	return seen, cloud.Put(ctx, path, encoded)
}

// since is from when on the alarm's history is asked for: the observation
// before, or else the day on which the release began to run. What the alarm did
// in the run before is not this release's fault.
func since(record promotion.Record, last *promotion.Observation) time.Time {
	if last != nil && last.Date.After(record.Since) {
		return last.Date
	}
	return record.Since
}
