package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// TestTheCalendarOfASimulatedCloudIsItsOwn: what depends on the day, an
// override's end and the support of a release, is judged by the clock of the
// cloud that the command works on.
func TestTheCalendarOfASimulatedCloudIsItsOwn(t *testing.T) {
	dir := t.TempDir()
	w, err := world.Open(dir, 1, time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := Main([]string{"--project", "../../..", "preview", "dev", "--sandbox", "--dir", dir}, strings.NewReader(""), &out, &errs)
	if said := out.String() + errs.String(); code != 3 || !strings.Contains(said, "extended support of Kubernetes 1.36, which release \"2026.11\" has, ended on") {
		t.Errorf("exit %d:\n%s", code, said)
	}
}
