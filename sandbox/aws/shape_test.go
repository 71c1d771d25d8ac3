package aws

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/ladder-platform/ladder/sandbox/schema"
)

func TestARefreshShowsNoFieldThatOnlyTheServiceFilledIn(t *testing.T) {
	listener, _ := schema.AWS().Resource("aws:lb/listener:Listener")
	actions := func(fields resource.PropertyMap) resource.PropertyValue {
		return resource.NewArrayProperty([]resource.PropertyValue{resource.NewObjectProperty(fields)})
	}
	gave := actions(resource.PropertyMap{"type": resource.NewStringProperty("forward")})
	live := actions(resource.PropertyMap{"type": resource.NewStringProperty("forward"), "order": resource.NewNumberProperty(1)})
	// A listener's actions are a secret, since one of them may hold a client's.
	tests := map[string]struct{ live, old, want resource.PropertyValue }{
		"in plain text":           {live, gave, gave},
		"a secret on both sides":  {resource.MakeSecret(live), resource.MakeSecret(gave), resource.MakeSecret(gave)},
		"a secret in the outputs": {resource.MakeSecret(live), gave, resource.MakeSecret(gave)},
		"a secret in the inputs":  {live, resource.MakeSecret(gave), gave},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := shaped(listener.Inputs["defaultActions"], tt.live, tt.old); !got.DeepEquals(tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
