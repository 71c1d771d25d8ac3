package cases

import "fmt"

func provider() []Case {
	return []Case{
		{Rule: "aws.allowed-account", Sentence: "credentials of another account",
			Then: Step{Op: "configure", Type: tProvider, Name: "p", In: in{"region": Region, "allowedAccountIds": []any{"999988887777"}}},
			Text: "AWS account ID not allowed: " + Account},
		{Rule: "aws.region-needed", Sentence: "no region", Then: Step{Op: "configure", Type: tProvider, Name: "p", In: in{}},
			Text: "Missing region configuration: set region on the provider or with pulumi config set aws:region <region>"},
		{Rule: "aws.schema", Sentence: "a mistyped property", Then: create(tVPC, "net", in{"cidrBlok": "10.0.0.0/16"}),
			Text: "Invalid or unknown key \"cidrBlok\", did you mean \"cidrBlock\"?. Examine values at 'net.cidrBlok'."},
		{Rule: "aws.auto-name-length", Sentence: "a resource name that leaves no room for the suffix of a rule's name",
			Then: create(tEvent, "the-rule-of-the-workload-with-the-longest-name-of-all-of-them", in{"scheduleExpression": "rate(1 hour)"}),
			Text: "name 'the-rule-of-the-workload-with-the-longest-name-of-all-of-them-' plus 7 random chars is longer than maximum length 64"},
		{Rule: "aws.exists", Sentence: "two alarms of one name", Given: []Step{create(tAlarm, "one", alarmIn())},
			Then: create(tAlarm, "two", alarmIn()), Text: "ResourceAlreadyExistsException: Metric Alarm nat already exists"},
	}
}

func vpc() []Case {
	five := []Step{}
	for i := range 5 {
		five = append(five, create(tVPC, fmt.Sprintf("net%d", i), in{"cidrBlock": fmt.Sprintf("10.%d.0.0/16", i)}))
	}
	block := func(b string) Step { return create(tBlock, "pods", in{"vpcId": "${net}", "cidrBlock": b}) }
	return []Case{
		{Rule: "ec2.vpc-cidr-network", Sentence: "a block with host bits", Then: create(tVPC, "net", in{"cidrBlock": "10.0.0.1/16"}),
			Text: "expected cidr_block to contain a valid network CIDR, expected 10.0.0.0/16, got 10.0.0.1/16. Examine values at 'net.cidrBlock'."},
		{Rule: "ec2.vpc-cidr-size", Sentence: "a block above /16", Then: create(tVPC, "net", in{"cidrBlock": "10.0.0.0/15"}),
			Text: "expected \"cidr_block\" to contain a network CIDR with between 16 and 28 significant bits, got: 15"},
		{Rule: "ec2.vpc-quota", Sentence: "a sixth VPC", Given: five, Then: create(tVPC, "net", in{"cidrBlock": "10.9.0.0/16"}),
			Text: "VpcLimitExceeded: The maximum number of VPCs has been reached."},
		{Rule: "ec2.vpc-exists", Sentence: "a security group in no VPC", Then: create(tSG, "sg", in{"name": "nodes", "vpcId": "vpc-0123456789abcdef0"}),
			Text: "InvalidVpcID.NotFound: The vpc ID 'vpc-0123456789abcdef0' does not exist"},
		{Rule: "ec2.vpc-in-use", Sentence: "a VPC that still has a subnet", Given: steps(oneVPC(), []Step{subnet("a", "10.0.0.0/24", "apne2-az1")}),
			Then: remove(tVPC, "net"), Against: tSubnet, Text: "has dependencies and cannot be deleted."},
		{Rule: "ec2.vpc-cidr-quota", Sentence: "a sixth block", Quotas: map[string]int{"IPv4 CIDR blocks per VPC": 1}, Given: oneVPC(), Then: block("100.64.0.0/16"),
			Text: "has met its maximum number of allowed CIDRs: 1"},
		{Rule: "ec2.vpc-cidr-overlap", Sentence: "a secondary block inside the first", Given: oneVPC(), Then: block("10.0.0.0/20"),
			Text: "InvalidVpc.Range: The CIDR '10.0.0.0/20' conflicts with a CIDR of the VPC"},
		{Rule: "ec2.vpc-cidr-restricted", Sentence: "a secondary block from another private range", Given: oneVPC(), Then: block("192.168.0.0/16"),
			Text: "InvalidVpc.Range: The CIDR '192.168.0.0/16' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR."},
		{Rule: "ec2.vpc-cidr-in-use", Sentence: "a block that a subnet lies in",
			Given: steps(oneVPC(), []Step{block("100.64.0.0/16"), subnet("pod", "100.64.0.0/18", "apne2-az1")}),
			Then:  remove(tBlock, "pods"), Against: tSubnet, Text: "currently has a subnet within CIDR block 100.64.0.0/16"},
	}
}

func subnets() []Case {
	return []Case{
		{Rule: "ec2.subnet-cidr-network", Sentence: "a block with host bits", Given: oneVPC(), Then: subnet("a", "10.0.0.1/24", "apne2-az1"),
			Text: "\"10.0.0.1/24\" is not a valid IPv4 CIDR block; did you mean \"10.0.0.0/24\"?. Examine values at 'a.cidrBlock'."},
		{Rule: "ec2.subnet-in-vpc", Sentence: "a block outside the VPC", Given: oneVPC(), Then: subnet("a", "10.1.0.0/24", "apne2-az1"),
			Text: "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid."},
		{Rule: "ec2.subnet-size", Sentence: "a block below /28", Given: oneVPC(), Then: subnet("a", "10.0.0.0/29", "apne2-az1"),
			Text: "InvalidSubnet.Range: The CIDR '10.0.0.0/29' is invalid."},
		{Rule: "ec2.subnet-overlap", Sentence: "two subnets that share addresses", Given: steps(oneVPC(), []Step{subnet("a", "10.0.0.0/24", "apne2-az1")}),
			Then: subnet("b", "10.0.0.128/25", "apne2-az2"), Text: "InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts with another subnet"},
		{Rule: "ec2.subnet-zone", Sentence: "a zone of another region", Given: oneVPC(), Then: subnet("a", "10.0.0.0/24", "use1-az1"),
			Text: "InvalidParameterValue: Value (use1-az1) for parameter availabilityZoneId is invalid. Subnets can currently only be created in the following availability zones: apne2-az1, apne2-az2, apne2-az3, apne2-az4."},
		{Rule: "ec2.subnet-one-zone-argument", Sentence: "a zone by name and by ID", Given: oneVPC(),
			Then: create(tSubnet, "a", in{"vpcId": "${net}", "cidrBlock": "10.0.0.0/24", "availabilityZoneId": "apne2-az1", "availabilityZone": "ap-northeast-2a"}),
			Text: "\"availability_zone\": conflicts with availability_zone_id"},
		{Rule: "ec2.subnet-quota", Sentence: "one subnet more than the quota", Quotas: map[string]int{"Subnets per VPC": 1},
			Given: steps(oneVPC(), []Step{subnet("a", "10.0.0.0/24", "apne2-az1")}), Then: subnet("b", "10.0.1.0/24", "apne2-az1"),
			Text: "SubnetLimitExceeded: The maximum number of subnets has been reached."},
		{Rule: "ec2.subnet-exists", Sentence: "a mount target in no subnet", Given: []Step{create(tFS, "fs", in{})},
			Then: create(tMount, "m", in{"fileSystemId": "${fs}", "subnetId": "subnet-0123456789abcdef0"}),
			Text: "InvalidSubnetID.NotFound: The subnet ID 'subnet-0123456789abcdef0' does not exist"},
		{Rule: "ec2.subnet-in-use", Sentence: "a subnet that holds an interface", Given: private(), Then: remove(tSubnet, "pub"),
			Against: tNAT, Text: "has dependencies and cannot be deleted."},
		{Rule: "ec2.free-addresses", Sentence: "one interface more than a /28 has addresses",
			Given: steps(oneVPC(), []Step{subnet("s", "10.0.0.0/28", "apne2-az1")}, instancesIn("s", 11)),
			Then:  instance("i", in{"subnetId": "${s}"}),
			Text:  "InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request."},
	}
}

func instance(name string, more in) Step {
	return create(tInstance, name, with(in{"ami": "ami-0123456789abcdef0", "instanceType": "t3.micro"}, more))
}

func instancesIn(subnet string, n int) []Step {
	var out []Step
	for i := range n {
		out = append(out, instance(fmt.Sprintf("%s%d", subnet, i), in{"subnetId": "${" + subnet + "}"}))
	}
	return out
}

func gateways() []Case {
	eips := []Step{}
	for i := range 5 {
		eips = append(eips, create(tEIP, fmt.Sprintf("e%d", i), in{"domain": "vpc"}))
	}
	gw := func(more in) Step { return create(tNAT, "gw", with(in{"subnetId": "${pub}"}, more)) }
	return []Case{
		{Rule: "ec2.internet-gateway-quota", Sentence: "one gateway more than the quota", Quotas: map[string]int{"Internet gateways per Region": 1},
			Given: []Step{create(tIGW, "one", in{})}, Then: create(tIGW, "two", in{}),
			Text: "InternetGatewayLimitExceeded: The maximum number of internet gateways has been reached."},
		{Rule: "ec2.internet-gateway-once", Sentence: "a second gateway for a VPC", Given: public(), Then: create(tIGW, "two", in{"vpcId": "${net}"}),
			Text: "already has an internet gateway attached"},
		{Rule: "ec2.internet-gateway-in-use", Sentence: "a gateway whose network has mapped addresses", Given: private(), Then: remove(tIGW, "igw"),
			Against: tNAT, Text: "has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."},
		{Rule: "ec2.address-quota", Sentence: "a sixth address", Given: eips, Then: create(tEIP, "six", in{"domain": "vpc"}),
			Text: "AddressLimitExceeded: The maximum number of addresses has been reached."},
		{Rule: "ec2.address-in-use", Sentence: "an address that a NAT gateway has", Given: private(), Then: remove(tEIP, "nat"), Against: tNAT, Text: "is in use."},
		{Rule: "ec2.nat-address-exists", Sentence: "an allocation that is not there", Given: public(), Then: gw(in{"allocationId": "eipalloc-0123456789abcdef0"}),
			Text: "InvalidAllocationID.NotFound: The allocation ID 'eipalloc-0123456789abcdef0' does not exist"},
		{Rule: "ec2.nat-address-free", Sentence: "an address of another gateway", Given: private(),
			Then: create(tNAT, "two", in{"subnetId": "${pub}", "allocationId": "${nat}"}), Text: "Resource.AlreadyAssociated: Elastic IP address ["},
		{Rule: "ec2.nat-needs-internet-gateway", Sentence: "a public gateway in a VPC without a way out",
			Given: steps(oneVPC(), []Step{subnet("pub", "10.0.0.0/24", "apne2-az1"), create(tEIP, "nat", in{"domain": "vpc"})}),
			Then:  gw(in{"allocationId": "${nat}"}), Text: "Gateway.NotAttached: Network "},
		{Rule: "ec2.nat-needs-address", Sentence: "a public gateway without an address", Given: public(), Then: gw(in{}),
			Text: "MissingParameter: The request must include the AllocationId parameter."},
		{Rule: "ec2.nat-address-quota", Sentence: "three addresses on one gateway", Given: steps(public(), eips),
			Then: gw(in{"allocationId": "${e0}", "secondaryAllocationIds": []any{"${e1}", "${e2}"}}),
			Text: "AddressLimitExceeded: The maximum number of Elastic IP addresses per NAT gateway has been reached: 2"},
		{Rule: "ec2.nat-quota", Sentence: "one gateway in a zone more than the quota", Quotas: map[string]int{"NAT gateways per AZ": 1},
			Given: steps(private(), []Step{create(tEIP, "second", in{"domain": "vpc"})}),
			Then:  create(tNAT, "two", in{"subnetId": "${pub}", "allocationId": "${second}"}), Text: "NatGatewayLimitExceeded: Performing this operation would exceed the limit of 1 NAT gateways"},
	}
}

func routes() []Case {
	other := []Step{create(tVPC, "other", in{"cidrBlock": "10.1.0.0/16"}), create(tIGW, "otherigw", in{"vpcId": "${other}"}),
		create(tSubnet, "far", in{"vpcId": "${other}", "cidrBlock": "10.1.0.0/24", "availabilityZoneId": "apne2-az1"})}
	to := func(more in) Step {
		return create(tRoute, "new", with(in{"routeTableId": "${out}", "destinationCidrBlock": "192.0.2.0/24", "gatewayId": "${igw}"}, more))
	}
	return []Case{
		{Rule: "ec2.route-one-target", Sentence: "a route to two places", Given: private(), Then: to(in{"natGatewayId": "${gw}"}),
			Text: "Invalid combination of arguments: one target must be given, 2 are: gatewayId, natGatewayId"},
		{Rule: "ec2.route-conflict", Sentence: "a second default route", Given: public(), Then: to(in{"destinationCidrBlock": "0.0.0.0/0"}),
			Text: "RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists."},
		{Rule: "ec2.route-table-exists", Behind: []string{"ec2.route-same-network"}, Sentence: "a route in no table", Given: public(), Then: to(in{"routeTableId": "rtb-0123456789abcdef0"}),
			Text: "InvalidRouteTableID.NotFound: The routeTable ID 'rtb-0123456789abcdef0' does not exist"},
		{Rule: "ec2.route-target-exists", Sentence: "a route to a gateway that is not there", Given: public(), Then: to(in{"gatewayId": "igw-0123456789abcdef0"}),
			Text: "InvalidGatewayID.NotFound: The gateway ID 'igw-0123456789abcdef0' does not exist"},
		{Rule: "ec2.route-same-network", Sentence: "a route to the gateway of another VPC", Given: steps(public(), other), Then: to(in{"gatewayId": "${otherigw}"}),
			Text: "belong to different networks"},
		{Rule: "ec2.route-quota", Sentence: "one route more than the quota", Quotas: map[string]int{"Routes per route table": 2}, Given: public(), Then: to(nil),
			Text: "RouteLimitExceeded: The maximum number of routes has been reached."},
		{Rule: "ec2.route-table-in-use", Sentence: "a table that a subnet uses", Given: public(), Then: remove(tTable, "out"),
			Against: tRTA, Text: "has dependencies and cannot be deleted."},
		{Rule: "ec2.route-table-association-once", Sentence: "a second table for a subnet", Given: steps(public(), []Step{create(tTable, "two", in{"vpcId": "${net}"})}),
			Then: create(tRTA, "again", in{"routeTableId": "${two}", "subnetId": "${pub}"}), Text: "conflicts with an existing association"},
		{Rule: "ec2.route-table-association-network", Sentence: "a table for the subnet of another VPC", Given: steps(public(), other),
			Then: create(tRTA, "far", in{"routeTableId": "${out}", "subnetId": "${far}"}), Text: "belong to different networks"},
	}
}

func groups() []Case {
	sg := create(tSG, "sg", in{"name": "nodes", "vpcId": "${net}", "description": "nodes"})
	rule := func(name string, more in) Step {
		return create(tIngress, name, with(in{"securityGroupId": "${sg}", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/16"}, more))
	}
	have := steps(oneVPC(), []Step{sg})
	return []Case{
		{Rule: "ec2.security-group-name", Sentence: "a name that looks like an id", Given: oneVPC(), Then: create(tSG, "sg", in{"name": "sg-nodes", "vpcId": "${net}"}),
			Text: "invalid value for name (cannot begin with sg-). Examine values at 'sg.name'."},
		{Rule: "ec2.security-group-duplicate", Sentence: "two groups of one name in a VPC", Given: have, Then: create(tSG, "two", in{"name": "nodes", "vpcId": "${net}"}),
			Text: "InvalidGroup.Duplicate: The security group 'nodes' already exists for VPC '"},
		{Rule: "ec2.security-group-quota", Sentence: "one group more than the quota", Quotas: map[string]int{"SGs per Region": 1}, Given: have,
			Then: create(tSG, "two", in{"name": "two", "vpcId": "${net}"}), Text: "SecurityGroupLimitExceeded: The maximum number of security groups for VPC 'vpc-"},
		{Rule: "ec2.security-group-exists", Sentence: "a rule of a group that is not there", Given: have, Then: rule("r", in{"securityGroupId": "sg-0123456789abcdef0"}),
			Text: "InvalidGroup.NotFound: The security group 'sg-0123456789abcdef0' does not exist"},
		{Rule: "ec2.default-security-group", Sentence: "the default group of no VPC", Then: create(tDefault, "d", in{"vpcId": "vpc-0123456789abcdef0"}),
			Text: "reading Default Security Group: empty result"},
		{Rule: "ec2.security-group-in-use", Sentence: "a group that another group's rule names",
			Given: steps(have, []Step{create(tSG, "two", in{"name": "two", "vpcId": "${net}"}), rule("r", in{"securityGroupId": "${two}", "cidrIpv4": nil, "referencedSecurityGroupId": "${sg}"})}),
			Then:  remove(tSG, "sg"), Against: tIngress, Text: "has a dependent object"},
		{Rule: "ec2.security-group-rule-duplicate", Sentence: "the same rule twice", Given: steps(have, []Step{rule("r", nil)}), Then: rule("again", nil),
			Text: "InvalidPermission.Duplicate: the specified rule \"peer: 10.0.0.0/16, TCP, from port: 443, to port: 443, ALLOW\" already exists"},
		{Rule: "ec2.security-group-rule-quota", Sentence: "one rule more than the quota", Quotas: map[string]int{"SG rules inbound / outbound each": 1},
			Given: steps(have, []Step{rule("r", nil)}), Then: rule("s", in{"fromPort": 80, "toPort": 80}),
			Text: "RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached."},
		{Rule: "ec2.security-group-rule-cidr", Sentence: "a block with host bits", Given: have, Then: rule("r", in{"cidrIpv4": "10.0.0.1/16"}),
			Text: "InvalidParameterValue: CIDR block 10.0.0.1/16 is malformed"},
		{Rule: "ec2.security-group-rule-ports", Sentence: "a port range that ends before it begins", Given: have, Then: rule("r", in{"fromPort": 443, "toPort": 80}),
			Text: "InvalidParameterValue: Invalid TCP port range (443-80)"},
		{Rule: "ec2.security-group-rule-one-peer", Sentence: "a rule for nobody", Given: have, Then: rule("r", in{"cidrIpv4": nil}),
			Text: "Invalid Attribute Combination. Exactly one of these attributes must be configured"},
	}
}

func endpoints() []Case {
	dns := []Step{create(tVPC, "net", in{"cidrBlock": "10.0.0.0/16", "enableDnsSupport": true, "enableDnsHostnames": true}),
		subnet("a", "10.0.0.0/24", "apne2-az1"), subnet("a2", "10.0.1.0/24", "apne2-az1")}
	iface := func(name string, more in) Step {
		return create(tEndpoint, name, with(in{"vpcId": "${net}", "vpcEndpointType": "Interface", "serviceName": "com.amazonaws.ap-northeast-2.sts",
			"subnetIds": []any{"${a}"}, "privateDnsEnabled": true}, more))
	}
	s3 := func(name string) Step {
		return create(tEndpoint, name, in{"vpcId": "${net}", "serviceName": "com.amazonaws.ap-northeast-2.s3", "routeTableIds": []any{"${out}"}})
	}
	flow := func(name string, more in) Step {
		return create(tFlowLog, name, with(in{"vpcId": "${net}", "trafficType": "ALL", "logDestination": "arn:aws:logs:ap-northeast-2:111122223333:log-group:flow",
			"iamRoleArn": "arn:aws:iam::111122223333:role/flow"}, more))
	}
	return []Case{
		{Rule: "ec2.endpoint-service", Sentence: "a service that is not there", Given: dns, Then: iface("e", in{"serviceName": "com.amazonaws.ap-northeast-2.sts2"}),
			Text: "InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.ap-northeast-2.sts2' does not exist"},
		{Rule: "ec2.endpoint-private-dns-conflict", Sentence: "two endpoints for one name", Given: steps(dns, []Step{iface("e", nil)}), Then: iface("f", nil),
			Text: "InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for sts.ap-northeast-2.amazonaws.com in the VPC"},
		{Rule: "ec2.endpoint-private-dns-vpc", Sentence: "private names in a VPC without host names", Given: steps(oneVPC(), []Step{subnet("a", "10.0.0.0/24", "apne2-az1")}), Then: iface("e", nil),
			Text: "InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for"},
		{Rule: "ec2.endpoint-subnet-per-zone", Sentence: "two subnets of one zone", Given: dns, Then: iface("e", in{"subnetIds": []any{"${a}", "${a2}"}}),
			Text: "DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of"},
		{Rule: "ec2.endpoint-route-conflict", Sentence: "two gateway endpoints in one table", Given: steps(public(), []Step{s3("e")}), Then: s3("f"),
			Text: "already has a route with destination-prefix-list-id pl-"},
		{Rule: "ec2.flow-log-duplicate", Sentence: "the same flow log twice", Given: steps(oneVPC(), []Step{flow("f", nil)}), Then: flow("g", nil),
			Text: "FlowLogAlreadyExists: Error. There is an existing Flow Log with the same configuration and log destination."},
		{Rule: "ec2.flow-log-role", Sentence: "CloudWatch Logs without a role", Given: oneVPC(), Then: flow("f", in{"iamRoleArn": nil}),
			Text: "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs."},
	}
}

func peering() []Case {
	both := steps(oneVPC(), []Step{create(tVPC, "peer", in{"cidrBlock": "10.1.0.0/16"})})
	link := func(name string, more in) Step {
		return create(tPeering, name, with(in{"vpcId": "${net}", "peerVpcId": "${peer}", "autoAccept": true}, more))
	}
	return []Case{
		{Rule: "ec2.peering-overlap", Sentence: "two VPCs whose pod blocks overlap",
			Given: steps(both, []Step{create(tBlock, "x", in{"vpcId": "${net}", "cidrBlock": "100.64.0.0/16"}), create(tBlock, "y", in{"vpcId": "${peer}", "cidrBlock": "100.64.0.0/17"})}),
			Then:  link("p", nil), Text: "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"},
		{Rule: "ec2.peering-duplicate", Sentence: "two connections between two VPCs", Given: steps(both, []Step{link("p", nil)}), Then: link("q", nil),
			Text: "VpcPeeringConnectionAlreadyExists: There is an existing VpcPeeringConnection"},
		{Rule: "ec2.peering-auto-accept", Sentence: "a connection that accepts itself across regions", Given: both, Then: link("p", in{"peerRegion": "us-east-1"}),
			Text: "`peer_region` cannot be set whilst `auto_accept` is `true`"},
		{Rule: "ec2.peering-exists", Sentence: "accepting a connection that is not there",
			Then: create(tAccepter, "a", in{"vpcPeeringConnectionId": "pcx-0123456789abcdef0", "autoAccept": true}),
			Text: "InvalidVpcPeeringConnectionID.NotFound: The vpcPeeringConnection ID 'pcx-0123456789abcdef0' does not exist"},
	}
}

func instances() []Case {
	return []Case{
		{Rule: "ec2.launch-template-name", Sentence: "a name with a blank", Then: create(tLT, "t", in{"name": "my template"}),
			Text: "invalid value for name (must be 3 to 128 characters of a-z, A-Z, 0-9, (, ), ., -, / and _): my template"},
		{Rule: "ec2.launch-template-duplicate", Sentence: "two templates of one name", Given: []Step{create(tLT, "t", in{"name": "nodes"})}, Then: create(tLT, "u", in{"name": "nodes"}),
			Text: "InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use."},
		{Rule: "ec2.user-data-base64", Sentence: "user data in plain text", Then: create(tLT, "t", in{"name": "nodes", "userData": "#!/bin/bash"}),
			Text: "InvalidUserData.Malformed: Invalid BASE64 encoding of user data."},
		{Rule: "ec2.instance-type", Sentence: "a type that is not there", Then: instance("i", in{"instanceType": "t9.huge"}),
			Text: "InvalidParameterValue: Invalid value 't9.huge' for InstanceType."},
		{Rule: "ec2.instance-architecture", Sentence: "an arm type with an x86 image", Then: instance("i", in{"instanceType": "t4g.nano", "ami": "ami-0864000000000000"}),
			Text: "The architecture 'arm64' of the specified instance type does not match the architecture 'x86_64' of the specified AMI."},
		{Rule: "ec2.instance-profile", Sentence: "a profile that is not there", Then: instance("i", in{"iamInstanceProfile": "bastion"}),
			Text: "InvalidParameterValue: Value (bastion) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"},
	}
}
