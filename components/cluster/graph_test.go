package cluster

import (
	"testing"

	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/mocks"
)

const childName = "cluster-main-eks-eksCluster"

// answer is what AWS and the eks component would compute.
func answer(args pulumi.MockResourceArgs, out resource.PropertyMap) {
	out["arn"] = resource.NewProperty("arn:aws:test:::" + args.Name)
	switch args.TypeToken {
	case "eks:index:Cluster":
		child := "urn:pulumi:dev::ladder::" + clusterToken + "::" + childName
		out["eksCluster"] = resource.MakeCustomResourceReference(resource.URN(child), "dev-main", "6.83.2")
	case clusterToken:
		out["endpoint"] = resource.NewProperty("https://dev-main.eks.test")
		out["certificateAuthority"] = resource.NewProperty(resource.PropertyMap{"data": resource.NewProperty("Q0E=")})
		out["vpcConfig"] = resource.NewProperty(resource.PropertyMap{"clusterSecurityGroupId": resource.NewProperty("sg-cluster")})
		out["identities"] = resource.NewProperty([]resource.PropertyValue{resource.NewProperty(resource.PropertyMap{
			"oidcs": resource.NewProperty([]resource.PropertyValue{resource.NewProperty(resource.PropertyMap{
				"issuer": resource.NewProperty("https://oidc.test/1"),
			})}),
		})})
	case "aws:eks/nodeGroup:NodeGroup":
		out["resources"] = resource.NewProperty([]resource.PropertyValue{resource.NewProperty(resource.PropertyMap{
			"autoscalingGroups": resource.NewProperty([]resource.PropertyValue{resource.NewProperty(resource.PropertyMap{
				"name": resource.NewProperty("eks-" + args.Name),
			})}),
		})})
	case "aws:ec2/launchTemplate:LaunchTemplate":
		out["latestVersion"] = resource.NewProperty(1.0)
	}
	if _, named := out["name"]; !named {
		out["name"] = resource.NewProperty(args.Name + "-0000000")
	}
}

// build runs the component and returns its graph.
func build(t *testing.T, change func(*Args)) mocks.Graph {
	t.Helper()
	g, err := tryBuild(change)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func tryBuild(change func(*Args)) (mocks.Graph, error) {
	r := &mocks.Recorder{Answer: answer}
	err := r.Run(func(ctx *pulumi.Context) error {
		child, err := awseks.NewCluster(ctx, childName, &awseks.ClusterArgs{
			Name: pulumi.String("dev-main"), RoleArn: pulumi.String("arn:aws:iam::111111111111:role/x"), VpcConfig: &awseks.ClusterVpcConfigArgs{},
		})
		if err != nil {
			return err
		}
		provider, err := eks.NewProvider(ctx, "eks", &eks.ProviderArgs{})
		if err != nil {
			return err
		}
		var route pulumi.CustomResourceState
		if err := ctx.RegisterResource("test:index:Route", "route", pulumi.Map{}, &route); err != nil {
			return err
		}
		args := testArgs(provider)
		args.Network.WayOut = []pulumi.Resource{&route}
		args.After = []pulumi.Resource{child}
		if change != nil {
			change(&args)
		}
		_, err = New(ctx, "cluster-main", args)
		return err
	})
	return r.Graph(), err
}

func testArgs(provider pulumi.ProviderResource) Args {
	zones := []string{"apne2-az1", "apne2-az2", "apne2-az3"}
	private, pod := map[string]pulumi.StringInput{}, map[string]pulumi.StringInput{}
	for _, z := range zones {
		private[z], pod[z] = pulumi.String("subnet-private-"+z), pulumi.String("subnet-pod-"+z)
	}
	return Args{
		Key: "main", ClusterName: "dev-main", Stack: "dev", EKSProvider: provider, Release: testRelease(),
		Environment: Environment{
			Stage: "dev", Owner: "platform", Region: "ap-northeast-2", AccountID: "111111111111", Protect: true,
			DeployerRoleARN: "arn:aws:iam::111111111111:role/deployer",
		},
		Network: Network{
			VPCID: pulumi.String("vpc-1"), VPCCIDRs: []string{"10.20.0.0/16", "100.64.0.0/16"}, Zones: zones,
			PrivateSubnets: private, PodSubnets: pod,
		},
		Config: spec.Config{
			Network: "main",
			NodeGroups: map[string]spec.NodeGroup{"general": {
				NodeShape: spec.NodeShape{InstanceTypes: []string{"m6i.large"}}, Min: 3, Max: 6,
			}},
			InstanceTypes: map[string]spec.InstanceType{
				"m6i.large": {Architecture: spec.X86, VCPU: 2, ENIs: 3, AddressesPerENI: 10, Nitro: true},
				"m6g.large": {Architecture: spec.ARM, VCPU: 2, ENIs: 3, AddressesPerENI: 10, Nitro: true},
			},
			Storage: spec.Storage{EFS: &spec.EFS{FileSystems: map[string]spec.EFSFileSystem{"shared": {}}}},
			Access: []spec.Access{
				{PrincipalARN: "arn:aws:iam::111111111111:role/developers", Level: spec.LevelEdit, Namespaces: []string{"shop"}},
			},
			ExternalSecrets: &spec.ExternalSecrets{SecretPrefixes: []string{"platform/dev/"}},
			Bastion:         &spec.Bastion{},
		},
	}
}

func testRelease() spec.Release {
	r := spec.Release{
		Name: "2026.11", Kubernetes: "1.36", AutoscalerImageTag: "v1.36.1", KubectlImage: "registry.k8s.io/kubectl:v1.36.1",
		AMIs:   map[string]string{spec.FamilyAL2023: "1.36.0-20261103", spec.FamilyBottlerocket: "1.62.0-1a2b3c4d"},
		Addons: map[string]string{}, Charts: map[string]spec.Chart{},
	}
	for _, name := range []string{spec.AddonVPCCNI, spec.AddonPodIdentity, spec.AddonCoreDNS, spec.AddonKubeProxy, spec.AddonEBS,
		spec.AddonEFS, spec.AddonSnapshots, spec.AddonMetricsServer, spec.AddonNodeMonitoring} {
		r.Addons[name] = "v1.0.0-eksbuild.1"
	}
	for _, name := range []string{spec.ChartAutoscaler, spec.ChartKarpenter, spec.ChartKarpenterCRD, spec.ChartExternalSecrets} {
		r.Charts[name] = spec.Chart{Name: name, Repository: "https://charts.test", Version: "1.0.0"}
	}
	return r
}
