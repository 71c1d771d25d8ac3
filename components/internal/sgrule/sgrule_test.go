package sgrule

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
)

func TestARuleOpensOnePort(t *testing.T) {
	r, tags := &mocks.Recorder{}, pulumi.StringMap{"owner": pulumi.String("platform")}
	err := r.Run(func(ctx *pulumi.Context) error {
		if _, err := Ingress(ctx, "in", Rule{Group: pulumi.String("sg-1"), Port: 443, Block: "10.0.0.0/16", Description: "HTTPS", Tags: tags}); err != nil {
			return err
		}
		_, err := Egress(ctx, "out", Rule{Group: pulumi.String("sg-1"), Port: 15021, Peer: pulumi.String("sg-2"), Description: "health", Tags: tags})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]any{"owner": "platform"}
	want := map[string]map[string]any{
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
			"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrIpv4": "10.0.0.0/16", "description": "HTTPS", "tags": owner,
		},
		"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
			"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 15021.0, "toPort": 15021.0, "referencedSecurityGroupId": "sg-2", "description": "health", "tags": owner,
		},
	}
	if diff := cmp.Diff(want, mocks.Inputs(r.ByType())); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}
