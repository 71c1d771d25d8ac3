package cli

import (
	"errors"

	"github.com/ladder-platform/ladder/sandbox/fault"
)

// parseFaults reads the --fault flags; nil when there are none.
func parseFaults(specs []string, seed uint64) (*fault.Plan, error) {
	if len(specs) == 0 {
		return nil, nil
	}
	var faults []fault.Fault
	var errs []error
	for _, spec := range specs {
		f, err := fault.Parse(spec)
		errs = append(errs, err)
		faults = append(faults, f)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, usageError{err}
	}
	plan, err := fault.New(seed, faults...)
	if err != nil {
		return nil, usageError{err}
	}
	return plan, nil
}

// faulted makes an error that came of a simulated fault exit with its own code.
func faulted(err error, plan *fault.Plan) error {
	if err == nil || len(plan.Reached()) == 0 {
		return err
	}
	return faultError{err}
}
