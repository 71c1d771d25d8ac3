package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-eks/sdk/v2/go/eks"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/cloudwatch"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/kms"
	"github.com/ladder-platform/ladder/components/internal/naming"
	"github.com/ladder-platform/ladder/components/internal/untyped"
)

const clusterToken = "aws:eks/cluster:Cluster"

// encryption makes the key of Kubernetes secrets and control plane logs.
func (b *builder) encryption() error {
	policy, err := b.keyPolicy()
	if err != nil {
		return err
	}
	b.key, err = kms.New(b.ctx, b.id("key"), kms.Args{
		Description: "Kubernetes secrets and control plane logs of " + b.args.ClusterName, Policy: policy, Tags: b.tags.For(b.id("key")),
	}, b.protected(b.aws())...)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	return kms.Alias(b.ctx, b.id("key"), "alias/eks/"+b.args.ClusterName, b.key, b.aws()...)
}

// keyPolicy lets the account's IAM policies decide, and CloudWatch Logs use
// the key for this cluster's log group only.
func (b *builder) keyPolicy() (string, error) {
	partition, region, account := naming.Partition(b.args.Environment.Region), b.args.Environment.Region, b.args.Environment.AccountID
	return iamdoc.Document(
		iamdoc.Statement{
			Sid: "Account", Actions: []string{"kms:*"}, Resources: []string{"*"}, EveryResource: "in a key policy * is the key itself",
			Principals: map[string][]string{"AWS": {fmt.Sprintf("arn:%s:iam::%s:root", partition, account)}},
		},
		iamdoc.Statement{
			Sid: "ControlPlaneLogs", Resources: []string{"*"}, EveryResource: "in a key policy * is the key itself",
			Actions:    []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"},
			Principals: map[string][]string{"Service": {"logs." + region + ".amazonaws.com"}},
			Conditions: map[string]map[string][]string{"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": {
				fmt.Sprintf("arn:%s:logs:%s:%s:log-group:%s", partition, region, account, b.logGroupName())}}},
		},
	)
}

// logGroupName is fixed by EKS.
func (b *builder) logGroupName() string { return "/aws/eks/" + b.args.ClusterName + "/cluster" }

// controlPlane makes the log group first, because EKS would make it without
// retention or encryption; then role, security group and the cluster.
func (b *builder) controlPlane() error {
	logs, err := cloudwatch.NewLogGroup(b.ctx, b.id("logs"), cloudwatch.LogGroupArgs{
		Name: b.logGroupName(), RetentionDays: b.cfg.Logs.RetentionDays, KeyARN: b.key.Arn, Tags: b.tags.For(b.id("logs")),
	}, b.aws()...)
	if err != nil {
		return fmt.Errorf("log group: %w", err)
	}
	role, permissions, err := b.serviceRole()
	if err != nil {
		return err
	}
	group, err := ec2.NewSecurityGroup(b.ctx, b.id("control-plane"), &ec2.SecurityGroupArgs{
		Description: pulumi.String("Control plane of " + b.args.ClusterName), VpcId: b.args.Network.VPCID.ToStringOutput().ToStringPtrOutput(),
		RevokeRulesOnDelete: pulumi.Bool(true), Tags: b.tags.For(b.id("control-plane")),
	}, b.aws()...)
	if err != nil {
		return fmt.Errorf("control plane security group: %w", err)
	}
	b.controlPlaneGroup = group
	before := slices.Concat([]pulumi.Resource{logs, b.key}, permissions, b.args.After)
	mode, skip, vpcCNI := eks.AuthenticationModeApi, true, true
	args := &eks.ClusterArgs{
		Name: pulumi.String(b.args.ClusterName), Version: pulumi.String(b.args.Release.Kubernetes),
		AuthenticationMode: &mode, ServiceRole: role, ClusterSecurityGroup: group,
		InstanceRoles:        iam.RoleArray{}, // an absent list makes up fail: facts/engine.md
		SkipDefaultNodeGroup: &skip, UseDefaultVpcCni: &vpcCNI,
		CreateOidcProvider: pulumi.Bool(false), // it polls the network at preview
		VpcId:              b.args.Network.VPCID.ToStringOutput().ToStringPtrOutput(), SubnetIds: b.subnets(b.args.Network.Zones),
		EndpointPrivateAccess: pulumi.Bool(true), EndpointPublicAccess: pulumi.Bool(len(b.cfg.Endpoint.PublicCIDRs) > 0),
		KubernetesServiceIpAddressRange: pulumi.String(b.cfg.ServiceCIDR),
		EncryptionConfigKeyArn:          b.key.Arn, EnabledClusterLogTypes: pulumi.ToStringArray(b.cfg.Logs.Types),
		Tags: b.tags.Input(),
	}
	if len(b.cfg.Endpoint.PublicCIDRs) > 0 {
		args.PublicAccessCidrs = pulumi.ToStringArray(b.cfg.Endpoint.PublicCIDRs)
	}
	// Protection is inherited by what the component makes beside the cluster.
	return untyped.RegisterRemote(b.ctx, "eks:index:Cluster", b.id("eks"), args, &b.eks, b.protected(append(b.aws(before...), pulumi.Providers(b.args.EKSProvider),
		pulumi.Transforms([]pulumi.ResourceTransform{controlPlaneTransform(b.cfg, b.args.Environment.Protect)})))...)
}

// eksComponent is what is read of pulumi-eks' component.
type eksComponent struct {
	pulumi.ResourceState

	Cluster awseks.ClusterOutput `pulumi:"eksCluster"`
}

// serviceRole is the control plane's role: what EKS asks for, and the use of
// the key of Kubernetes secrets.
func (b *builder) serviceRole() (*iam.Role, []pulumi.Resource, error) {
	role, err := iam.NewRole(b.ctx, b.id("service"), &iam.RoleArgs{
		AssumeRolePolicy: pulumi.String(iamdoc.ServiceTrust("eks.amazonaws.com")),
		Description:      pulumi.String("Control plane of " + b.args.ClusterName), Tags: b.tags.For(b.id("service")),
	}, b.aws()...)
	if err != nil {
		return nil, nil, fmt.Errorf("service role: %w", err)
	}
	attachment, err := iam.NewRolePolicyAttachment(b.ctx, b.id("service-cluster"), &iam.RolePolicyAttachmentArgs{
		Role: role.Name, PolicyArn: pulumi.String(naming.ManagedPolicy(b.args.Environment.Region, "AmazonEKSClusterPolicy")),
	}, b.aws()...)
	if err != nil {
		return nil, nil, fmt.Errorf("service role: attach: %w", err)
	}
	policy, err := iam.NewRolePolicy(b.ctx, b.id("service-key"), &iam.RolePolicyArgs{
		Role: role.Name, Policy: iamdoc.DocumentOutput([]pulumi.StringInput{b.key.Arn}, secretsKeyUse),
	}, b.aws()...)
	if err != nil {
		return nil, nil, fmt.Errorf("service role: policy: %w", err)
	}
	permissions := []pulumi.Resource{attachment, policy}
	if b.cfg.PodAddressing.SecurityGroups == "" {
		return role, permissions, nil
	}
	// The control plane makes the interfaces of pods that have groups of their
	// own. Source: EKS user guide, "Configure the VPC CNI for security groups for pods".
	interfaces, err := iam.NewRolePolicyAttachment(b.ctx, b.id("service-pod-interfaces"), &iam.RolePolicyAttachmentArgs{
		Role: role.Name, PolicyArn: pulumi.String(naming.ManagedPolicy(b.args.Environment.Region, "AmazonEKSVPCResourceController")),
	}, b.aws()...)
	if err != nil {
		return nil, nil, fmt.Errorf("service role: pod interfaces: %w", err)
	}
	return role, append(permissions, interfaces), nil
}

// secretsKeyUse is what envelope encryption of secrets needs of the key.
func secretsKeyUse(key []string) []iamdoc.Statement {
	return []iamdoc.Statement{{
		Sid: "SecretsKey", Resources: key, Actions: []string{"kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"},
	}}
}

// controlPlaneTransform sets on the component's EKS cluster what the component
// has no argument for. Dependencies are none of that: the engine drops those
// that an inherited transform adds (3.250.0). The component's own hold for the
// cluster too: it is made when the component is, and goes before its parent, so
// the role's permissions outlive it.
func controlPlaneTransform(cfg spec.Config, protect bool) pulumi.ResourceTransform {
	support := "EXTENDED"
	if cfg.Support == spec.SupportStandard {
		support = "STANDARD"
	}
	return func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		if args.Type != clusterToken {
			return nil
		}
		props := maps.Clone(args.Props)
		props["accessConfig"] = pulumi.Map{
			"authenticationMode": pulumi.String("API"),
			// The deployer's role is an ordinary access entry, never a 409 on a second one.
			"bootstrapClusterCreatorAdminPermissions": pulumi.Bool(false),
		}
		// EKS installs kube-proxy, CoreDNS and a CNI at creation, so nodes become
		// ready; the managed add-ons adopt them (docs/adr/0006-addon-order.md).
		props["bootstrapSelfManagedAddons"] = pulumi.Bool(true)
		props["upgradePolicy"] = pulumi.Map{"supportType": pulumi.String(support)}
		props["zonalShiftConfig"] = pulumi.Map{"enabled": pulumi.Bool(cfg.ZonalShift)}
		opts := args.Opts
		opts.Protect = protect
		// Twice what facts/providers.md D6 gives for an update, once more for create and delete.
		opts.CustomTimeouts = &pulumi.CustomTimeouts{Create: "60m", Update: "120m", Delete: "30m"}
		return &pulumi.ResourceTransformResult{Props: props, Opts: opts}
	}
}

// outputs are what the cluster answers, each depending on the EKS cluster itself.
func (b *builder) outputs() error {
	cluster := b.eks.Cluster
	b.out.Name = cluster.Name()
	b.out.ARN = cluster.Arn()
	b.out.Endpoint = cluster.Endpoint()
	b.out.CertificateAuthority = cluster.CertificateAuthority().Data().Elem()
	b.out.ClusterSecurityGroupID = cluster.VpcConfig().ClusterSecurityGroupId().Elem()
	b.out.NodeSecurityGroupID = b.out.ClusterSecurityGroupID
	b.out.OIDCIssuer = cluster.Identities().Index(pulumi.Int(0)).Oidcs().Index(pulumi.Int(0)).Issuer().Elem()
	b.out.Kubeconfig = kubeconfig(b.args.ClusterName, b.args.Environment.Region, b.out.Endpoint, b.out.CertificateAuthority)
	return nil
}

// kubernetesProvider is built from the cluster's own outputs. It depends on the
// deployer's access, so both go last on destroy.
func (b *builder) kubernetesProvider() error {
	provider, err := kubernetes.NewProvider(b.ctx, b.id("k8s"), &kubernetes.ProviderArgs{
		Kubeconfig: b.out.Kubeconfig,
		// A literal from the first day: without it a preview in which the
		// kubeconfig is unknown shows every object of the cluster replaced
		// (facts/providers.md A2).
		ClusterIdentifier:      pulumi.String(b.args.Stack + "/" + b.args.Key),
		EnableServerSideApply:  pulumi.Bool(true),
		EnableConfigMapMutable: pulumi.Bool(true),
		EnableSecretMutable:    pulumi.Bool(true),
	}, b.aws(b.deployer...)...)
	if err != nil {
		return fmt.Errorf("kubernetes provider: %w", err)
	}
	b.out.Provider = provider
	return nil
}

// kubeconfig joins the late values into a file for kubectl.
func kubeconfig(name, region string, endpoint, certificateAuthority pulumi.StringOutput) pulumi.StringOutput {
	return pulumi.All(endpoint, certificateAuthority).ApplyT(func(v []any) (string, error) {
		return renderKubeconfig(name, region, v[0].(string), v[1].(string))
	}).(pulumi.StringOutput)
}

// renderKubeconfig is a kubeconfig as JSON, with stable key order. It asks
// aws eks get-token for a token, so it holds no secret and does not expire.
func renderKubeconfig(name, region, endpoint, certificateAuthority string) (string, error) {
	type object = map[string]any
	b, err := json.Marshal(object{
		"apiVersion": "v1", "kind": "Config", "current-context": name,
		"clusters": []object{{"name": name, "cluster": object{"server": endpoint, "certificate-authority-data": certificateAuthority}}},
		"contexts": []object{{"name": name, "context": object{"cluster": name, "user": name}}},
		"users": []object{{"name": name, "user": object{"exec": object{
			"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws", "interactiveMode": "Never",
			"args": []string{"--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"},
		}}}},
	})
	if err != nil {
		return "", fmt.Errorf("kubeconfig: %w", err)
	}
	return string(b), nil
}
