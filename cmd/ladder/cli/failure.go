package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/sandbox"
)

// Engine texts. Sources: pulumi/pkg resource/deploy, step generator ("as it is
// currently marked for protection"), and the multierror of an inline program in
// sdk/go/auto, both 3.250.0, read 2026-11.
const (
	protectedText = "marked for protection"
	unhandledText = "an unhandled error occurred: 1 error occurred:\n\t* "
	unknownText   = "unknown stack "
)

// shorter is an error with a text that a person can read; the cause is kept.
type shorter struct {
	text string
	err  error
}

func (e shorter) Error() string { return e.text }
func (e shorter) Unwrap() error { return e.err }

// readable shortens what the engine says: protected resources, which the report
// lists, become one line, and the wrapping of the program's own error goes.
func (s stack) readable(err error, again string) error {
	var failure *sandbox.Failure
	if err == nil || !errors.As(err, &failure) {
		return err
	}
	if strings.Contains(err.Error(), unknownText) {
		after := s.cfg.Promotion.After
		return shorter{fmt.Sprintf("%v: promotion.read of %s is stackReference, and %s was never brought up in this project and backend; run ladder up %s first, or set promotion.read: ssm",
			err, s.file.Shown, after, after), err}
	}
	protected := 0
	var rest []string
	for _, e := range failure.Errors {
		if strings.Contains(e, protectedText) {
			protected++
			continue
		}
		rest = append(rest, strings.ReplaceAll(e, unhandledText, ""))
	}
	switch {
	case protected > 0:
		rest = append([]string{fmt.Sprintf("%s that would be replaced or deleted %s protected; undo the change in %s, or lift environment.protect there and run ladder up %s first",
			count(protected, "resource"), isAre(protected), s.file.Shown, again)}, rest...)
	case !strings.Contains(err.Error(), unhandledText):
		return err
	}
	text := fmt.Sprintf("%s of %s is refused: ", failure.Verb, failure.Stack)
	return shorter{text + strings.TrimSpace(strings.Join(rest, "\n")), err}
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
