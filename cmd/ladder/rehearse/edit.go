package rehearse

import (
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// edited is a stack file after edits, made as ladder plan --write makes them.
func edited(text []byte, edits []upgrade.Edit) ([]byte, error) {
	return upgrade.Run{Edits: edits}.Write(text)
}
