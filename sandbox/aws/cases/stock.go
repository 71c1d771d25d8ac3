package cases

// Account and region that the cases run in.
const (
	Account = "111122223333"
	Region  = "ap-northeast-2"
	Caller  = "arn:aws:sts::111122223333:assumed-role/deployer/ladder"
)

// Tokens of the types that the cases use.
const (
	tVPC      = "aws:ec2/vpc:Vpc"
	tBlock    = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
	tSubnet   = "aws:ec2/subnet:Subnet"
	tIGW      = "aws:ec2/internetGateway:InternetGateway"
	tEIP      = "aws:ec2/eip:Eip"
	tNAT      = "aws:ec2/natGateway:NatGateway"
	tTable    = "aws:ec2/routeTable:RouteTable"
	tRoute    = "aws:ec2/route:Route"
	tRTA      = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	tSG       = "aws:ec2/securityGroup:SecurityGroup"
	tIngress  = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	tEgress   = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	tSGRule   = "aws:ec2/securityGroupRule:SecurityGroupRule"
	tDefault  = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	tEndpoint = "aws:ec2/vpcEndpoint:VpcEndpoint"
	tFlowLog  = "aws:ec2/flowLog:FlowLog"
	tPeering  = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
	tAccepter = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"
	tLT       = "aws:ec2/launchTemplate:LaunchTemplate"
	tInstance = "aws:ec2/instance:Instance"
	tRole     = "aws:iam/role:Role"
	tPolicy   = "aws:iam/policy:Policy"
	tInline   = "aws:iam/rolePolicy:RolePolicy"
	tAttach   = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	tProfile  = "aws:iam/instanceProfile:InstanceProfile"
	tOIDC     = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
	tKey      = "aws:kms/key:Key"
	tAlias    = "aws:kms/alias:Alias"
	tCA       = "aws:acmpca/certificateAuthority:CertificateAuthority"
	tCACert   = "aws:acmpca/certificateAuthorityCertificate:CertificateAuthorityCertificate"
	tIssued   = "aws:acmpca/certificate:Certificate"
	tLogGroup = "aws:cloudwatch/logGroup:LogGroup"
	tFilter   = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
	tAlarm    = "aws:cloudwatch/metricAlarm:MetricAlarm"
	tComp     = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
	tEvent    = "aws:cloudwatch/eventRule:EventRule"
	tTarget   = "aws:cloudwatch/eventTarget:EventTarget"
	tFS       = "aws:efs/fileSystem:FileSystem"
	tMount    = "aws:efs/mountTarget:MountTarget"
	tQueue    = "aws:sqs/queue:Queue"
	tQPolicy  = "aws:sqs/queuePolicy:QueuePolicy"
	tTopic    = "aws:sns/topic:Topic"
	tParam    = "aws:ssm/parameter:Parameter"
	tCluster  = "aws:eks/cluster:Cluster"
	tGroup    = "aws:eks/nodeGroup:NodeGroup"
	tAddon    = "aws:eks/addon:Addon"
	tEntry    = "aws:eks/accessEntry:AccessEntry"
	tAccess   = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
	tIdentity = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
	tProvider = "pulumi:providers:aws"

	tLB         = "aws:lb/loadBalancer:LoadBalancer"
	tTG         = "aws:lb/targetGroup:TargetGroup"
	tAttachment = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
	tListener   = "aws:lb/listener:Listener"
	tRule       = "aws:lb/listenerRule:ListenerRule"
	tExtraCert  = "aws:lb/listenerCertificate:ListenerCertificate"
	tCert       = "aws:acm/certificate:Certificate"
	tValidation = "aws:acm/certificateValidation:CertificateValidation"
	tZone       = "aws:route53/zone:Zone"
	tRecord     = "aws:route53/record:Record"
	tACL        = "aws:wafv2/webAcl:WebAcl"
	tIPSet      = "aws:wafv2/ipSet:IpSet"
	tACLOf      = "aws:wafv2/webAclAssociation:WebAclAssociation"
	tACLLogs    = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
	tBucket     = "aws:s3/bucketV2:BucketV2"
	tBucketPol  = "aws:s3/bucketPolicy:BucketPolicy"
	tBucketPub  = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	tBucketEnc  = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	tBucketLife = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	tBucketOwn  = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
)

// with is m and more; a nil value removes a key.
func with(m in, more in) in {
	out := in{}
	for k, v := range m {
		out[k] = v
	}
	for k, v := range more {
		if v == nil {
			delete(out, k)
			continue
		}
		out[k] = v
	}
	return out
}

func oneVPC() []Step { return []Step{create(tVPC, "net", in{"cidrBlock": "10.0.0.0/16"})} }

func subnet(name, block, zone string) Step {
	return create(tSubnet, name, in{"vpcId": "${net}", "cidrBlock": block, "availabilityZoneId": zone})
}

// public is a VPC with an internet gateway and one subnet that leads there.
func public() []Step {
	return steps(oneVPC(), []Step{
		create(tIGW, "igw", in{"vpcId": "${net}"}),
		subnet("pub", "10.0.0.0/24", "apne2-az1"),
		create(tTable, "out", in{"vpcId": "${net}"}),
		create(tRoute, "out", in{"routeTableId": "${out}", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "${igw}"}),
		create(tRTA, "pub", in{"routeTableId": "${out}", "subnetId": "${pub}"}),
	})
}

// private adds two private subnets behind a NAT gateway.
func private() []Step {
	return steps(public(), []Step{
		create(tEIP, "nat", in{"domain": "vpc"}),
		create(tNAT, "gw", in{"subnetId": "${pub}", "allocationId": "${nat}"}),
		subnet("a", "10.0.16.0/20", "apne2-az1"),
		subnet("b", "10.0.32.0/20", "apne2-az2"),
		create(tTable, "in", in{"vpcId": "${net}"}),
		create(tRoute, "in", in{"routeTableId": "${in}", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "${gw}"}),
		create(tRTA, "a", in{"routeTableId": "${in}", "subnetId": "${a}"}),
		create(tRTA, "b", in{"routeTableId": "${in}", "subnetId": "${b}"}),
	})
}

func trust(service string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"` + service + `"}}]}`
}

const podTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Principal":{"Service":"pods.eks.amazonaws.com"}}]}`

const readAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`

func role(name, document string) Step {
	return create(tRole, name, in{"name": name, "assumeRolePolicy": document})
}

func attach(name, role, policy string) Step {
	return create(tAttach, name, in{"role": role, "policyArn": "arn:aws:iam::aws:policy/" + policy})
}

func clusterIn(version string) in {
	return in{
		"name": "prd", "version": version, "roleArn": "${control.arn}",
		"accessConfig": in{"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": false},
		"vpcConfig":    in{"subnetIds": []any{"${a}", "${b}"}, "endpointPrivateAccess": true, "endpointPublicAccess": false},
	}
}

// cluster is a control plane of 1.35 in the private subnets, with the node
// role and the add-ons that nodes need.
func cluster() []Step { return steps(controlPlane("1.35"), nodeRole()) }

func controlPlane(version string) []Step {
	return steps(private(), []Step{role("control", trust("eks.amazonaws.com")), create(tCluster, "c", clusterIn(version))})
}

func nodeRole() []Step {
	return []Step{
		role("node", trust("ec2.amazonaws.com")),
		attach("node-worker", "${node}", "AmazonEKSWorkerNodePolicy"),
		attach("node-pull", "${node}", "AmazonEC2ContainerRegistryPullOnly"),
		attach("node-cni", "${node}", "AmazonEKS_CNI_Policy"),
	}
}

func groupIn() in {
	return in{
		"clusterName": "${c}", "nodeGroupName": "general", "nodeRoleArn": "${node.arn}", "subnetIds": []any{"${a}", "${b}"},
		"instanceTypes": []any{"m7i.large"}, "version": "1.35", "releaseVersion": "1.35.6-20260818",
		"scalingConfig": in{"minSize": 1, "maxSize": 4, "desiredSize": 2},
	}
}

// group is a cluster with two nodes.
func group() []Step { return steps(cluster(), []Step{create(tGroup, "g", groupIn())}) }
