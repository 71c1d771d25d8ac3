package cases

const (
	tDomain       = "aws:opensearch/domain:Domain"
	tStream       = "aws:msk/cluster:Cluster"
	tStreamConfig = "aws:msk/configuration:Configuration"
	tServiceRole  = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
)

// linkedRole lets OpenSearch Service into VPCs.
var linkedRole = create(tServiceRole, "linked", in{"awsServiceName": "opensearchservice.amazonaws.com"})

// storeNet is a VPC with two subnets in two zones and a security group.
func storeNet() []Step {
	return steps(oneVPC(), []Step{subnet("s", "10.0.0.0/24", "apne2-az1"), subnet("t", "10.0.1.0/24", "apne2-az2"), securityGroup("sg")})
}

// domainIn is a domain over two zones with everything that ours have.
func domainIn(more in) in {
	return with(in{
		"domainName": "dev-main", "engineVersion": "OpenSearch_2.19",
		"clusterConfig": in{"instanceType": "r7g.large.search", "instanceCount": 2, "zoneAwarenessEnabled": true, "zoneAwarenessConfig": in{"availabilityZoneCount": 2},
			"dedicatedMasterEnabled": true, "dedicatedMasterType": "m7g.large.search", "dedicatedMasterCount": 3},
		"ebsOptions":              in{"ebsEnabled": true, "volumeSize": 100, "volumeType": "gp3"},
		"encryptAtRest":           in{"enabled": true},
		"nodeToNodeEncryption":    in{"enabled": true},
		"domainEndpointOptions":   in{"enforceHttps": true, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
		"advancedSecurityOptions": in{"enabled": true, "internalUserDatabaseEnabled": false, "masterUserOptions": in{"masterUserArn": "arn:aws:iam::111122223333:role/setup"}},
		"vpcOptions":              in{"subnetIds": []any{"${s}", "${t}"}, "securityGroupIds": []any{"${sg}"}},
	}, more)
}

// nodesIn is the cluster of domainIn with other nodes.
func nodesIn(more in) in {
	return in{"clusterConfig": with(domainIn(nil)["clusterConfig"].(in), more)}
}

func domains() []Case {
	given := steps(storeNet(), []Step{linkedRole})
	broken := func(rule, sentence, text string, more in) Case {
		return Case{Rule: "opensearch." + rule, Sentence: sentence, Given: given, Then: create(tDomain, "d", domainIn(more)), Text: text}
	}
	with4 := steps(oneVPC(), []Step{subnet("s", "10.0.0.0/28", "apne2-az1"), subnet("t", "10.0.1.0/28", "apne2-az2"), securityGroup("sg"), linkedRole})
	elsewhere := []Step{
		create(tVPC, "net2", in{"cidrBlock": "10.1.0.0/16"}),
		create(tSubnet, "s2", in{"vpcId": "${net2}", "cidrBlock": "10.1.0.0/24", "availabilityZoneId": "apne2-az1"}),
		create(tSubnet, "t2", in{"vpcId": "${net2}", "cidrBlock": "10.1.1.0/24", "availabilityZoneId": "apne2-az2"}),
		create(tSG, "sg2", in{"vpcId": "${net2}"}),
	}
	return []Case{
		broken("domain-name", "a name of 29 characters", "invalid value for domain_name", in{"domainName": "a2345678901234567890123456789"}),
		broken("domain-name", "a name that begins with a digit", "invalid value for domain_name", in{"domainName": "1dev"}),
		{Rule: "opensearch.domain-exists", Sentence: "two domains of one name", Given: steps(given, []Step{create(tDomain, "first", domainIn(nil))}),
			Then: create(tDomain, "d", domainIn(nil)), Text: "ResourceAlreadyExistsException: Domain dev-main already exists"},
		{Rule: "opensearch.service-linked-role", Sentence: "an account without the role", Given: storeNet(), Then: create(tDomain, "d", domainIn(nil)),
			Text: "ValidationException: Before you can proceed, you must enable a service-linked role"},
		broken("subnet-per-zone", "three subnets in two zones", "ValidationException: You must specify exactly two subnets because you’ve set zone count to two.",
			in{"vpcOptions": in{"subnetIds": []any{"${s}", "${t}", "${s}"}, "securityGroupIds": []any{"${sg}"}}}),
		broken("subnet-per-zone", "two subnets without zones", "ValidationException: You must specify exactly one subnet.", nodesIn(in{"zoneAwarenessEnabled": false, "zoneAwarenessConfig": nil})),
		broken("nodes-per-zone", "three nodes in two zones", "ValidationException: You must choose an even number of data nodes for a two Availability Zone deployment", nodesIn(in{"instanceCount": 3})),
		broken("instance-type", "an instance type of EC2", "ValidationException: r7g.large is not a supported instance type", nodesIn(in{"instanceType": "r7g.large"})),
		broken("instance-type", "a master that nobody makes", "ValidationException: x9.large.search is not a supported instance type", nodesIn(in{"dedicatedMasterType": "x9.large.search"})),
		broken("instance-feature", "warm storage beside burstable nodes", "ValidationException: UltraWarm storage is not supported with instance type t3.medium.search",
			nodesIn(in{"instanceType": "t3.medium.search", "warmEnabled": true, "warmCount": 2, "warmType": "ultrawarm1.medium.search"})),
		broken("instance-feature", "an old family, encrypted", "ValidationException: encryption at rest is not supported with instance type m3.large.search", with(nodesIn(in{"instanceType": "m3.large.search"}),
			in{"advancedSecurityOptions": in{"enabled": false}})),
		broken("instance-feature", "volumes on nodes with disks of their own", "ValidationException: EBS storage is not supported with instance type i3.large.search", nodesIn(in{"instanceType": "i3.large.search"})),
		broken("instance-feature", "a storage node as master", "ValidationException: the role of a dedicated master is not supported with instance type or1.large.search",
			nodesIn(in{"dedicatedMasterType": "or1.large.search"})),
		broken("warm-needs-masters", "warm storage without masters", "ValidationException: UltraWarm requires dedicated master nodes",
			nodesIn(in{"dedicatedMasterEnabled": false, "dedicatedMasterType": nil, "dedicatedMasterCount": nil, "warmEnabled": true, "warmCount": 2, "warmType": "ultrawarm1.medium.search"})),
		broken("cold-needs-warm", "cold storage alone", "ValidationException: Cold storage requires UltraWarm to be enabled", nodesIn(in{"coldStorageOptions": in{"enabled": true}})),
		broken("fine-access-needs-https", "plain HTTP", "ValidationException: You must enable EnforceHTTPS in the domain endpoint options to use advanced security.", in{"domainEndpointOptions": nil}),
		broken("fine-access-needs-encryption", "plain text between nodes", "ValidationException: You must enable node-to-node encryption to use advanced security options.", in{"nodeToNodeEncryption": nil}),
		broken("fine-access-needs-encryption", "plain text on disk", "ValidationException: You must enable encryption at rest to use advanced security options.", in{"encryptAtRest": nil}),
		broken("volume-size", "a volume of 9 GiB", "LimitExceededException: Volume size must be between 10 and 3072 for r7g.large.search instance type", in{"ebsOptions": in{"ebsEnabled": true, "volumeSize": 9}}),
		{Rule: "opensearch.free-addresses", Behind: []string{"ec2.free-addresses"}, Sentence: "a full subnet", Given: steps(with4, instancesIn("s", 11)), Then: create(tDomain, "d", domainIn(nil)),
			Text: "does not have enough free IP addresses"},
		{Rule: "opensearch.same-vpc", Sentence: "a domain moved to another VPC", Given: steps(given, elsewhere, []Step{create(tDomain, "d", domainIn(nil))}),
			Then: update(tDomain, "d", domainIn(in{"vpcOptions": in{"subnetIds": []any{"${s2}", "${t2}"}, "securityGroupIds": []any{"${sg2}"}}})),
			Text: "ValidationException: You can't move the domain"},
		{Rule: "ec2.subnet-in-use", Sentence: "a subnet that holds a domain", Given: steps(given, []Step{create(tDomain, "d", domainIn(nil))}), Then: remove(tSubnet, "s"),
			Against: tDomain, Text: "has dependencies and cannot be deleted."},
		{Rule: "ec2.security-group-in-use", Sentence: "a group of a domain", Given: steps(given, []Step{create(tDomain, "d", domainIn(nil))}), Then: remove(tSG, "sg"),
			Against: tDomain, Text: "has a dependent object"},
		{Rule: "iam.service-linked-role-in-use", Sentence: "the role of a domain", Given: steps(given, []Step{create(tDomain, "d", domainIn(nil))}), Then: remove(tServiceRole, "linked"),
			Against: tDomain, Text: "DeletionTaskFailed: the role is in use by arn:aws:es:ap-northeast-2:111122223333:domain/dev-main"},
	}
}

func streamIn(more in) in {
	return with(in{
		"clusterName": "dev-main", "kafkaVersion": "3.8.x", "numberOfBrokerNodes": 2,
		"brokerNodeGroupInfo": in{"instanceType": "kafka.m7g.large", "clientSubnets": []any{"${s}", "${t}"}, "securityGroups": []any{"${sg}"},
			"storageInfo": in{"ebsStorageInfo": in{"volumeSize": 100}}},
		"clientAuthentication": in{"sasl": in{"iam": true}},
		"encryptionInfo":       in{"encryptionInTransit": in{"clientBroker": "TLS", "inCluster": true}},
	}, more)
}

func brokersIn(more in) in {
	return in{"brokerNodeGroupInfo": with(streamIn(nil)["brokerNodeGroupInfo"].(in), more)}
}

func streams() []Case {
	given := storeNet()
	conf := create(tStreamConfig, "conf", in{"name": "dev-main", "serverProperties": "auto.create.topics.enable=false"})
	used := create(tStream, "k", streamIn(in{"configurationInfo": in{"arn": "${conf}", "revision": 1}}))
	broken := func(rule, sentence, text string, more in) Case {
		return Case{Rule: "msk." + rule, Sentence: sentence, Given: given, Then: create(tStream, "k", streamIn(more)), Text: text}
	}
	small := steps(oneVPC(), []Step{subnet("s", "10.0.0.0/28", "apne2-az1"), subnet("t", "10.0.1.0/28", "apne2-az2"), securityGroup("sg")})
	grown := steps(given, []Step{create(tStream, "k", streamIn(in{"numberOfBrokerNodes": 4}))})
	return []Case{
		broken("cluster-name", "a name with an underscore", "BadRequestException: The parameter value contains one or more characters that are not valid.", in{"clusterName": "dev_main"}),
		{Rule: "msk.cluster-exists", Sentence: "two clusters of one name", Given: steps(given, []Step{create(tStream, "first", streamIn(nil))}), Then: create(tStream, "k", streamIn(nil)),
			Text: "ConflictException: A cluster with this name already exists: dev-main"},
		broken("subnet-per-zone", "one subnet", "BadRequestException: The number of Availability Zones in the BrokerAZDistribution parameter must be equal to the number of client subnets.",
			brokersIn(in{"clientSubnets": []any{"${s}"}})),
		broken("brokers-per-zone", "three brokers in two zones", "BadRequestException: The number of broker nodes must be a multiple of Availability Zones in the Client Subnets parameter.",
			in{"numberOfBrokerNodes": 3}),
		broken("instance-type", "an instance type of EC2", "BadRequestException: The specified instance type is not supported: m7g.large", brokersIn(in{"instanceType": "m7g.large"})),
		broken("configuration-exists", "a configuration that is not there", "NotFoundException: The configuration ARN does not exist",
			in{"configurationInfo": in{"arn": "arn:aws:kafka:ap-northeast-2:111122223333:configuration/none/11111111-2222-4333-8444-555555555555-3", "revision": 1}}),
		{Rule: "msk.brokers-grow", Sentence: "fewer brokers", Given: grown, Then: update(tStream, "k", streamIn(nil)),
			Text: "BadRequestException: The target number of broker nodes must be greater than the current number of broker nodes."},
		{Rule: "msk.volume-grows", Sentence: "smaller volumes", Given: steps(given, []Step{create(tStream, "k", streamIn(nil))}),
			Then: update(tStream, "k", streamIn(brokersIn(in{"storageInfo": in{"ebsStorageInfo": in{"volumeSize": 50}}}))),
			Text: "BadRequestException: The target volume size must be greater than the current volume size."},
		{Rule: "msk.configuration-name", Sentence: "two configurations of one name", Given: []Step{conf}, Then: create(tStreamConfig, "second", conf.In),
			Text: "ConflictException: A resource with this name already exists."},
		{Rule: "msk.configuration-in-use", Sentence: "a configuration of a cluster", Given: steps(given, []Step{conf, used}), Then: remove(tStreamConfig, "conf"), Against: tStream,
			Text: "BadRequestException: Configuration is in use by one or more clusters."},
		{Rule: "msk.free-addresses", Behind: []string{"ec2.free-addresses"}, Sentence: "a full subnet", Given: steps(small, instancesIn("s", 11)), Then: create(tStream, "k", streamIn(nil)),
			Text: "does not have enough free addresses."},
		{Rule: "ec2.subnet-in-use", Sentence: "a subnet that holds a broker", Given: steps(given, []Step{create(tStream, "k", streamIn(nil))}), Then: remove(tSubnet, "s"),
			Against: tStream, Text: "has dependencies and cannot be deleted."},
		{Rule: "ec2.security-group-in-use", Sentence: "a group of brokers", Given: steps(given, []Step{create(tStream, "k", streamIn(nil))}), Then: remove(tSG, "sg"),
			Against: tStream, Text: "has a dependent object"},
	}
}
