package cluster

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
)

func TestCNISettings(t *testing.T) {
	tests := map[string]struct {
		in      cniSettings
		subnets []string
		want    string
	}{
		"addresses of the node subnets": {
			in: cniSettings{Region: "ap-northeast-2", NetworkPolicy: true}, want: `{"enableNetworkPolicy":"true","env":{}}`,
		},
		"prefixes and no policy": {
			in:   cniSettings{PrefixDelegation: true},
			want: `{"env":{"ENABLE_PREFIX_DELEGATION":"true","WARM_PREFIX_TARGET":"1"}}`,
		},
		"pods with security groups of their own": {
			in:   cniSettings{SecurityGroups: "standard"},
			want: `{"env":{"ENABLE_POD_ENI":"true","POD_SECURITY_GROUP_ENFORCING_MODE":"standard"}}`,
		},
		"custom networking has an ENIConfig for each zone ID": {
			in: cniSettings{Region: "ap-northeast-2", Zones: []string{"apne2-az1", "apne2-az3"}}, subnets: []string{"subnet-a", "subnet-c"},
			want: `{"eniConfig":{"create":true,"region":"ap-northeast-2","subnets":{"apne2-az1":{"id":"subnet-a"},"apne2-az3":{"id":"subnet-c"}}},` +
				`"env":{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":"true","ENI_CONFIG_LABEL_DEF":"topology.k8s.aws/zone-id"}}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := tt.in.render(tt.subnets)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("configuration (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := (cniSettings{Zones: []string{"a"}}).render(nil); err == nil {
		t.Error("a zone without a subnet is no error")
	}
}

func TestRenderKubeconfig(t *testing.T) {
	text, err := renderKubeconfig("dev-main", "ap-northeast-2", "https://x.test", "Q0E=")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		CurrentContext string `json:"current-context"`
		Clusters       []struct {
			Cluster struct {
				Server string `json:"server"`
				CA     string `json:"certificate-authority-data"`
			} `json:"cluster"`
		} `json:"clusters"`
		Users []struct {
			User struct {
				Exec struct {
					Command string   `json:"command"`
					Args    []string `json:"args"`
				} `json:"exec"`
			} `json:"user"`
		} `json:"users"`
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := []string{"--region", "ap-northeast-2", "eks", "get-token", "--cluster-name", "dev-main", "--output", "json"}
	if diff := cmp.Diff(want, got.Users[0].User.Exec.Args); diff != "" || got.Users[0].User.Exec.Command != "aws" {
		t.Errorf("exec %q (-want +got):\n%s", got.Users[0].User.Exec.Command, diff)
	}
	if got.CurrentContext != "dev-main" || got.Clusters[0].Cluster.Server != "https://x.test" || got.Clusters[0].Cluster.CA != "Q0E=" {
		t.Errorf("kubeconfig is %s", text)
	}
	again, _ := renderKubeconfig("dev-main", "ap-northeast-2", "https://x.test", "Q0E=")
	if again != text {
		t.Error("the text is not stable")
	}
}

func TestControlPlaneTransform(t *testing.T) {
	given := func() *pulumi.ResourceTransformArgs {
		return &pulumi.ResourceTransformArgs{Type: clusterToken, Props: pulumi.Map{
			"name":         pulumi.String("dev-main"),
			"accessConfig": pulumi.Map{"authenticationMode": pulumi.String("API"), "bootstrapClusterCreatorAdminPermissions": pulumi.Bool(true)},
		}, Opts: pulumi.ResourceOptions{IgnoreChanges: []string{"accessConfig.bootstrapClusterCreatorAdminPermissions"}}}
	}
	tests := map[string]struct {
		cfg     spec.Config
		protect bool
		want    pulumi.Map
	}{
		"extended support and no zonal shift": {protect: true, want: pulumi.Map{
			"upgradePolicy": pulumi.Map{"supportType": pulumi.String("EXTENDED")}, "zonalShiftConfig": pulumi.Map{"enabled": pulumi.Bool(false)},
		}},
		"standard support and zonal shift": {cfg: spec.Config{Support: spec.SupportStandard, ZonalShift: true}, want: pulumi.Map{
			"upgradePolicy": pulumi.Map{"supportType": pulumi.String("STANDARD")}, "zonalShiftConfig": pulumi.Map{"enabled": pulumi.Bool(true)},
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.want["name"] = pulumi.String("dev-main")
			tt.want["accessConfig"] = pulumi.Map{"authenticationMode": pulumi.String("API"), "bootstrapClusterCreatorAdminPermissions": pulumi.Bool(false)}
			tt.want["bootstrapSelfManagedAddons"] = pulumi.Bool(true)
			in := given()
			got := controlPlaneTransform(tt.cfg, tt.protect)(context.Background(), in)
			if diff := cmp.Diff(tt.want, got.Props); diff != "" {
				t.Errorf("inputs (-want +got):\n%s", diff)
			}
			if got.Opts.Protect != tt.protect || got.Opts.CustomTimeouts == nil {
				t.Errorf("options are %+v", got.Opts)
			}
			if !slices.Equal(got.Opts.IgnoreChanges, given().Opts.IgnoreChanges) {
				t.Errorf("the component's ignoreChanges became %v", got.Opts.IgnoreChanges)
			}
			if _, changed := in.Props["upgradePolicy"]; changed {
				t.Error("the transform changed its argument")
			}
		})
	}
	other := given()
	other.Type = "aws:ec2/securityGroup:SecurityGroup"
	if got := controlPlaneTransform(spec.Config{}, true)(context.Background(), other); got != nil {
		t.Errorf("a security group is transformed: %v", got)
	}
}

func TestPoliciesAreLeastPrivilege(t *testing.T) {
	b := &builder{args: Args{ClusterName: "dev-main", Environment: Environment{Region: "ap-northeast-2", AccountID: "111111111111"}}, cfg: spec.Config{
		ExternalSecrets: &spec.ExternalSecrets{SecretPrefixes: []string{"platform/dev/"}, ParameterPrefixes: []string{"/platform/dev/"}},
	}}
	autoscaler, err := b.autoscalerPolicy()
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := iamdoc.Document(b.secretStatements()...)
	if err != nil {
		t.Fatal(err)
	}
	scope := karpenterScope{"aws", "ap-northeast-2", "111111111111", "dev-main"}
	karpenter, err := iamdoc.Document(scope.statements("arn:aws:sqs:q", "arn:aws:iam::111111111111:role/n", "arn:aws:iam::111111111111:instance-profile/n")...)
	if err != nil {
		t.Fatal(err)
	}
	queue, err := iamdoc.Document(queuePolicy([]string{"arn:aws:sqs:q"})...)
	if err != nil {
		t.Fatal(err)
	}
	key, err := b.keyPolicy()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ doc, want string }{
		"the autoscaler resizes this cluster's groups only": {autoscaler, `"aws:ResourceTag/k8s.io/cluster-autoscaler/dev-main":"owned"`},
		"secrets by prefix":                              {secrets, `"arn:aws:secretsmanager:ap-northeast-2:111111111111:secret:platform/dev/*"`},
		"parameters by prefix, one slash":                {secrets, `"arn:aws:ssm:ap-northeast-2:111111111111:parameter/platform/dev/*"`},
		"karpenter launches with the cluster's tag only": {karpenter, `"aws:RequestTag/kubernetes.io/cluster/dev-main":"owned"`},
		"karpenter passes its node role only":            {karpenter, `"Action":"iam:PassRole","Resource":"arn:aws:iam::111111111111:role/n"`},
		"the queue refuses plain text":                   {queue, `"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sqs:*"`},
		"logs use the key for one group only":            {key, `"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:ap-northeast-2:111111111111:log-group:/aws/eks/dev-main/cluster"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(tt.doc, tt.want) {
				t.Errorf("document lacks %s:\n%s", tt.want, tt.doc)
			}
		})
	}
	for _, doc := range []string{autoscaler, secrets, karpenter} {
		for _, changing := range []string{"iam:CreateInstanceProfile", "iam:AttachRolePolicy", `"ec2:*"`, `"secretsmanager:*"`} {
			if strings.Contains(doc, changing) {
				t.Errorf("document allows %s", changing)
			}
		}
	}
}

func TestObjectName(t *testing.T) {
	if got := objectName("2026.08_Hotfix"); got != "2026-08-hotfix" {
		t.Errorf("objectName = %q", got)
	}
}
