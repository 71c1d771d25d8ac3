package stacks

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
	"github.com/ladder-platform/ladder/stacks/release"
)

// recordOutput is the stack output that holds the record.
const recordOutput = "record"

// checkRecord compares what the stack recorded after its last successful up
// with what its file asks for. last is nil before the first; next is without
// what the gate adds to it.
func checkRecord(ctx *pulumi.Context, cfg config.Stack) (last *promotion.Record, next promotion.Record, err error) {
	next, err = recordOf(ctx, cfg)
	if err != nil {
		return nil, next, err
	}
	own, ok, err := lastRecord(ctx)
	if err != nil || !ok {
		return nil, next, err
	}
	found := append(promotion.CheckSlots(own, next), checkMeshes(own, next)...)
	return &own, next, found.Err()
}

// lastRecord reads the record through a reference to the stack itself; there
// is none before the first successful up.
func lastRecord(ctx *pulumi.Context) (promotion.Record, bool, error) {
	text, err := recordText(ctx, "self", ctx.Stack())
	if err != nil {
		return promotion.Record{}, false, err
	}
	r, ok, err := promotion.DecodeRecord(text)
	if err != nil {
		return r, false, fmt.Errorf("the stack's own %w", err)
	}
	return r, ok, nil
}

// recordText is the output record of a stack of this project, "" when there is
// none.
func recordText(ctx *pulumi.Context, name, stack string) (string, error) {
	whole := fmt.Sprintf("%s/%s/%s", ctx.Organization(), ctx.Project(), stack)
	ref, err := pulumi.NewStackReference(ctx, name, &pulumi.StackReferenceArgs{Name: pulumi.String(whole)})
	if err != nil {
		return "", fmt.Errorf("record: read %s: %w", whole, err)
	}
	details, err := ref.GetOutputDetails(recordOutput)
	if err != nil {
		return "", fmt.Errorf("record: read %s: %w", whole, err)
	}
	text, _ := details.Value.(string)
	return text, nil
}

// recordName is what a record calls a stack of this project.
func recordName(ctx *pulumi.Context, stack string) string { return ctx.Project() + "/" + stack }

// recordOf is what the stack will have recorded when it runs what its file asks for.
func recordOf(ctx *pulumi.Context, cfg config.Stack) (promotion.Record, error) {
	rel, err := release.Find(cfg.Release)
	if err != nil {
		return promotion.Record{}, err
	}
	out := promotion.Record{
		Version: promotion.RecordVersion, Stack: recordName(ctx, ctx.Stack()),
		Entry:       promotion.Entry{Release: rel.Name, ReleaseDigest: rel.Digest()},
		ShapeDigest: promotion.ShapeDigest(config.Shape(cfg)),
		Slots:       map[string]promotion.SlotRecord{},
		Meshes:      meshRecords(cfg),
	}
	for _, key := range slices.Sorted(maps.Keys(cfg.Clusters)) {
		c := cfg.Clusters[key]
		if c.State == cluster.Retiring {
			out.Retiring = append(out.Retiring, key)
		}
		for _, s := range c.Slots(cfg.Networks[c.Network].Zones, cfg.ClusterRelease(key)) {
			out.Slots[promotion.SlotKey(key, s.Group, s.Slot)] = promotion.SlotRecord{
				InstanceTypes: s.InstanceTypes, AMIFamily: s.AMIFamily, Capacity: s.Capacity, Zones: s.Zones,
				State: s.State, Drained: s.State == cluster.Draining, Min: s.Min, Max: s.Max, Desired: s.Desired,
			}
		}
	}
	return out, nil
}
