package rig

import (
	"time"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
	"github.com/ladder-platform/ladder/stacks/release"
)

const parameterKind = "aws:ssm/parameter:Parameter"

// Wrote puts into the world what a stack writes about itself, as if it had run
// its file since a time and been observed now, in good health; for tests of a
// stage that need the one before it and not what it is made of.
func (r *Rig) Wrote(p sandbox.Program, since time.Time) []*world.Object {
	r.t.Helper()
	cfg, found := config.Load(p.StackFile, p.Stack)
	if err := found.Err(); err != nil {
		r.t.Fatal(err)
	}
	rel, err := release.Find(cfg.Release)
	if err != nil {
		r.t.Fatal(err)
	}
	shape := config.Shape(cfg)
	record := promotion.Record{Version: promotion.RecordVersion, Stack: "ladder/" + p.Stack, ShapeDigest: promotion.ShapeDigest(shape),
		Entry: promotion.Entry{Release: rel.Name, ReleaseDigest: rel.Digest(), Since: since}}
	attempt := promotion.Attempt{Release: rel.Name, Digest: rel.Digest(), At: since}
	observation := promotion.Observe(nil, rel.Name, promotion.Facts{}, r.World().Now())
	encoded := map[string]func() (string, error){
		"record": record.Encode, "attempt": attempt.Encode, "observation": observation.Encode,
		"shape": func() (string, error) { return promotion.EncodeShape(shape) },
	}
	var out []*world.Object
	for name, encode := range encoded {
		text, err := encode()
		if err != nil {
			r.t.Fatal(err)
		}
		out = append(out, r.Parameter(cfg, p.Stack, name, text))
	}
	return out
}

// Parameter writes one of a stack's parameters behind its back.
func (r *Rig) Parameter(cfg config.Stack, stack, name, text string) *world.Object {
	r.t.Helper()
	o := &world.Object{Kind: parameterKind, Scope: cfg.Environment.AccountID + "/" + cfg.Environment.Region, ID: promotion.Parameter(stack, name), Owner: world.OwnerSeed,
		Attrs: map[string]any{"name": promotion.Parameter(stack, name), "type": "String", "value": text, "insecureValue": text}}
	if err := r.World().Tx(func(tx *world.Tx) error { tx.Put(o); return nil }); err != nil {
		r.t.Fatal(err)
	}
	var kept *world.Object
	r.World().View(func(tx *world.Tx) { kept, _ = tx.Get(o.Key()) })
	return kept
}

// WroteBefore is Wrote for all that a shipped stack follows.
func (r *Rig) WroteBefore(p sandbox.Program) []*world.Object {
	r.t.Helper()
	cfg, found := config.Load(p.StackFile, p.Stack)
	if err := found.Err(); err != nil {
		r.t.Fatal(err)
	}
	if cfg.Promotion.After == "" {
		return nil
	}
	return r.Wrote(r.Program(cfg.Promotion.After), r.World().Now())
}
