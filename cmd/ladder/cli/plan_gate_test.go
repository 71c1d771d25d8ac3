package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
	"github.com/ladder-platform/ladder/stacks/release"
)

// TestTheStagesAreReadFromTheSandbox: dev has run the release for ten hours, stg
// is on the one before, in another shape.
func TestTheStagesAreReadFromTheSandbox(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	w := world.New(1, now)
	var chain []stack
	for _, name := range []string{"dev", "stg"} {
		cfg, found := config.Load("../../../Pulumi."+name+".yaml", name)
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		chain = append(chain, stack{file: stackFile{Name: name}, cfg: cfg})
	}
	shape := config.Shape(chain[0].cfg)
	shape["clusters.main.autoscaler"] = `"none"`
	for i, s := range chain {
		rel, err := release.Find(s.cfg.Release)
		if err != nil {
			t.Fatal(err)
		}
		record := promotion.Record{Version: promotion.RecordVersion, Stack: "ladder/" + s.file.Name, ShapeDigest: promotion.ShapeDigest(shape),
			Entry: promotion.Entry{Release: rel.Name, ReleaseDigest: rel.Digest(), Since: now.Add(-10 * time.Hour)}}
		observation := promotion.Observe(nil, rel.Name, promotion.Facts{}, now)
		for what, encode := range map[string]func() (string, error){
			"record": record.Encode, "observation": observation.Encode, "shape": func() (string, error) { return promotion.EncodeShape(shape) },
		} {
			text, err := encode()
			if err == nil {
				err = simulated(w, chain[i]).Put(t.Context(), promotion.Parameter(s.file.Name, what), text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	states := []promotion.StageState{{Name: "dev"}, {Name: "stg", Soak: 24 * time.Hour}}
	if err := readStages(t.Context(), w, chain, states); err != nil {
		t.Fatal(err)
	}
	catalogue, _ := release.Shipped()
	to, err := release.Find("2026.11")
	if err != nil {
		t.Fatal(err)
	}
	got := promotion.Foresee(states, to.Name, to.Digest(), catalogue, now)
	said := strings.Join(got.Missing, "\n")
	for _, want := range []string{"the soak is over on 2026-11-22 02:00 UTC", "dev ran it in another shape: clusters.main.autoscaler"} {
		if !strings.Contains(said, want) {
			t.Errorf("it lacks %q:\n%s", want, said)
		}
	}
	if !got.Read || !got.Earliest.Equal(now.Add(14*time.Hour)) {
		t.Errorf("read %t, earliest %v", got.Read, got.Earliest)
	}
	if err := simulated(w, chain[0]).Put(t.Context(), promotion.Parameter("dev", "record"), "{"); err != nil {
		t.Fatal(err)
	}
	if err := readStages(t.Context(), w, chain, states); err == nil || !strings.Contains(err.Error(), "the record of dev is damaged") {
		t.Errorf("a damaged record: %v", err)
	}
}
