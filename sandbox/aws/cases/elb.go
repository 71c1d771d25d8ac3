package cases

import (
	"fmt"
	"strings"
)

// entrance is a VPC with two public subnets and a security group.
func entrance() []Step {
	return steps(public(), []Step{
		subnet("pub2", "10.0.1.0/24", "apne2-az2"),
		create(tSG, "front", in{"name": "front", "vpcId": "${net}"}),
	})
}

func balancerIn() in {
	return in{"name": "app", "subnets": []any{"${pub}", "${pub2}"}, "securityGroups": []any{"${front}"}}
}

func networkIn() in {
	return in{"name": "net", "loadBalancerType": "network", "subnets": []any{"${pub}", "${pub2}"}, "securityGroups": []any{"${front}"}}
}

func groupOf(name string, more in) Step {
	return create(tTG, name, with(in{"name": name, "port": 8080, "protocol": "HTTP", "targetType": "ip", "vpcId": "${net}"}, more))
}

// balancer is an ALB with a target group and a listener that redirects.
func balancer() []Step {
	return steps(entrance(), []Step{create(tLB, "lb", balancerIn()), groupOf("tg", nil)})
}

func forward(group string) in { return in{"type": "forward", "targetGroupArn": group} }

func listenerIn(port int, action in) in {
	return in{"loadBalancerArn": "${lb}", "port": port, "protocol": "HTTP", "defaultActions": []any{action}}
}

func redirect() in {
	return in{"type": "redirect", "redirect": in{"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
}

func balancers() []Case {
	logged := with(balancerIn(), in{"accessLogs": in{"bucket": "logs-of-app", "enabled": true}})
	return []Case{
		{Rule: "elb.name", Sentence: "a load balancer's name above 32 characters", Given: entrance(),
			Then: create(tLB, "lb", with(balancerIn(), in{"name": strings.Repeat("a", 33)})),
			Text: "\"name\" cannot be longer than 32 characters: \"" + strings.Repeat("a", 33) + "\". Examine values at 'lb.name'."},
		{Rule: "elb.name", Sentence: "a target group's name with a dot", Given: oneVPC(), Then: groupOf("a.b", nil),
			Text: "only alphanumeric characters and hyphens allowed in \"name\": \"a.b\""},
		{Rule: "elb.load-balancer-exists", Sentence: "two load balancers of one name", Given: balancer(), Then: create(tLB, "lb2", balancerIn()),
			Text: "ELBv2 Load Balancer (app) already exists"},
		{Rule: "elb.load-balancer-quota", Sentence: "one ALB more than the quota", Quotas: map[string]int{"ALBs per Region": 0}, Given: entrance(),
			Then: create(tLB, "lb", balancerIn()), Text: "TooManyLoadBalancers: The maximum number of load balancers has been reached"},
		{Rule: "elb.load-balancer-quota", Sentence: "one NLB more than the quota", Quotas: map[string]int{"NLBs per Region": 0}, Given: entrance(),
			Then: create(tLB, "lb", networkIn()), Text: "TooManyLoadBalancers: The maximum number of load balancers has been reached"},
		{Rule: "elb.two-zones", Sentence: "an ALB in one zone", Given: entrance(), Then: create(tLB, "lb", with(balancerIn(), in{"subnets": []any{"${pub}"}})),
			Text: "ValidationError: At least two subnets in two different Availability Zones must be specified"},
		{Rule: "elb.one-subnet-per-zone", Sentence: "two subnets of one zone", Given: steps(entrance(), []Step{subnet("pub3", "10.0.2.0/24", "apne2-az1")}),
			Then: create(tLB, "lb", with(balancerIn(), in{"subnets": []any{"${pub}", "${pub2}", "${pub3}"}})),
			Text: "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone"},
		{Rule: "elb.subnet-exists", Sentence: "a subnet that is not there", Given: entrance(),
			Then: create(tLB, "lb", with(balancerIn(), in{"subnets": []any{"${pub}", "${pub2}", "subnet-0123456789abcdef0"}})),
			Text: "SubnetNotFound: The subnet ID 'subnet-0123456789abcdef0' does not exist"},
		{Rule: "elb.subnet-addresses", Sentence: "a /28 with seven free addresses",
			Given: steps(entrance(), []Step{subnet("small", "10.0.9.0/28", "apne2-az3")}, instancesIn("small", 4)),
			Then:  create(tLB, "lb", with(balancerIn(), in{"subnets": []any{"${pub}", "${pub2}", "${small}"}})),
			Text:  "ELB requires at least 8 free IP addresses in each subnet."},
		{Rule: "elb.internet-gateway", Sentence: "a public load balancer in a VPC without a gateway",
			Given: steps(oneVPC(), []Step{subnet("a", "10.0.16.0/20", "apne2-az1"), subnet("b", "10.0.32.0/20", "apne2-az2")}),
			Then:  create(tLB, "lb", in{"name": "app", "subnets": []any{"${a}", "${b}"}}), Text: "has no internet gateway"},
		{Rule: "elb.security-groups", Sentence: "a group that is not there", Given: entrance(),
			Then: create(tLB, "lb", with(balancerIn(), in{"securityGroups": []any{"sg-0123456789abcdef0"}})),
			Text: "InvalidConfigurationRequest: One or more security groups are invalid"},
		{Rule: "elb.address-exists", Sentence: "an address that is not there", Given: entrance(),
			Then: create(tLB, "lb", with(networkIn(), in{"subnets": nil, "subnetMappings": []any{in{"subnetId": "${pub}", "allocationId": "eipalloc-0123456789abcdef0"}}})),
			Text: "AllocationIdNotFound: The specified allocation ID does not exist: eipalloc-0123456789abcdef0"},
		{Rule: "elb.address-free", Sentence: "the address of a NAT gateway",
			Given: steps(entrance(), []Step{create(tEIP, "nat", in{"domain": "vpc"}), create(tNAT, "gw", in{"subnetId": "${pub}", "allocationId": "${nat}"})}),
			Then:  create(tLB, "lb", with(networkIn(), in{"subnets": nil, "subnetMappings": []any{in{"subnetId": "${pub}", "allocationId": "${nat}"}}})),
			Text:  "is in use by another resource"},
		{Rule: "elb.address-network-only", Sentence: "an address for an ALB", Given: steps(entrance(), []Step{create(tEIP, "ip", in{"domain": "vpc"})}),
			Then: create(tLB, "lb", with(balancerIn(), in{"subnets": nil, "subnetMappings": []any{in{"subnetId": "${pub}", "allocationId": "${ip}"}, in{"subnetId": "${pub2}"}}})),
			Text: "InvalidConfigurationRequest: Elastic IP addresses are not supported for load balancers of type 'application'"},
		{Rule: "ec2.address-in-use", Sentence: "an address that a load balancer has",
			Given: steps(entrance(), []Step{create(tEIP, "ip", in{"domain": "vpc"}),
				create(tLB, "lb", with(networkIn(), in{"subnets": nil, "subnetMappings": []any{in{"subnetId": "${pub}", "allocationId": "${ip}"}}}))}),
			Then: remove(tEIP, "ip"), Against: tLB, Text: "InvalidIPAddress.InUse: Address "},
		{Rule: "ec2.security-group-in-use", Sentence: "a group that a load balancer carries", Given: balancer(), Then: remove(tSG, "front"),
			Against: tLB, Text: "has a dependent object"},
		{Rule: "ec2.subnet-in-use", Sentence: "a subnet that a load balancer stands in", Given: balancer(), Then: remove(tSubnet, "pub2"),
			Against: tLB, Text: "has dependencies and cannot be deleted."},
		{Rule: "elb.deletion-protection", Sentence: "a protected load balancer",
			Given: []Step{{Op: "seed", Type: tLB, Name: "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:loadbalancer/app/kept/0123456789abcdef", In: in{
				"scope": Account + "/" + Region, "as": "kept", "name": "kept", "enableDeletionProtection": true}}},
			Then: remove(tLB, "kept"), Own: true, Text: "cannot be deleted because deletion protection is enabled"},
		{Rule: "elb.access-log-bucket", Sentence: "a bucket without a policy", Saved: true, Given: steps(entrance(), []Step{create(tBucket, "logs", in{"bucket": "logs-of-app", "forceDestroy": true})}),
			Then: create(tLB, "lb", logged), Text: "InvalidConfigurationRequest: Access Denied for bucket: logs-of-app. Please check S3bucket permission"},
		{Rule: "elb.access-log-bucket", Sentence: "a policy for another prefix", Saved: true, Given: steps(entrance(), logBucket("other/AWSLogs/"+Account+"/*")),
			Then: create(tLB, "lb", logged), Text: "InvalidConfigurationRequest: Access Denied for bucket: logs-of-app."},
	}
}

// logBucket is a bucket that the region's load balancers may write to below a path.
func logBucket(path string) []Step {
	return []Step{
		create(tBucket, "logs", in{"bucket": "logs-of-app", "forceDestroy": true}),
		create(tBucketPol, "logs-policy", in{"bucket": "${logs}", "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject",` +
			`"Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"},"Resource":"arn:aws:s3:::logs-of-app/` + path + `"}]}`}),
	}
}

func targets() []Case {
	used := steps(balancer(), []Step{create(tListener, "http", listenerIn(80, forward("${tg}")))})
	return []Case{
		{Rule: "elb.target-group-exists", Sentence: "two target groups of one name", Given: balancer(), Then: create(tTG, "again", in{"name": "tg", "port": 80, "protocol": "HTTP", "targetType": "ip", "vpcId": "${net}"}),
			Text: "ELBv2 Target Group (tg) already exists"},
		{Rule: "elb.target-group-needs", Sentence: "a group of addresses without a port", Given: oneVPC(), Then: groupOf("tg", in{"port": nil}),
			Text: "Attribute \"port\" must be specified when \"target_type\" is \"ip\"."},
		{Rule: "elb.target-group-protocol", Sentence: "a protocol that there is not", Given: oneVPC(), Then: groupOf("tg", in{"protocol": "HTTP2"}),
			Text: "expected protocol to be one of [GENEVE HTTP HTTPS QUIC TCP TCP_QUIC TCP_UDP TLS UDP], got HTTP2"},
		{Rule: "elb.deregistration-delay", Sentence: "two hours", Given: oneVPC(), Then: groupOf("tg", in{"deregistrationDelay": 7200}),
			Text: "expected deregistration_delay to be in the range (0 - 3600), got 7200"},
		{Rule: "elb.tcp-health-check", Sentence: "a path for a check by connection", Given: oneVPC(),
			Then: groupOf("tg", in{"protocol": "TCP", "healthCheck": in{"protocol": "TCP", "path": "/healthz"}}),
			Text: "Attribute \"health_check.path\" cannot be specified when \"health_check.protocol\" is \"TCP\"."},
		{Rule: "elb.health-check-timeout", Sentence: "a time-out above the interval", Given: oneVPC(), Then: groupOf("tg", in{"healthCheck": in{"interval": 10, "timeout": 30}}),
			Text: "ValidationError: Health check timeout '30' must be smaller than or equal to the interval '10'"},
		{Rule: "elb.target-group-quota", Sentence: "one group more than the quota", Quotas: map[string]int{"Target groups per Region": 0}, Given: oneVPC(), Then: groupOf("tg", nil),
			Text: "TooManyTargetGroups: The maximum number of target groups has been reached"},
		{Rule: "elb.target-group-in-use", Sentence: "a group that a listener forwards to", Given: used, Then: remove(tTG, "tg"),
			Against: tListener, Text: "is currently in use by a listener or a rule"},
		{Rule: "elb.target-group-in-use", Sentence: "a group that a rule forwards to",
			Given: steps(balancer(), []Step{create(tListener, "http", listenerIn(80, redirect())), ruleTo("r", "${tg}")}),
			Then:  remove(tTG, "tg"), Against: tRule, Text: "is currently in use by a listener or a rule"},
		{Rule: "elb.target-group-missing", Sentence: "a target for no group", Then: create(tAttachment, "t", in{"targetGroupArn": missingGroup, "targetId": "10.0.16.7"}),
			Text: "TargetGroupNotFound: Target groups '" + missingGroup + "' not found"},
	}
}

// ruleTo is a rule of listener http that forwards to groups in equal shares.
func ruleTo(name string, groups ...string) Step {
	var tuples []any
	for _, g := range groups {
		tuples = append(tuples, in{"arn": g, "weight": 1})
	}
	return create(tRule, name, in{"listenerArn": "${http}", "priority": 1, "conditions": []any{in{"hostHeader": in{"values": []any{"shop.example.com"}}}},
		"actions": []any{in{"type": "forward", "forward": in{"targetGroups": tuples}}}})
}

const missingGroup = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:targetgroup/gone/0123456789abcdef"

func listeners() []Case {
	shares := func(weight int, groups ...string) in {
		var tuples []any
		for _, g := range groups {
			tuples = append(tuples, in{"arn": g, "weight": weight})
		}
		return in{"type": "forward", "forward": in{"targetGroups": tuples}}
	}
	six, names := balancer(), []string{}
	for i := range 6 {
		six = append(six, groupOf(fmt.Sprintf("g%d", i), nil))
		names = append(names, fmt.Sprintf("${g%d}", i))
	}
	tls := func(more in) in {
		return with(listenerIn(443, redirect()), with(in{"protocol": "HTTPS", "certificateArn": issuedARN}, more))
	}
	return []Case{
		{Rule: "elb.load-balancer-missing", Sentence: "a listener of no load balancer",
			Then: create(tListener, "l", with(listenerIn(80, redirect()), in{"loadBalancerArn": "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:loadbalancer/app/gone/0123456789abcdef"})),
			Text: "LoadBalancerNotFound: One or more load balancers not found"},
		{Rule: "elb.listener-port", Sentence: "two listeners on one port", Given: steps(balancer(), []Step{create(tListener, "l", listenerIn(80, redirect()))}),
			Then: create(tListener, "m", listenerIn(80, redirect())), Text: "DuplicateListener: A listener already exists on this port for this load balancer"},
		{Rule: "elb.listener-protocol", Sentence: "TCP on an ALB", Given: balancer(), Then: create(tListener, "l", with(listenerIn(80, redirect()), in{"protocol": "TCP"})),
			Text: "ValidationError: Protocol 'TCP' is not supported by load balancers of type 'application'"},
		{Rule: "elb.protocols-match", Sentence: "an ALB before a group of TCP", Given: steps(balancer(), []Step{groupOf("raw", in{"protocol": "TCP"})}),
			Then: create(tListener, "l", listenerIn(80, forward("${raw}"))), Text: "IncompatibleProtocols: The protocol TCP of the target group does not fit the protocol HTTP of the listener"},
		{Rule: "elb.certificate-needed", Sentence: "HTTPS without a certificate", Given: balancer(), Then: create(tListener, "l", tls(in{"certificateArn": nil})),
			Text: "ValidationError: A certificate must be specified for HTTPS listeners"},
		{Rule: "elb.tls-policy", Sentence: "a mistyped policy", Given: steps(balancer(), issued()), Then: create(tListener, "l", tls(in{"sslPolicy": "ELBSecurityPolicy-TLS13-2021"})),
			Text: "SSLPolicyNotFound: SSL policy 'ELBSecurityPolicy-TLS13-2021' not found"},
		{Rule: "elb.certificate-region", Sentence: "a certificate of another region", Behind: []string{"elb.certificate-exists"}, Given: balancer(),
			Then: create(tListener, "l", tls(in{"certificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/1"})),
			Text: "ValidationError: Certificate ARN 'arn:aws:acm:us-east-1:111122223333:certificate/1' is not valid"},
		{Rule: "elb.certificate-exists", Sentence: "a certificate that is not there", Given: balancer(), Then: create(tListener, "l", tls(nil)),
			Text: "CertificateNotFound: Certificate '" + issuedARN + "' not found"},
		{Rule: "elb.certificate-issued", Sentence: "a certificate that waits for its validation", Given: steps(balancer(), []Step{create(tCert, "cert", in{"domainName": "shop.example.com", "validationMethod": "DNS"})}),
			Then: create(tListener, "l", tls(in{"certificateArn": "${cert}"})), Text: "must have a fully-qualified domain name, a supported signature, and a supported key size."},
		{Rule: "elb.target-group-missing", Sentence: "a listener that forwards to no group", Given: balancer(), Then: create(tListener, "l", listenerIn(80, forward(missingGroup))),
			Text: "TargetGroupNotFound: Target groups '" + missingGroup + "' not found"},
		{Rule: "elb.target-group-one-balancer", Sentence: "one group behind two load balancers",
			Given: steps(balancer(), []Step{create(tListener, "l", listenerIn(80, forward("${tg}"))), create(tLB, "lb2", with(balancerIn(), in{"name": "second"}))}),
			Then:  create(tListener, "m", with(listenerIn(80, forward("${tg}")), in{"loadBalancerArn": "${lb2}"})),
			Text:  "TargetGroupAssociationLimit: The following target groups cannot be associated with more than one load balancer: "},
		{Rule: "elb.weight", Sentence: "a weight of 1,000", Given: balancer(), Then: create(tListener, "l", listenerIn(80, shares(1000, "${tg}"))),
			Text: "expected weight to be in the range (0 - 999), got 1000. Examine values at 'l.defaultActions[0].forward.targetGroups[0].weight'."},
		{Rule: "elb.groups-per-action-quota", Sentence: "six groups in one action", Given: six, Then: create(tListener, "l", listenerIn(80, shares(1, names...))),
			Text: "TooManyTargetGroups: The maximum number of target groups per action has been reached"},
		{Rule: "elb.groups-per-action-quota", Sentence: "six groups in one rule", Given: steps(six, []Step{create(tListener, "http", listenerIn(80, redirect()))}),
			Then: ruleTo("r", names...), Text: "TooManyTargetGroups: The maximum number of target groups per action has been reached"},
		{Rule: "elb.groups-per-balancer-quota", Sentence: "one group more on a load balancer than the quota", Quotas: map[string]int{"Target groups per ALB": 1}, Given: six,
			Then: create(tListener, "l", listenerIn(80, shares(1, "${g0}", "${g1}"))), Text: "TooManyUniqueTargetGroupsPerLoadBalancer: "},
		{Rule: "elb.listener-quota", Sentence: "one listener more than the quota", Quotas: map[string]int{"Listeners per ALB": 1},
			Given: steps(balancer(), []Step{create(tListener, "l", listenerIn(80, redirect()))}), Then: create(tListener, "m", listenerIn(81, redirect())),
			Text: "TooManyListeners: "},
	}
}

const issuedARN = "arn:aws:acm:ap-northeast-2:111122223333:certificate/11111111-2222-4333-8444-555555555555"

// issued is a certificate that somebody else had issued.
func issued() []Step {
	return []Step{{Op: "seed", Type: tCert, Name: issuedARN, In: in{"scope": Account + "/" + Region, "as": "issued", "arn": issuedARN, "domainName": "shop.example.com", "status": "ISSUED"}}}
}

func listenerRules() []Case {
	have := steps(balancer(), []Step{create(tListener, "l", listenerIn(80, redirect()))})
	hosts := func(n int) []any {
		var values []any
		for i := range n {
			values = append(values, fmt.Sprintf("h%d.example.com", i))
		}
		return []any{in{"hostHeader": in{"values": values}}}
	}
	one := func(priority int) in {
		return in{"listenerArn": "${l}", "priority": priority, "conditions": hosts(1), "actions": []any{redirect()}}
	}
	return []Case{
		{Rule: "elb.listener-missing", Sentence: "a rule of no listener",
			Then: create(tRule, "r", with(one(1), in{"listenerArn": "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:listener/app/gone/0123456789abcdef/0123456789abcdef"})),
			Text: "ListenerNotFound: One or more listeners not found"},
		{Rule: "elb.rule-priority", Sentence: "two rules of one priority", Given: steps(have, []Step{create(tRule, "r", one(7))}), Then: create(tRule, "s", one(7)),
			Text: "PriorityInUse: Priority '7' is currently in use"},
		{Rule: "elb.rule-quota", Sentence: "one rule more than the quota", Quotas: map[string]int{"Rules per ALB (excl. defaults)": 1},
			Given: steps(have, []Step{create(tRule, "r", one(1))}), Then: create(tRule, "s", one(2)), Text: "TooManyRules: "},
		{Rule: "elb.condition-values", Sentence: "six hosts in one rule", Given: have, Then: create(tRule, "r", with(one(1), in{"conditions": hosts(6)})),
			Text: "ValidationError: A rule can only have '5' condition values"},
		{Rule: "elb.rules-of-albs", Sentence: "a rule of a network load balancer",
			Given: steps(entrance(), []Step{create(tLB, "lb", networkIn()), groupOf("raw", in{"protocol": "TCP"}), create(tListener, "l", with(listenerIn(80, forward("${raw}")), in{"protocol": "TCP"}))}),
			Then:  create(tRule, "r", one(1)), Text: "UnsupportedOperation: Rules are supported by listeners of application load balancers only"},
		{Rule: "elb.certificate-quota", Sentence: "one certificate more than the quota", Quotas: map[string]int{"Certificates per ALB": 0}, Given: steps(have, issued()),
			Then: create(tExtraCert, "c", in{"listenerArn": "${l}", "certificateArn": issuedARN}), Text: "TooManyCertificates: "},
	}
}
