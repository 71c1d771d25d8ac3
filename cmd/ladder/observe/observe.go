package observe

import (
	"context"
	"fmt"
	"time"

	"github.com/ladder-platform/ladder/stacks/promotion"
)

// Cloud is where a stack runs.
type Cloud interface {
	// Facts are what is reported of clusters, all that is in them, and an alarm.
	Facts(ctx context.Context, clusters []string, alarm string) (promotion.Facts, error)
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
	facts, err := cloud.Facts(ctx, clusters, promotion.AlarmName(stack))
	if err != nil {
		return none, err
	}
	last, err := promotion.DecodeObservation(text)
	seen := promotion.Observe(last, record.Release, facts, now)
	if err != nil { // what it knew of bad days is lost: the soak begins again
		seen.LastBad[record.Release] = seen.Date
		seen.Reasons = append(seen.Reasons, "the observation before could not be read, so the soak begins again")
	}
	encoded, err := seen.Encode()
	if err != nil {
		return none, err
	}
	return seen, cloud.Put(ctx, path, encoded)
}
