package dns

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
)

func TestWhatIsRegistered(t *testing.T) {
	r, tags := &mocks.Recorder{}, pulumi.StringMap{"owner": pulumi.String("platform")}
	err := r.Run(func(ctx *pulumi.Context) error {
		if _, err := NewZone(ctx, "public", ZoneArgs{Name: "dev.example.com", Comment: "hosts", Tags: tags}); err != nil {
			return err
		}
		if _, err := NewZone(ctx, "private", ZoneArgs{Name: "dev.example.com", Comment: "inside", VPCID: pulumi.String("vpc-1"), ForceDestroy: true, Tags: tags}); err != nil {
			return err
		}
		if _, err := NewRecord(ctx, "values", RecordArgs{
			ZoneID: pulumi.String("Z1"), Name: pulumi.String("dev.example.com"), Type: "NS", TTL: 86400, Values: pulumi.ToStringArray([]string{"ns-1.", "ns-2."}),
		}); err != nil {
			return err
		}
		_, err := NewRecord(ctx, "alias", RecordArgs{
			ZoneID: pulumi.String("Z1"), Name: pulumi.String("a.example.com"), Type: "A", Alias: &Alias{Name: pulumi.String("lb.aws"), ZoneID: pulumi.String("Z2")},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]any{"owner": "platform"}
	want := map[string]map[string]any{
		"public":  {"name": "dev.example.com", "comment": "hosts", "forceDestroy": false, "tags": owner},
		"private": {"name": "dev.example.com", "comment": "inside", "forceDestroy": true, "vpcs": []any{map[string]any{"vpcId": "vpc-1"}}, "tags": owner},
		"values":  {"zoneId": "Z1", "name": "dev.example.com", "type": "NS", "ttl": 86400.0, "records": []any{"ns-1.", "ns-2."}},
		"alias":   {"zoneId": "Z1", "name": "a.example.com", "type": "A", "aliases": []any{map[string]any{"name": "lb.aws", "zoneId": "Z2", "evaluateTargetHealth": false}}},
	}
	if diff := cmp.Diff(want, mocks.Inputs(r.ByName())); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}
