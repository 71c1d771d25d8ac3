package cases

import (
	"fmt"
	"strings"
)

func certificates() []Case {
	cert := create(tCert, "cert", in{"domainName": "shop.example.com", "validationMethod": "DNS"})
	var eleven []any
	for i := range 10 {
		eleven = append(eleven, fmt.Sprintf("h%d.example.com", i))
	}
	zone := create(tZone, "zone", in{"name": "example.com"})
	proof := create(tRecord, "proof", in{"zoneId": "${zone}", "name": "${cert.domainValidationOptions[0].resourceRecordName}", "type": "CNAME", "ttl": 60,
		"records": []any{"${cert.domainValidationOptions[0].resourceRecordValue}"}})
	validation := create(tValidation, "valid", in{"certificateArn": "${cert}"})
	const waits = "to be issued: timeout while waiting for state to become 'ISSUED' (last state: 'PENDING_VALIDATION', timeout: 1h15m0s)"
	return []Case{
		{Rule: "acm.names", Sentence: "eleven names", Then: create(tCert, "cert", in{"domainName": "example.com", "validationMethod": "DNS", "subjectAlternativeNames": eleven}),
			Text: "LimitExceededException: Certificate has too many domains."},
		{Rule: "acm.domain-length", Sentence: "a first name above 64 characters",
			Then: create(tCert, "cert", in{"domainName": strings.Repeat("a", 60) + ".example.com", "validationMethod": "DNS"}),
			Text: "ValidationException: The first domain name can be no longer than 64 characters"},
		{Rule: "acm.certificate-in-use", Sentence: "a certificate that a listener has",
			Given: steps(balancer(), issued(), []Step{create(tListener, "l", with(listenerIn(443, redirect()), in{"protocol": "HTTPS", "certificateArn": issuedARN}))}),
			Then:  remove(tCert, "issued"), Against: tListener, Text: "ResourceInUseException: Certificate " + issuedARN + " is in use."},
		{Rule: "acm.certificate-exists", Sentence: "waiting for no certificate", Then: create(tValidation, "valid", in{"certificateArn": issuedARN}),
			Text: "ResourceNotFoundException: Could not find certificate " + issuedARN + "."},
		{Rule: "acm.validation-records", Sentence: "a record list that forgets a name", Behind: []string{"acm.validation"}, Given: []Step{cert},
			Then: create(tValidation, "valid", in{"certificateArn": "${cert}", "validationRecordFqdns": []any{"_x.other.example.com"}}),
			Text: "missing shop.example.com DNS validation record: _"},
		{Rule: "acm.validation", Sentence: "no record", Given: []Step{cert}, Then: validation, Text: waits},
		{Rule: "acm.validation", Sentence: "a record in a zone that nobody delegates to", Given: []Step{cert, zone, proof}, Then: validation, Text: waits},
		{Rule: "acm.validation", Sentence: "a record in a private zone",
			Given: steps(oneVPC(), []Step{cert, create(tZone, "zone", in{"name": "example.com", "vpcs": []any{in{"vpcId": "${net}"}}}), proof}), Then: validation, Text: waits},
		{Rule: "acm.validation", Sentence: "a zone above that delegates to other name servers",
			Given: []Step{cert, {Op: "seed", Type: "hidden:dns/Delegation", Name: "com", In: in{"scope": "internet"}}, create(tZone, "com", in{"name": "com", "forceDestroy": true}), zone,
				create(tRecord, "ns", in{"zoneId": "${com}", "name": "example.com", "type": "NS", "ttl": 60, "records": []any{"ns.elsewhere.net"}}), proof},
			Then: validation, Text: waits},
	}
}

func zones() []Case {
	private := func(name string) Step {
		return create(tZone, name, in{"name": "example.com", "vpcs": []any{in{"vpcId": "${net}"}}})
	}
	return []Case{
		{Rule: "route53.zone-not-empty", Sentence: "a zone with a record",
			Given: []Step{create(tZone, "zone", in{"name": "example.com"}), create(tRecord, "r", recordIn(nil))}, Then: remove(tZone, "zone"),
			Against: tRecord, Text: "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets  and so cannot be deleted."},
		{Rule: "route53.private-zone-conflict", Sentence: "two private zones of one name in a VPC", Given: steps(oneVPC(), []Step{private("one")}), Then: private("two"),
			Text: "has already been associated with the hosted zone"},
		{Rule: "route53.private-zone-vpc", Sentence: "a private zone for no VPC",
			Then: create(tZone, "zone", in{"name": "example.com", "vpcs": []any{in{"vpcId": "vpc-0123456789abcdef0"}}}),
			Text: "InvalidVPCId: The VPC: vpc-0123456789abcdef0 you provided is not authorized to make the association."},
	}
}

func recordIn(more in) in {
	return with(in{"zoneId": "${zone}", "name": "shop", "type": "A", "ttl": 60, "records": []any{"192.0.2.1"}}, more)
}

func records() []Case {
	zone := []Step{create(tZone, "zone", in{"name": "example.com"})}
	alias := func(target, id string) in {
		return recordIn(in{"ttl": nil, "records": nil, "aliases": []any{in{"name": target, "zoneId": id, "evaluateTargetHealth": true}}})
	}
	return []Case{
		{Rule: "route53.zone-exists", Sentence: "a record in no zone", Then: create(tRecord, "r", recordIn(in{"zoneId": "Z0123456789ABCDEFGHIJ"})),
			Text: "NoSuchHostedZone: No hosted zone found with ID: Z0123456789ABCDEFGHIJ"},
		{Rule: "route53.record-exists", Sentence: "two records of one name", Given: steps(zone, []Step{create(tRecord, "r", recordIn(nil))}), Then: create(tRecord, "s", recordIn(in{"name": "shop.example.com"})),
			Text: "InvalidChangeBatch: [Tried to create resource record set [name='shop.example.com.', type='A'] but it already exists]"},
		{Rule: "route53.record-in-zone", Sentence: "a name that only ends like the zone", Given: zone, Then: create(tRecord, "r", recordIn(in{"name": "myexample.com"})),
			Text: "InvalidChangeBatch: [RRSet with DNS name myexample.com. is not permitted in zone example.com.]"},
		{Rule: "route53.cname-at-apex", Sentence: "the zone's own name as another's", Given: zone,
			Then: create(tRecord, "r", recordIn(in{"name": "example.com", "type": "CNAME", "records": []any{"elsewhere.net"}})),
			Text: "InvalidChangeBatch: [RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.]"},
		{Rule: "route53.cname-alone", Sentence: "another's name beside an address", Given: steps(zone, []Step{create(tRecord, "r", recordIn(nil))}),
			Then: create(tRecord, "s", recordIn(in{"type": "CNAME", "records": []any{"elsewhere.net"}})),
			Text: "is not permitted as it conflicts with other records with the same DNS name in zone example.com.]"},
		{Rule: "route53.alias-or-records", Sentence: "a record without a value", Given: zone, Then: create(tRecord, "r", recordIn(in{"records": nil})),
			Text: "one of `alias,records` must be specified"},
		{Rule: "route53.alias-zone", Sentence: "a load balancer with the zone of another region", Given: steps(zone, entrance(), []Step{create(tLB, "lb", balancerIn())}),
			Then: create(tRecord, "r", alias("${lb.dnsName}", "Z35SXDOTRQ7X7K")), Text: "but the alias target name does not lie within the target zone]"},
		{Rule: "route53.alias-target", Sentence: "a name of the zone that is not there", Given: zone, Then: create(tRecord, "r", alias("web.example.com", "${zone}")),
			Text: "but that target was not found]"},
	}
}

func metrics(name string) in {
	return in{"cloudwatchMetricsEnabled": true, "metricName": name, "sampledRequestsEnabled": true}
}

func aclIn(rules ...any) in {
	return in{"name": "waf", "scope": "REGIONAL", "defaultAction": in{"allow": in{}}, "visibilityConfig": metrics("waf"), "rules": rules}
}

func managed(name, group string, priority int) in {
	return in{"name": name, "priority": priority, "overrideAction": in{"none": in{}}, "visibilityConfig": metrics(name),
		"statement": in{"managedRuleGroupStatement": in{"name": group, "vendorName": "AWS"}}}
}

func blocking(name string, priority int, statement in) in {
	return in{"name": name, "priority": priority, "action": in{"block": in{}}, "visibilityConfig": metrics(name), "statement": statement}
}

func acls() []Case {
	const gone = "arn:aws:wafv2:ap-northeast-2:111122223333:regional/webacl/gone/11111111-2222-4333-8444-555555555555"
	set := create(tIPSet, "deny", in{"name": "deny", "scope": "REGIONAL", "ipAddressVersion": "IPV4", "addresses": []any{"198.51.100.0/24"}})
	refers := blocking("deny", 1, in{"ipSetReferenceStatement": in{"arn": "${deny.arn}"}})
	acl := create(tACL, "acl", aclIn())
	var many []any
	for i := range 8 {
		many = append(many, managed(fmt.Sprintf("m%d", i), "AWSManagedRulesCommonRuleSet", i))
	}
	return []Case{
		{Rule: "waf.name", Sentence: "a name with a dot", Then: create(tACL, "acl", with(aclIn(), in{"name": "a.b"})),
			Text: "invalid value for name (must contain only alphanumeric, hyphen, and underscore characters)"},
		{Rule: "waf.exists", Sentence: "two web ACLs of one name", Given: []Step{acl}, Then: create(tACL, "acl2", aclIn()), Text: "WAFDuplicateItemException: "},
		{Rule: "waf.missing", Sentence: "logs of no web ACL", Then: create(tACLLogs, "logs", in{"resourceArn": gone, "logDestinationConfigs": []any{"arn:aws:s3:::aws-waf-logs-x"}}),
			Text: "WAFNonexistentItemException: "},
		{Rule: "waf.missing", Sentence: "a rule with an IP set that is not there", Then: create(tACL, "acl", aclIn(blocking("deny", 1, in{"ipSetReferenceStatement": in{"arn": gone}}))),
			Text: "WAFNonexistentItemException: "},
		{Rule: "waf.in-use", Sentence: "an IP set that a rule names", Given: []Step{set, create(tACL, "acl", aclIn(refers))}, Then: remove(tIPSet, "deny"),
			Against: tACL, Text: "WAFAssociatedItemException: "},
		{Rule: "waf.in-use", Sentence: "a web ACL before a load balancer",
			Given: steps(entrance(), []Step{create(tLB, "lb", balancerIn()), acl, create(tACLOf, "of", in{"webAclArn": "${acl.arn}", "resourceArn": "${lb}"})}),
			Then:  remove(tACL, "acl"), Against: tACLOf, Text: "WAFAssociatedItemException: "},
		{Rule: "waf.capacity", Sentence: "eight times the common rules", Then: create(tACL, "acl", aclIn(many...)), Text: "WAFLimitsExceededException: "},
		{Rule: "waf.rule-action", Sentence: "a group with an action of its own",
			Then: create(tACL, "acl", aclIn(blocking("m", 1, in{"managedRuleGroupStatement": in{"name": "AWSManagedRulesCommonRuleSet", "vendorName": "AWS"}}))),
			Text: "WAFInvalidParameterException: Error reason: You have used none or multiple values for a field that requires exactly one value., field: RULE, parameter: Rule"},
		{Rule: "waf.rule-priority", Sentence: "two rules of one priority",
			Then: create(tACL, "acl", aclIn(managed("a", "AWSManagedRulesSQLiRuleSet", 1), managed("b", "AWSManagedRulesLinuxRuleSet", 1))),
			Text: "WAFInvalidParameterException: Error reason: The priority is used more than once., field: RULE, parameter: 1"},
		{Rule: "waf.managed-group", Sentence: "a mistyped group", Then: create(tACL, "acl", aclIn(managed("a", "AWSManagedRulesCommonRules", 1))),
			Text: "your resource doesn’t exist: managed rule group AWSManagedRulesCommonRules"},
		{Rule: "waf.rate-limit", Sentence: "five requests", Then: create(tACL, "acl", aclIn(blocking("rate", 1, in{"rateBasedStatement": in{"limit": 5, "aggregateKeyType": "IP"}}))),
			Text: "expected limit to be in the range (10 - 2000000000), got 5"},
		{Rule: "waf.ip-set-address", Sentence: "an address without a length",
			Then: create(tIPSet, "deny", in{"name": "deny", "scope": "REGIONAL", "ipAddressVersion": "IPV4", "addresses": []any{"198.51.100.1"}}),
			Text: "field: IP_ADDRESS, parameter: 198.51.100.1"},
		{Rule: "waf.association-resource", Sentence: "a network load balancer", Given: steps(entrance(), []Step{create(tLB, "lb", networkIn()), acl}),
			Then: create(tACLOf, "of", in{"webAclArn": "${acl.arn}", "resourceArn": "${lb}"}), Text: "field: RESOURCE_ARN, parameter: arn:aws:elasticloadbalancing:"},
		{Rule: "waf.log-destination", Sentence: "a log group of any name", Given: []Step{acl, create(tLogGroup, "l", in{"name": "waf"})},
			Then: create(tACLLogs, "logs", in{"resourceArn": "${acl.arn}", "logDestinationConfigs": []any{"${l.arn}"}}), Text: "field: LOG_DESTINATION, parameter: arn:aws:logs:"},
	}
}

func buckets() []Case {
	bucket := []Step{create(tBucket, "logs", in{"bucket": "logs-of-app"})}
	policy := func(resource, principal string) Step {
		return create(tBucketPol, "policy", in{"bucket": "logs-of-app", "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Principal":` + principal + `,"Resource":"` + resource + `"}]}`})
	}
	gone := func(sentence, typ string, more in) Case {
		return Case{Rule: "s3.bucket-missing", Sentence: sentence, Then: create(typ, "setting", with(in{"bucket": "logs-of-app"}, more)),
			Text: "NoSuchBucket: The specified bucket does not exist"}
	}
	return []Case{
		gone("a way in to no bucket", tBucketPub, in{"blockPublicPolicy": true}),
		gone("encryption of no bucket", tBucketEnc, in{"rules": []any{in{"applyServerSideEncryptionByDefault": in{"sseAlgorithm": "AES256"}}}}),
		gone("an end for objects of no bucket", tBucketLife, in{"rules": []any{in{"id": "all", "status": "Enabled", "expiration": in{"days": 30}}}}),
		gone("an owner for objects of no bucket", tBucketOwn, in{"rule": in{"objectOwnership": "BucketOwnerEnforced"}}),
		{Rule: "s3.bucket-name", Sentence: "capital letters", Then: create(tBucket, "logs", in{"bucket": "Logs"}),
			Text: "\"Logs\": only lowercase alphanumeric characters and hyphens allowed in \"bucket\", 3 to 63 of them"},
		{Rule: "s3.bucket-exists", Sentence: "a name that somebody has", Given: bucket, Then: create(tBucket, "more", in{"bucket": "logs-of-app"}),
			Text: "BucketAlreadyExists: The requested bucket name is not available."},
		{Rule: "s3.bucket-missing", Sentence: "a policy of no bucket", Then: policy("arn:aws:s3:::logs-of-app/*", `{"AWS":"arn:aws:iam::111122223333:root"}`),
			Text: "NoSuchBucket: The specified bucket does not exist"},
		{Rule: "s3.policy-resource", Sentence: "a policy for another bucket", Given: bucket, Then: policy("arn:aws:s3:::logs/*", `{"AWS":"arn:aws:iam::111122223333:root"}`),
			Text: "MalformedPolicy: Policy has invalid resource"},
		{Rule: "s3.public-policy", Sentence: "a policy for everybody", Given: steps(bucket, []Step{create(tBucketPub, "block", in{"bucket": "logs-of-app", "blockPublicPolicy": true})}),
			Then: policy("arn:aws:s3:::logs-of-app/*", `"*"`), Text: "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."},
		{Rule: "s3.bucket-not-empty", Sentence: "a bucket with objects",
			Given: []Step{{Op: "seed", Type: tBucket, Name: "full", In: in{"scope": Account + "/" + Region, "as": "full", "bucket": "full", "__objects": true}}},
			Then:  remove(tBucket, "full"), Own: true, Text: "BucketNotEmpty: The bucket you tried to delete is not empty"},
	}
}
