package promotion

import (
	"fmt"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Upstream is what the stage before says of itself; nil is what it has never
// written.
type Upstream struct {
	Record      *Record
	Attempt     *Attempt
	Observation *Observation
	// Shape is values by configuration path, as the record's up applied them.
	Shape map[string]string
}

// Texts are an upstream's parameters as they were read; "" is not there.
type Texts struct {
	Record, Attempt, Observation, Shape string
}

// ReadUpstream decodes what the stage before has written. name is "<project>/<stack>".
func ReadUpstream(stack, name string, t Texts) (Upstream, finding.List) {
	var up Upstream
	var out finding.List
	bad := func(what string, err error) {
		if err != nil {
			out.Add("promotion.after", fmt.Sprintf("run up of %s again, which writes it anew; if that changes nothing, restore /ladder/%s/%s from its history in SSM", stack, stack, what),
				"the %s of %s is damaged: %v", what, stack, err)
		}
	}
	record, ok, err := DecodeRecord(t.Record)
	bad("record", err)
	if ok && err == nil {
		up.Record = &record
		if record.Stack != "" && record.Stack != name {
			out.Add("promotion.after", "correct promotion.after or promotion.reader: the account, the region or the project is another's",
				"the record that was read for %s is of %s", name, record.Stack)
		}
	}
	up.Attempt, err = DecodeAttempt(t.Attempt)
	bad("attempt", err)
	if up.Observation, err = DecodeObservation(t.Observation); err != nil {
		out.Add("promotion.after", "run ladder observe "+stack+" again", "the observation of %s is damaged: %v", stack, err)
	}
	up.Shape, err = DecodeShape(t.Shape)
	bad("shape", err)
	return up, out
}

// Parameter is the path of one of a stack's parameters in SSM.
func Parameter(stack, name string) string { return "/ladder/" + stack + "/" + name }
