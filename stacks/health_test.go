package stacks

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster"
	"github.com/ladder-platform/ladder/components/edge"
	"github.com/ladder-platform/ladder/components/network"
	"github.com/ladder-platform/ladder/components/observability"
)

// recorder keeps the inputs of resources by type.
type recorder struct {
	sync.Mutex
	inputs map[string]resource.PropertyMap
}

func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.Lock()
	defer r.Unlock()
	r.inputs[args.TypeToken] = args.Inputs
	return args.Name, args.Inputs, nil
}

func (r *recorder) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) {
	return resource.PropertyMap{}, nil
}

func named(alarms ...string) pulumi.StringArrayOutput {
	return pulumi.ToStringArray(alarms).ToStringArrayOutput()
}

// TestHealthHearsEveryRoom: whoever has alarms is joined into the stack's one, and
// that one tells the topics of alerts.
func TestHealthHearsEveryRoom(t *testing.T) {
	topic := "arn:aws:sns:ap-northeast-2:111111111111:dev-main-alerts"
	watching := map[string]*observability.Observability{"main": {
		Alarms: named("dev-main-search-red"), Topics: []pulumi.StringOutput{pulumi.String(topic).ToStringOutput()},
	}}
	for sentence, tt := range map[string]struct {
		way      *edge.Edge
		watching map[string]*observability.Observability
		rule     string
		topics   []any
	}{
		"every room of a whole stack": {&edge.Edge{Alarms: named("dev-app-main-unhealthy")}, watching,
			`ALARM("dev-app-main-unhealthy") OR ALARM("dev-main-nat-ports") OR ALARM("dev-main-search-red") OR ALARM("dev-main-unplaced-pods")`, []any{topic}},
		"a stack that nobody comes into and nothing watches": {nil, nil,
			`ALARM("dev-main-nat-ports") OR ALARM("dev-main-unplaced-pods")`, nil},
	} {
		t.Run(sentence, func(t *testing.T) {
			cfg, _ := shipped(t, "dev")
			r := &recorder{inputs: map[string]resource.PropertyMap{}}
			err := pulumi.RunErr(func(ctx *pulumi.Context) error {
				on, err := connect(ctx, cfg)
				if err != nil {
					return err
				}
				_, err = watch(ctx, cfg, on,
					map[string]*network.Network{"main": {Alarms: named("dev-main-nat-ports")}},
					map[string]*cluster.Cluster{"main": {Alarms: named("dev-main-unplaced-pods")}}, tt.way, tt.watching)
				return err
			}, pulumi.WithMocks("ladder", "dev", r))
			if err != nil {
				t.Fatal(err)
			}
			got := r.inputs["aws:cloudwatch/compositeAlarm:CompositeAlarm"].Mappable()
			if diff := cmp.Diff(tt.rule, got["alarmRule"]); diff != "" {
				t.Errorf("rule (-want +got):\n%s", diff)
			}
			for _, actions := range []string{"alarmActions", "okActions"} {
				said, _ := got[actions].([]any)
				if diff := cmp.Diff(tt.topics, said); diff != "" {
					t.Errorf("%s (-want +got):\n%s", actions, diff)
				}
			}
		})
	}
}
