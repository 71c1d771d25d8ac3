package podidentity

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
	"github.com/ladder-platform/ladder/components/internal/tags"
)

func TestAssociationFollowsItsPermissions(t *testing.T) {
	r := &mocks.Recorder{Answer: func(args pulumi.MockResourceArgs, out resource.PropertyMap) {
		out["arn"], out["name"] = resource.NewProperty("arn:"+args.Name), resource.NewProperty(args.Name)
	}}
	var ready int
	err := r.Run(func(ctx *pulumi.Context) error {
		id, err := New(ctx, "x", Args{
			RoleArgs: RoleArgs{
				Description: "d", Policy: pulumi.String("{}"), Tags: tags.New("dev", "o", nil),
				ManagedPolicies: map[string]string{"read": "arn:aws:iam::aws:policy/Read"},
			},
			ClusterName: pulumi.String("dev-main"), Namespace: "ns", ServiceAccount: "sa",
		})
		if err == nil {
			ready = len(id.Ready)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := r.ByType()
	association := seen["aws:eks/podIdentityAssociation:PodIdentityAssociation"]
	for property, want := range map[resource.PropertyKey]string{"clusterName": "dev-main", "namespace": "ns", "serviceAccount": "sa", "roleArn": "arn:x"} {
		if got := association.Inputs[property].StringValue(); got != want {
			t.Errorf("%s is %q, want %q", property, got, want)
		}
	}
	for _, permission := range []string{"aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"} {
		if !slices.ContainsFunc(association.RegisterRPC.GetDependencies(), func(urn string) bool { return strings.Contains(urn, permission) }) {
			t.Errorf("the association does not depend on %s: %v", permission, association.RegisterRPC.GetDependencies())
		}
	}
	if trust := seen["aws:iam/role:Role"].Inputs["assumeRolePolicy"].StringValue(); !strings.Contains(trust, "pods.eks.amazonaws.com") {
		t.Errorf("trust is %s", trust)
	}
	if ready != 3 {
		t.Errorf("a release would wait for %d resources, want both permissions and the association", ready)
	}
}
