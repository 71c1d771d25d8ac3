package engine

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// ErrStackLocked is what errors.Is finds when an earlier run left its lock.
var ErrStackLocked = errors.New("the stack is locked")

// StackLockedError says that the stack's state has the lock of another run.
// The sandbox's directory is locked too while a run is under way, so it is the
// lock of one that was killed.
type StackLockedError struct{ Stack string }

func (e *StackLockedError) Error() string {
	return fmt.Sprintf("sandbox: stack %q has the lock of a run that was killed; run: ladder recover %s --sandbox", e.Stack, e.Stack)
}

// Is makes errors.Is(err, ErrStackLocked) true.
func (e *StackLockedError) Is(target error) bool { return target == ErrStackLocked }

// Failure is an operation that did not end well. What it did before stands in
// the result beside it.
type Failure struct {
	Verb  string
	Stack string
	// Errors are the engine's and the program's, one per resource.
	Errors []string
	// Killed says that the CLI was killed in the middle.
	Killed bool
	cause  error
}

func (e *Failure) Error() string {
	what := fmt.Sprintf("%s of %s failed", e.Verb, e.Stack)
	if e.Killed {
		what = fmt.Sprintf("%s of %s was killed; run: ladder recover %s --sandbox", e.Verb, e.Stack, e.Stack)
	}
	switch len(e.Errors) {
	case 0:
		if e.Killed {
			return what
		}
		return what + ": " + tail(e.cause)
	case 1:
		return what + ": " + e.Errors[0]
	}
	return what + ":\n  " + strings.Join(e.Errors, "\n  ")
}

// Unwrap is the engine's own error.
func (e *Failure) Unwrap() error { return e.cause }

// tail is the last thing the CLI said; the Automation API's error has all of
// its output.
func tail(err error) string {
	text := plainText(err.Error())
	if _, after, found := strings.Cut(text, "stderr:"); found && strings.TrimSpace(after) != "" {
		text = after
	}
	return strings.TrimSpace(text)
}

func failure(ctx context.Context, verb, stack string, errs []string, killed bool, err error) error {
	switch {
	case err == nil:
		return nil
	case auto.IsConcurrentUpdateError(err):
		return &StackLockedError{Stack: stack}
	case ctx.Err() != nil:
		return fmt.Errorf("%s of %s was interrupted; the operation under way has ended and the state is whole: run it again: %w", verb, stack, ctx.Err())
	}
	return &Failure{Verb: verb, Stack: stack, Errors: errs, Killed: killed, cause: err}
}

// colors are the engine's markers and what a terminal would show for them.
var colors = regexp.MustCompile(`<\{%[^%]*%\}>|\x1b\[[0-9;]*m`)

func plainText(s string) string { return strings.TrimSpace(colors.ReplaceAllString(s, "")) }
