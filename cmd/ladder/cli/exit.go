package cli

import (
	"errors"
	"fmt"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Exit codes. They are the last line of every command's help.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitFindings = 3
	exitFault    = 4
)

const exitHelp = `
Exit codes: 0 done, 1 failed, 2 bad usage, 3 config findings, 4 sandbox fault reached.`

// usageError is a mistake on the command line.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// findingsError stops a command because of what a stack file says. The
// findings are printed already.
type findingsError struct{ list finding.List }

func (e findingsError) Error() string { return e.list.Err().Error() }

// reported wraps an error whose text the command has printed itself.
type reported struct{ err error }

func (e reported) Error() string { return e.err.Error() }
func (e reported) Unwrap() error { return e.err }

// faultError says that a simulated fault was reached and ended the run.
type faultError struct{ err error }

func (e faultError) Error() string { return e.err.Error() }
func (e faultError) Unwrap() error { return e.err }

// exitCode is the code for an error of a command.
func exitCode(err error) int {
	var usage usageError
	var findings findingsError
	var fault faultError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &findings):
		return exitFindings
	case errors.As(err, &fault):
		return exitFault
	}
	return exitFailed
}
