package cases

import (
	"fmt"
	"strings"
)

func iam() []Case {
	have := []Step{role("app", trust("ec2.amazonaws.com"))}
	policy := create(tPolicy, "p", in{"name": "p", "policy": readAll})
	ten := []Step{}
	for i := range 10 {
		ten = append(ten, create(tPolicy, fmt.Sprintf("p%d", i), in{"name": fmt.Sprintf("p%d", i), "policy": readAll}),
			create(tAttach, fmt.Sprintf("a%d", i), in{"role": "${app}", "policyArn": fmt.Sprintf("${p%d}", i)}))
	}
	long := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + strings.Repeat("x", 7000) + `"}]}`
	return []Case{
		{Rule: "iam.name", Sentence: "a name with a blank", Then: create(tRole, "r", in{"name": "my role", "assumeRolePolicy": trust("ec2.amazonaws.com")}),
			Text: "invalid value for name (must match [\\w+=,.@-], at most 64 characters): my role"},
		{Rule: "iam.exists", Sentence: "two roles whose names differ in case only", Given: have, Then: create(tRole, "r", in{"name": "App", "assumeRolePolicy": trust("ec2.amazonaws.com")}),
			Text: "EntityAlreadyExists: Role with name App already exists."},
		{Rule: "iam.policy-json", Behind: []string{"iam.policy-document"}, Sentence: "a policy that is not JSON", Then: create(tPolicy, "p", in{"name": "p", "policy": "Version: 2012"}),
			Text: "\"policy\" contains an invalid JSON policy: leading space characters are not allowed. Examine values at 'p.policy'."},
		{Rule: "iam.policy-document", Sentence: "an action without a service",
			Then: create(tPolicy, "p", in{"name": "p", "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"GetObject","Resource":"*"}]}`}),
			Text: "MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."},
		{Rule: "iam.attach-policy-exists", Sentence: "a managed policy that AWS does not have", Given: have, Then: attach("a", "${app}", "AmazonEKSWorkerPolicy"),
			Text: "NoSuchEntity: Policy arn:aws:iam::aws:policy/AmazonEKSWorkerPolicy does not exist or is not attachable."},
		{Rule: "iam.role-exists", Sentence: "a policy for no role", Then: attach("a", "nobody", "ReadOnlyAccess"),
			Text: "NoSuchEntity: The role with name nobody cannot be found."},
		{Rule: "iam.role-exists", Sentence: "a policy of its own for no role", Then: create(tInline, "p", in{"role": "nobody", "name": "p", "policy": readAll}),
			Text: "NoSuchEntity: The role with name nobody cannot be found."},
		{Rule: "iam.role-exists", Sentence: "no role in an instance profile", Then: create(tProfile, "p", in{"name": "p", "role": "nobody"}),
			Text: "NoSuchEntity: The role with name nobody cannot be found."},
		{Rule: "iam.attached-policies-quota", Sentence: "an eleventh policy on a role", Given: steps(have, ten), Then: attach("a", "${app}", "ReadOnlyAccess"),
			Text: "LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10"},
		{Rule: "iam.role-in-use", Sentence: "a role that still has a policy", Given: steps(have, []Step{attach("a", "${app}", "ReadOnlyAccess")}), Then: remove(tRole, "app"), Against: tAttach,
			Text: "DeleteConflict: Cannot delete entity, must detach all policies first."},
		{Rule: "iam.policy-in-use", Sentence: "a policy that a role still has", Given: steps(have, []Step{policy, create(tAttach, "a", in{"role": "${app}", "policyArn": "${p}"})}),
			Then: remove(tPolicy, "p"), Against: tAttach, Text: "DeleteConflict: Cannot delete a policy attached to entities."},
		{Rule: "iam.policy-size", Sentence: "a policy above 6,144 characters", Then: create(tPolicy, "p", in{"name": "p", "policy": long}),
			Text: "LimitExceeded: Cannot exceed quota for PolicySize: 6144"},
		{Rule: "iam.oidc-url", Sentence: "an issuer without https", Then: create(tOIDC, "o", in{"url": "oidc.example.com/id/1", "clientIdLists": []any{"sts.amazonaws.com"}}),
			Text: "ValidationError: Invalid Open ID Connect Provider URL: oidc.example.com/id/1"},
	}
}

func keys() []Case {
	key := []Step{create(tKey, "k", in{})}
	alias := func(name, target string) Step { return create(tAlias, "a", in{"name": name, "targetKeyId": target}) }
	return []Case{
		{Rule: "kms.deletion-window", Sentence: "three days", Then: create(tKey, "k", in{"deletionWindowInDays": 3}),
			Text: "expected deletion_window_in_days to be in the range (7 - 30), got 3. Examine values at 'k.deletionWindowInDays'."},
		{Rule: "kms.policy-lockout", Sentence: "a policy that lets nobody change it",
			Then: create(tKey, "k", in{"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logs.ap-northeast-2.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*"}]}`}),
			Text: "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future."},
		{Rule: "kms.policy-document", Sentence: "a statement without a principal",
			Then: create(tKey, "k", in{"bypassPolicyLockoutSafetyCheck": true, "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}`}),
			Text: "MalformedPolicyDocumentException: Missing required field Principal"},
		{Rule: "kms.key-exists", Sentence: "an alias of no key", Then: alias("alias/x", "01234567-89ab-cdef-0123-456789abcdef"),
			Text: "NotFoundException: Key 'arn:aws:kms:ap-northeast-2:111122223333:key/01234567-89ab-cdef-0123-456789abcdef' does not exist"},
		{Rule: "kms.key-pending-deletion", Sentence: "an alias of a deleted key", Given: steps(key, []Step{remove(tKey, "k")}), Then: alias("alias/x", "${k}"),
			Text: "is pending deletion."},
		{Rule: "kms.alias-name", Sentence: "a name without alias/", Given: key, Then: alias("platform", "${k}"),
			Text: "\"name\" must begin with 'alias/' and be comprised of only [a-zA-Z0-9/_-]"},
		{Rule: "kms.alias-reserved", Sentence: "a name of AWS's", Given: key, Then: alias("alias/aws/ebs", "${k}"),
			Text: "NotAuthorizedException: Alias name alias/aws/ebs is reserved"},
		{Rule: "kms.alias-exists", Sentence: "two aliases of one name", Given: steps(key, []Step{create(tAlias, "first", in{"name": "alias/x", "targetKeyId": "${k}"})}), Then: alias("alias/x", "${k}"),
			Text: "AlreadyExistsException: An alias with the name arn:aws:kms:ap-northeast-2:111122223333:alias/x already exists"},
	}
}

func logs() []Case {
	return []Case{
		{Rule: "logs.group-name", Sentence: "a name with a blank", Then: create(tLogGroup, "l", in{"name": "my logs"}),
			Text: "\"name\" isn't a valid log group name"},
		{Rule: "logs.retention", Sentence: "ten days", Then: create(tLogGroup, "l", in{"name": "/x", "retentionInDays": 10}),
			Text: "expected retention_in_days to be one of [0 1 3 5 7 14 30 60 90"},
		{Rule: "logs.group-exists", Sentence: "two groups of one name", Given: []Step{create(tLogGroup, "l", in{"name": "/x"})}, Then: create(tLogGroup, "m", in{"name": "/x"}),
			Text: "ResourceAlreadyExistsException: The specified log group already exists"},
		{Rule: "logs.group-missing", Sentence: "a filter on no group",
			Then: create(tFilter, "f", in{"name": "f", "logGroupName": "/x", "pattern": "", "metricTransformation": in{"name": "n", "namespace": "ns", "value": "1"}}),
			Text: "ResourceNotFoundException: The specified log group does not exist."},
		{Rule: "logs.group-key", Sentence: "a key whose policy leaves the logs service out", Given: []Step{create(tKey, "k", in{})},
			Then: create(tLogGroup, "l", in{"name": "/x", "kmsKeyId": "${k.arn}"}),
			Text: "InvalidParameterException: The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:ap-northeast-2:111122223333:log-group:/x'"},
	}
}

func alarmIn() in {
	return in{"name": "nat", "comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 3, "metricName": "ErrorPortAllocation",
		"namespace": "AWS/NATGateway", "period": 60, "statistic": "Sum", "threshold": 0}
}

func alarms() []Case {
	alarm := []Step{create(tAlarm, "nat", alarmIn())}
	event := func(name string, more in) Step {
		return create(tEvent, name, with(in{"name": "spot", "eventPattern": `{"source":["aws.ec2"]}`}, more))
	}
	target := create(tTarget, "t", in{"rule": "spot", "targetId": "q", "arn": "arn:aws:sqs:ap-northeast-2:111122223333:q"})
	return []Case{
		{Rule: "cloudwatch.alarm-period", Sentence: "a period of 90 seconds", Then: create(tAlarm, "nat", with(alarmIn(), in{"period": 90})),
			Text: "expected period to be one of [10 30] or a multiple of 60, got 90"},
		{Rule: "cloudwatch.alarm-metric", Sentence: "no statistic", Then: create(tAlarm, "nat", with(alarmIn(), in{"statistic": nil})),
			Text: "Invalid combination of arguments: one of `statistic,extended_statistic` must be specified"},
		{Rule: "cloudwatch.alarm-datapoints", Sentence: "more points than periods", Then: create(tAlarm, "nat", with(alarmIn(), in{"datapointsToAlarm": 4})),
			Text: "ValidationError: DatapointsToAlarm should be less than or equal to EvaluationPeriods"},
		{Rule: "cloudwatch.composite-rule", Sentence: "a rule that names no alarm", Then: create(tComp, "c", in{"alarmName": "c", "alarmRule": `ALARM("nobody")`}),
			Text: "ValidationError: AlarmRule must not contain alarms that do not exist: nobody"},
		{Rule: "cloudwatch.composite-size", Sentence: "a rule of more than 10,240 characters", Given: alarm,
			Then: create(tComp, "c", in{"alarmName": "c", "alarmRule": strings.Repeat(`ALARM("${nat}") OR `, 1000) + `ALARM("${nat}")`}),
			Text: "ValidationError: AlarmRule must not exceed 100 underlying alarms and 10240 characters: 1 and 1"},
		{Rule: "cloudwatch.alarm-in-composite", Sentence: "an alarm that a composite one names",
			Given: steps(alarm, []Step{create(tComp, "c", in{"alarmName": "c", "alarmRule": `ALARM("${nat}")`})}), Then: remove(tAlarm, "nat"), Against: tComp,
			Text: "ValidationError: Alarm nat cannot be deleted as there are composite alarms depending on it"},
		{Rule: "cloudwatch.event-pattern", Sentence: "a value where a list belongs", Then: event("e", in{"eventPattern": `{"source":"aws.ec2"}`}),
			Text: "InvalidEventPatternException: Event pattern is not valid. Reason: \"source\" must be an object or an array"},
		{Rule: "cloudwatch.event-rule-source", Sentence: "neither pattern nor schedule", Then: event("e", in{"eventPattern": nil}),
			Text: "one of `event_pattern,schedule_expression` must be specified"},
		{Rule: "cloudwatch.event-rule-exists", Sentence: "a target of no rule", Then: target,
			Text: "ResourceNotFoundException: Rule spot does not exist on EventBus default."},
		{Rule: "cloudwatch.event-rule-in-use", Sentence: "a rule that has a target", Given: []Step{event("e", nil), target}, Then: remove(tEvent, "e"), Against: tTarget,
			Text: "ValidationException: Rule can't be deleted since it has targets."},
	}
}

func files() []Case {
	have := steps(private(), []Step{create(tFS, "fs", in{"encrypted": true}), create(tMount, "m", in{"fileSystemId": "${fs}", "subnetId": "${a}"})})
	mount := func(subnet string) Step { return create(tMount, "n", in{"fileSystemId": "${fs}", "subnetId": subnet}) }
	return []Case{
		{Rule: "efs.provisioned-throughput", Sentence: "a throughput without its mode", Then: create(tFS, "fs", in{"provisionedThroughputInMibps": 100}),
			Text: "BadRequest: ProvisionedThroughputInMibps is allowed with throughput mode provisioned only"},
		{Rule: "efs.performance-mode", Sentence: "elastic throughput with Max I/O", Then: create(tFS, "fs", in{"throughputMode": "elastic", "performanceMode": "maxIO"}),
			Text: "BadRequest: Elastic throughput mode is not supported with Max I/O performance mode"},
		{Rule: "efs.mount-target-per-zone", Sentence: "two targets in a zone", Given: have, Then: mount("${pub}"),
			Text: "MountTargetConflict: mount target already exists in this AZ"},
		{Rule: "efs.mount-targets-one-vpc", Sentence: "targets in two VPCs",
			Given: steps(have, []Step{create(tVPC, "other", in{"cidrBlock": "10.1.0.0/16"}), create(tSubnet, "far", in{"vpcId": "${other}", "cidrBlock": "10.1.0.0/24", "availabilityZoneId": "apne2-az3"})}),
			Then:  mount("${far}"), Text: "MountTargetConflict: requested subnet for new mount target is not in the same VPC as existing mount targets"},
		{Rule: "efs.file-system-exists", Sentence: "a target of no file system", Given: private(), Then: create(tMount, "m", in{"fileSystemId": "fs-0123456789abcdef0", "subnetId": "${a}"}),
			Text: "FileSystemNotFound: File system 'fs-0123456789abcdef0' does not exist."},
		{Rule: "efs.file-system-in-use", Sentence: "a file system that has a target", Given: have, Then: remove(tFS, "fs"), Against: tMount, Text: "because it has mount targets."},
		{Rule: "efs.mount-target-address", Behind: []string{"ec2.free-addresses"}, Sentence: "a target in a full subnet",
			Given: steps(oneVPC(), []Step{subnet("s", "10.0.0.0/28", "apne2-az1"), create(tFS, "fs", in{})}, instancesIn("s", 11)), Then: mount("${s}"),
			Text: "NoFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request."},
	}
}

func queues() []Case {
	return []Case{
		{Rule: "sqs.queue-name", Sentence: "a name with a dot", Then: create(tQueue, "q", in{"name": "a.b"}), Text: "invalid queue name: a.b"},
		{Rule: "sqs.message-retention", Sentence: "thirty seconds", Then: create(tQueue, "q", in{"name": "q", "messageRetentionSeconds": 30}),
			Text: "expected message_retention_seconds to be in the range (60 - 1209600), got 30"},
		{Rule: "sqs.queue-exists", Sentence: "two queues of one name", Given: []Step{create(tQueue, "q", in{"name": "q"})}, Then: create(tQueue, "r", in{"name": "q"}),
			Text: "QueueAlreadyExists: A queue already exists with the same name"},
		{Rule: "sqs.queue-missing", Sentence: "a policy of no queue", Then: create(tQPolicy, "p", in{"queueUrl": "https://sqs.ap-northeast-2.amazonaws.com/111122223333/q", "policy": readAll}),
			Text: "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist."},
		{Rule: "sns.topic-name", Sentence: "a name with a slash", Then: create(tTopic, "t", in{"name": "a/b"}), Text: "invalid name: a/b"},
	}
}

// trustAccount lets everybody of the account assume a role, and asReader
// configures the provider to do so.
const trustAccount = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}]}`

var asReader = Step{Op: "configure", Type: tProvider, Name: "p", In: in{"region": Region, "assumeRole": in{"roleArn": "arn:aws:iam::111122223333:role/reader"}}}

func parameters() []Case {
	param := func(name, value string) Step {
		return create(tParam, "p", in{"name": name, "type": "String", "value": value})
	}
	return []Case{
		{Rule: "ssm.parameter-name", Sentence: "a name of AWS's", Then: param("/aws/x", "v"), Text: "can't be prefixed with \"aws\" or \"ssm\" (case-insensitive)."},
		{Rule: "ssm.parameter-size", Sentence: "more than 4 KB", Then: param("/x", strings.Repeat("v", 4097)),
			Text: "Standard tier parameters support a maximum parameter value of 4096 characters."},
		{Rule: "ssm.parameter-exists", Sentence: "two parameters of one name", Given: []Step{create(tParam, "first", in{"name": "/x", "type": "String", "value": "v"})}, Then: param("/x", "w"),
			Text: "ParameterAlreadyExists: The parameter already exists."},
		{Rule: "ssm.parameter-value", Sentence: "no value", Then: create(tParam, "p", in{"name": "/x", "type": "String"}),
			Text: "one of `insecure_value,value` must be specified"},
		{Rule: "ssm.parameter-read-allowed", Sentence: "a role that may read other parameters only", Given: []Step{
			create(tParam, "first", in{"name": "/ladder/stg/record", "type": "String", "value": "v"}),
			create(tRole, "reader", in{"name": "reader", "assumeRolePolicy": trustAccount}),
			create(tInline, "read", in{"role": "${reader}", "name": "read",
				"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:Get*","Resource":"arn:aws:ssm:*:*:parameter/ladder/dev/*"}]}`}),
			asReader},
			Then: Step{Op: "invoke", Type: "aws:ssm/getParameter:getParameter", Name: "i", In: in{"name": "/ladder/stg/record"}},
			Text: "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/reader/ladder is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:ap-northeast-2:111122223333:parameter/ladder/stg/record because no identity-based policy allows the ssm:GetParameter action"},
		{Rule: "iam.assume-role", Sentence: "a role that trusts somebody else", Given: []Step{
			create(tRole, "reader", in{"name": "reader", "assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/somebody"},"Action":"sts:AssumeRole"}]}`})},
			Then: asReader,
			Text: "AccessDenied: User: arn:aws:sts::111122223333:assumed-role/deployer/ladder is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/reader"},
		{Rule: "ssm.parameter-missing", Sentence: "reading what is not there", Then: Step{Op: "invoke", Type: "aws:ssm/getParameter:getParameter", Name: "i", In: in{"name": "/nothing"}},
			Text: "reading SSM Parameter (/nothing): couldn't find resource"},
	}
}
