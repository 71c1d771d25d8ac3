package comment

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/cmd/ladder/report"
)

// digestPrefix names the algorithm, so that another may follow.
const digestPrefix = "sha256:"

// Digest is of what a preview would do: of every operation its URN, what is
// done, and the keys that change. No value and no time is in it, so the same
// change has the same digest on another day, and for values that are only known
// late. What only looks, and providers that the engine makes by itself, are left
// out: the ordinary CLI does not tell of them.
func Digest(ops []report.Operation) string {
	var lines []string
	for _, op := range ops {
		if !changes(op.Op) || strings.HasPrefix(op.Type, "pulumi:providers:") && strings.HasPrefix(op.Name, "default") {
			continue
		}
		keys := slices.Clone(op.Changed)
		slices.Sort(keys)
		lines = append(lines, strings.Join(append([]string{op.URN, op.Op}, slices.Compact(keys)...), "\x00"))
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return digestPrefix + hex.EncodeToString(sum[:])
}

// changes says whether an operation is more than looking.
func changes(op string) bool {
	switch op {
	case "same", "read", "refresh", "read-discard", "":
		return false
	}
	return true
}
