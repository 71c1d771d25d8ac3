package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
	"github.com/ladder-platform/ladder/stacks/release"
)

// recordOutput is the stack output that holds the record.
const recordOutput = "record"

// checkRecord compares what the stack recorded after its last successful up
// with what its file asks for, and returns the record that this up will write.
func checkRecord(ctx *pulumi.Context, cfg config.Stack) (promotion.Record, error) {
	next, err := recordOf(cfg)
	if err != nil {
		return promotion.Record{}, err
	}
	last, ok, err := lastRecord(ctx)
	if err != nil || !ok {
		return next, err
	}
	return next, promotion.CheckSlots(last, next).Err()
}

// lastRecord reads the record through a reference to the stack itself; there
// is none before the first successful up.
func lastRecord(ctx *pulumi.Context) (promotion.Record, bool, error) {
	self := fmt.Sprintf("%s/%s/%s", ctx.Organization(), ctx.Project(), ctx.Stack())
	ref, err := pulumi.NewStackReference(ctx, "self", &pulumi.StackReferenceArgs{Name: pulumi.String(self)})
	if err != nil {
		return promotion.Record{}, false, fmt.Errorf("record: read %s: %w", self, err)
	}
	details, err := ref.GetOutputDetails(recordOutput)
	if err != nil {
		return promotion.Record{}, false, fmt.Errorf("record: read %s: %w", self, err)
	}
	text, _ := details.Value.(string)
	return promotion.DecodeRecord(text)
}

// recordOf is what the stack will have recorded when it runs what its file asks for.
func recordOf(cfg config.Stack) (promotion.Record, error) {
	rel, err := release.Find(cfg.Release)
	if err != nil {
		return promotion.Record{}, err
	}
	out := promotion.Record{
		Version: promotion.RecordVersion, Release: rel.Name, ReleaseDigest: rel.Digest(),
		Slots: map[string]promotion.SlotRecord{},
	}
	for key, c := range cfg.Clusters {
		for _, s := range c.Slots(cfg.Networks[c.Network].Zones, cfg.ClusterRelease(key)) {
			out.Slots[promotion.SlotKey(key, s.Group, s.Slot)] = promotion.SlotRecord{
				InstanceTypes: s.InstanceTypes, AMIFamily: s.AMIFamily, Capacity: s.Capacity, Zones: s.Zones,
				State: s.State, Min: s.Min, Max: s.Max, Desired: s.Desired,
			}
		}
	}
	return out, nil
}
