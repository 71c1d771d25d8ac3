package cases

// order breaks the laws that keep an object while another one stands against
// its deletion, once for each type that does.
func order() []Case {
	return concat(networkOrder(), subnetOrder(), groupOrder(), roleOrder())
}

func concat(groups ...[]Case) []Case {
	var out []Case
	for _, g := range groups {
		out = append(out, g...)
	}
	return out
}

func networkOrder() []Case {
	const text = "has dependencies and cannot be deleted."
	against := func(sentence string, dependent Step, more ...Step) Case {
		return Case{Rule: "ec2.vpc-in-use", Sentence: sentence, Given: steps(oneVPC(), more, []Step{dependent}),
			Then: remove(tVPC, "net"), Against: dependent.Type, Text: text}
	}
	return []Case{
		against("a VPC that has an internet gateway", create(tIGW, "igw", in{"vpcId": "${net}"})),
		against("a VPC that has a route table", create(tTable, "t", in{"vpcId": "${net}"})),
		against("a VPC that has a security group", securityGroup("sg")),
		against("a VPC that has an endpoint", create(tEndpoint, "s3", in{"vpcId": "${net}", "serviceName": "com.amazonaws.ap-northeast-2.s3"})),
		against("a VPC that is peered", create(tPeering, "p", in{"vpcId": "${net}", "peerVpcId": "${peer}", "autoAccept": true}),
			create(tVPC, "peer", in{"cidrBlock": "10.1.0.0/16"})),
	}
}

func securityGroup(name string) Step {
	return create(tSG, name, in{"name": name, "vpcId": "${net}", "description": name})
}

// apart is a cluster whose control plane is not in subnet s.
func apart() []Step { return steps(cluster(), []Step{subnet("s", "10.0.48.0/24", "apne2-az1")}) }

func subnetOrder() []Case {
	against := func(sentence string, given []Step, dependent Step) Case {
		return Case{Rule: "ec2.subnet-in-use", Sentence: sentence, Given: steps(given, []Step{dependent}), Then: remove(tSubnet, "s"),
			Against: dependent.Type, Text: "has dependencies and cannot be deleted."}
	}
	alone := steps(oneVPC(), []Step{subnet("s", "10.0.0.0/24", "apne2-az1")})
	routed := steps(apart(), []Step{create(tRTA, "s", in{"routeTableId": "${in}", "subnetId": "${s}"})})
	control := with(clusterIn("1.35"), in{"vpcConfig": in{"subnetIds": []any{"${s}", "${b}"}, "endpointPrivateAccess": true, "endpointPublicAccess": false}})
	return []Case{
		against("a subnet that holds an endpoint", alone, create(tEndpoint, "e", in{"vpcId": "${net}", "vpcEndpointType": "Interface",
			"serviceName": "com.amazonaws.ap-northeast-2.sts", "subnetIds": []any{"${s}"}})),
		against("a subnet that holds an instance", alone, instance("i", in{"subnetId": "${s}"})),
		against("a subnet that holds a mount target", steps(alone, []Step{create(tFS, "fs", in{})}), create(tMount, "m", in{"fileSystemId": "${fs}", "subnetId": "${s}"})),
		against("a subnet that holds a control plane",
			steps(private(), []Step{subnet("s", "10.0.48.0/24", "apne2-az1"), role("control", trust("eks.amazonaws.com"))}), create(tCluster, "c", control)),
		against("a subnet that holds nodes", routed, create(tGroup, "g", with(groupIn(), in{"subnetIds": []any{"${s}"}}))),
	}
}

func groupOrder() []Case {
	have := steps(oneVPC(), []Step{securityGroup("sg"), securityGroup("other"), subnet("s", "10.0.0.0/24", "apne2-az1")})
	against := func(sentence string, given []Step, dependent ...Step) Case {
		return Case{Rule: "ec2.security-group-in-use", Sentence: sentence, Given: steps(given, dependent), Then: remove(tSG, "sg"),
			Against: dependent[len(dependent)-1].Type, Text: "has a dependent object"}
	}
	peer := in{"securityGroupId": "${other}", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "referencedSecurityGroupId": "${sg}"}
	control := clusterIn("1.35")
	control["vpcConfig"] = with(control["vpcConfig"].(in), in{"securityGroupIds": []any{"${sg}"}})
	base := steps(private(), []Step{role("control", trust("eks.amazonaws.com")), securityGroup("sg")})
	return []Case{
		against("a group that another group's way out names", have, create(tEgress, "r", peer)),
		against("a group that a rule of the old type names", have, create(tSGRule, "r", in{"type": "ingress", "securityGroupId": "${other}",
			"protocol": "tcp", "fromPort": 443, "toPort": 443, "sourceSecurityGroupId": "${sg}"})),
		against("a group of an endpoint", have, create(tEndpoint, "e", in{"vpcId": "${net}", "vpcEndpointType": "Interface",
			"serviceName": "com.amazonaws.ap-northeast-2.sts", "subnetIds": []any{"${s}"}, "securityGroupIds": []any{"${sg}"}})),
		against("a group of an instance", have, instance("i", in{"subnetId": "${s}", "vpcSecurityGroupIds": []any{"${sg}"}})),
		against("a group of a mount target", steps(have, []Step{create(tFS, "fs", in{})}),
			create(tMount, "m", in{"fileSystemId": "${fs}", "subnetId": "${s}", "securityGroups": []any{"${sg}"}})),
		against("a group of a control plane", base, create(tCluster, "c", control)),
		against("a group of nodes", steps(cluster(), []Step{securityGroup("sg"), create(tLT, "t", in{"name": "nodes", "vpcSecurityGroupIds": []any{"${sg}"}})}),
			create(tGroup, "g", with(groupIn(), in{"launchTemplate": in{"id": "${t}", "version": "1"}}))),
	}
}

func roleOrder() []Case {
	have := []Step{role("app", trust("ec2.amazonaws.com"))}
	against := func(sentence string, dependent Step, text string) Case {
		return Case{Rule: "iam.role-in-use", Sentence: sentence, Given: steps(have, []Step{dependent}), Then: remove(tRole, "app"), Against: dependent.Type,
			Text: "DeleteConflict: Cannot delete entity, must " + text + " first."}
	}
	return []Case{
		against("a role that has a policy of its own", create(tInline, "p", in{"role": "${app}", "name": "p", "policy": readAll}), "delete policies"),
		against("a role in an instance profile", create(tProfile, "p", in{"name": "p", "role": "${app}"}), "remove roles from instance profile"),
	}
}
