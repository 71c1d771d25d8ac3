package cases

import "fmt"

// quotas breaks limits that several services answer for, each in its own words.
func quotas() []Case {
	return concat(interfaceGroups(), natQuotas(), ruleQuotas(), quotaRequests())
}

// interfaceGroups puts a second group on an interface that may carry one.
func interfaceGroups() []Case {
	one := map[string]int{"Security groups per ENI": 1}
	two := []any{"${sg}", "${other}"}
	have := steps(oneVPC(), []Step{securityGroup("sg"), securityGroup("other"), subnet("s", "10.0.0.0/24", "apne2-az1")})
	endpoint := func(groups []any) in {
		return in{"vpcId": "${net}", "vpcEndpointType": "Interface", "serviceName": "com.amazonaws.ap-northeast-2.sts",
			"subnetIds": []any{"${s}"}, "securityGroupIds": groups}
	}
	mount := func(groups []any) in {
		return in{"fileSystemId": "${fs}", "subnetId": "${s}", "securityGroups": groups}
	}
	control := clusterIn("1.35")
	control["vpcConfig"] = with(control["vpcConfig"].(in), in{"securityGroupIds": []any{"${sg}"}})
	base := steps(private(), []Step{role("control", trust("eks.amazonaws.com")), securityGroup("sg")})
	fs := steps(have, []Step{create(tFS, "fs", in{})})
	const ec2, efs = "SecurityGroupsPerInterfaceLimitExceeded: The maximum number of security groups per interface has been reached.",
		"SecurityGroupLimitExceeded: the number of SecurityGroups provided in the request is greater than the limit of 1"
	return []Case{
		{Rule: "ec2.interface-security-groups", Sentence: "an instance with one group too many", Quotas: one, Given: have,
			Then: instance("i", in{"subnetId": "${s}", "vpcSecurityGroupIds": two}), Text: ec2},
		{Rule: "ec2.interface-security-groups", Sentence: "an endpoint with one group too many", Quotas: one, Given: have,
			Then: create(tEndpoint, "e", endpoint(two)), Text: ec2},
		{Rule: "ec2.interface-security-groups", Sentence: "an endpoint that is given one group too many", Quotas: one,
			Given: steps(have, []Step{create(tEndpoint, "e", endpoint([]any{"${sg}"}))}), Then: update(tEndpoint, "e", endpoint(two)), Text: ec2},
		{Rule: "efs.mount-target-security-groups", Sentence: "a mount target with one group too many", Quotas: one, Given: fs,
			Then: create(tMount, "m", mount(two)), Text: efs},
		{Rule: "efs.mount-target-security-groups", Sentence: "a mount target that is given one group too many", Quotas: one,
			Given: steps(fs, []Step{create(tMount, "m", mount([]any{"${sg}"}))}), Then: update(tMount, "m", mount(two)), Text: efs},
		{Rule: "eks.cluster-security-groups", Sentence: "a control plane with one group too many", Quotas: one, Given: base,
			Then: create(tCluster, "c", control), Text: "the interfaces of the control plane carry 2 with the cluster security group, and at most 1"},
		{Rule: "eks.cluster-security-groups", Sentence: "a control plane that is given one group too many", Quotas: one,
			Given: steps(base, []Step{create(tCluster, "c", clusterIn("1.35"))}), Then: update(tCluster, "c", control),
			Text: "the interfaces of the control plane carry 2 with the cluster security group, and at most 1"},
		{Rule: "eks.node-security-groups", Sentence: "nodes with one group too many", Quotas: one, Saved: true,
			Given: steps(cluster(), []Step{securityGroup("sg"), securityGroup("other"), create(tLT, "t", in{"name": "nodes", "vpcSecurityGroupIds": two})}),
			Then:  create(tGroup, "g", with(groupIn(), in{"launchTemplate": in{"id": "${t}", "version": "1"}})),
			Text:  "AsgInstanceLaunchFailures: Could not launch On-Demand Instances. SecurityGroupsPerInterfaceLimitExceeded"},
	}
}

func natQuotas() []Case {
	private8 := in{"subnetId": "${s}", "connectivityType": "private", "secondaryPrivateIpAddressCount": 8}
	have := steps(oneVPC(), []Step{subnet("s", "10.0.0.0/24", "apne2-az1")})
	connect := func(n int) Step {
		return Step{Op: "connect", Type: tNAT, Name: "gw", In: in{"destination": "192.0.2.1:443/tcp", "connections": n}}
	}
	const most = 55000
	return []Case{
		{Rule: "ec2.nat-private-address-quota", Sentence: "a ninth private address", Given: have, Then: create(tNAT, "gw", private8),
			Text: "PrivateIpAddressLimitExceeded: The maximum number of private IP addresses per NAT gateway has been reached: 8"},
		{Rule: "ec2.nat-private-address-quota", Sentence: "a ninth private address later",
			Given: steps(have, []Step{create(tNAT, "gw", with(private8, in{"secondaryPrivateIpAddressCount": 7}))}), Then: update(tNAT, "gw", private8),
			Text: "PrivateIpAddressLimitExceeded: The maximum number of private IP addresses per NAT gateway has been reached: 8"},
		{Rule: "ec2.nat-connection-quota", Sentence: "one connection more than an address has ports for", Given: private(), Then: connect(most + 1),
			Text: fmt.Sprintf("has no source port left to 192.0.2.1:443/tcp: %d connections, and 1 addresses carry at most %d", most+1, most)},
	}
}

// ruleQuotas: the quota of rules holds for every way to write one.
func ruleQuotas() []Case {
	one := map[string]int{"SG rules inbound / outbound each": 1}
	have := steps(oneVPC(), []Step{securityGroup("sg")})
	old := func(name string, port int) Step {
		return create(tSGRule, name, in{"type": "egress", "securityGroupId": "${sg}", "protocol": "tcp", "fromPort": port, "toPort": port, "cidrBlocks": []any{"10.0.0.0/16"}})
	}
	out := func(name string, port int) Step {
		return create(tEgress, name, in{"securityGroupId": "${sg}", "ipProtocol": "tcp", "fromPort": port, "toPort": port, "cidrIpv4": "10.0.0.0/16"})
	}
	const text = "RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached."
	return []Case{
		{Rule: "ec2.security-group-rule-quota", Sentence: "one way out more than the quota", Quotas: one, Given: steps(have, []Step{out("r", 80)}), Then: out("s", 443), Text: text},
		{Rule: "ec2.security-group-rule-quota", Sentence: "one rule of the old type more than the quota", Quotas: one, Given: steps(have, []Step{old("r", 80)}), Then: old("s", 443), Text: text},
	}
}

// quotaRequests ask for more of a quota.
func quotaRequests() []Case {
	ask := func(name, service, code string, value int) Step {
		return create("aws:servicequotas/serviceQuota:ServiceQuota", name, in{"serviceCode": service, "quotaCode": code, "value": value})
	}
	const vpcs = "L-F678F1CE"
	return []Case{
		{Rule: "servicequotas.quota-exists", Sentence: "a code of another service", Then: ask("q", "eks", vpcs, 10),
			Text: "reading Service Quotas default Service Quota (eks/L-F678F1CE): couldn't find resource"},
		{Rule: "servicequotas.not-less", Sentence: "one less than there is", Given: []Step{ask("same", "vpc", "L-FE5A380F", 5)}, Then: ask("q", "vpc", vpcs, 4),
			Text: "requesting Service Quotas Service Quota (vpc/L-F678F1CE) with value less than current"},
		{Rule: "servicequotas.one-open-request", Sentence: "a second request while the first is open", Given: []Step{ask("first", "vpc", vpcs, 10)}, Then: ask("second", "vpc", vpcs, 12),
			Text: "ResourceAlreadyExistsException: Only one open service quota increase request is allowed per quota."},
		{Rule: "servicequotas.one-open-request", Sentence: "more, while a request is open", Given: []Step{ask("first", "vpc", vpcs, 10)},
			Then: update("aws:servicequotas/serviceQuota:ServiceQuota", "first", in{"serviceCode": "vpc", "quotaCode": vpcs, "value": 12}),
			Text: "ResourceAlreadyExistsException: Only one open service quota increase request is allowed per quota."},
	}
}
