package comment

import "github.com/ladder-platform/ladder/stacks/upgrade"

const helmRelease = "kubernetes:helm.sh/v3:Release"

func none(text string) effect   { return effect{upgrade.None, text} }
func brief(text string) effect  { return effect{upgrade.Brief, text} }
func moves(text string) effect  { return effect{upgrade.PodsMove, text} }
func outage(text string) effect { return effect{upgrade.Outage, text} }
func data(text string) effect   { return effect{upgrade.Data, text} }

var inPlace = none("it changes in place")

// small is a resource whose absence for seconds nobody notices.
func small(replace, remove string) rules {
	return rules{update: inPlace, replace: none(replace), remove: none(remove)}
}

// alarms are missed, not used.
var alarm = small("there is no alarm until it is made again, seconds later", "nobody is told any more of what it watched")

// rule of a security group.
var rule = rules{
	update:  brief("connections that it no longer lets through are refused from then on"),
	replace: brief("new connections that only this rule lets through are refused for seconds"),
	remove:  outage("connections that only this rule lets through are refused from then on"),
}

// permission of a role.
var permission = rules{
	update:  brief("what the role may do changes within seconds; a permission that goes stops whoever uses it"),
	replace: brief("the role lacks the permission for seconds; calls are repeated"),
	remove:  brief("whoever uses the role loses the permission"),
}

// tables are what operations on resources of AWS, TLS and Helm do.
// What is replaced and what is made first follows the provider's schema
// (facts, replace on change) and the components' options.
var tables = map[string]rules{
	"aws:ec2/vpc:Vpc": {update: inPlace, replace: outage("what cannot leave the old VPC, such as a cluster, must go with it; the rest is made again in another one"), remove: outage("everything in it must go first")},
	"aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": {update: inPlace, replace: outage("every subnet of the block goes, and with it the pods that have addresses there"), remove: outage("every subnet of the block goes, and with it the pods that have addresses there")},
	"aws:ec2/subnet:Subnet":                                     {update: inPlace, replace: outage("what stands in the subnet must leave it first: nodes, pods, load balancers, endpoints"), remove: outage("what stands in the subnet must leave it first: nodes, pods, load balancers, endpoints")},
	"aws:ec2/internetGateway:InternetGateway":                   {update: inPlace, replace: outage("nothing comes in from or goes out to the internet until it is made again"), remove: outage("nothing comes in from or goes out to the internet any more")},
	"aws:ec2/natGateway:NatGateway":                             {update: inPlace, replace: outage("its zones have no way out for about two minutes, and open connections end"), remove: outage("what went out through it ends; its zones go out another way or not at all")},
	"aws:ec2/eip:Eip":                                           {update: inPlace, replace: outage("traffic comes from another address: allow lists elsewhere refuse it until they name the new one"), remove: outage("traffic no longer comes from this address, and the address is given back")},
	"aws:ec2/routeTable:RouteTable":                             {update: brief("routes change: connections over the old way end"), replace: outage("its subnets have no routes until it is made again"), remove: outage("its subnets lose their routes")},
	"aws:ec2/routeTableAssociation:RouteTableAssociation":       {update: brief("the subnet takes other routes: connections over the old way end"), replace: brief("the subnet has the VPC's main routes for seconds"), remove: brief("the subnet falls back to the VPC's main routes")},
	"aws:ec2/route:Route":                                       {update: brief("connections over the old way end"), replace: brief("its destination is out of reach for seconds"), remove: outage("its destination is out of reach from then on, unless another route leads there")},
	"aws:ec2/vpcEndpoint:VpcEndpoint":                           {update: inPlace, replace: brief("calls to this AWS service go out through NAT, or fail where there is none, for some minutes"), remove: brief("calls to this AWS service go out through NAT from then on, or fail where there is none")},
	"aws:ec2/vpcPeeringConnection:VpcPeeringConnection":         {update: inPlace, replace: outage("the networks do not reach each other until it is accepted again"), remove: outage("the networks do not reach each other any more")},
	"aws:ec2/flowLog:FlowLog":                                   small("flow records have a gap of minutes", "no flow records are written any more"),
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":         small("nothing of the platform uses the default group", "the default group keeps its rules"),
	"aws:ec2/securityGroup:SecurityGroup":                       {update: inPlace, replace: brief("what uses the group changes over to the new one; new connections may be refused for seconds"), remove: outage("what only this group lets through is refused from then on")},
	"aws:ec2/securityGroupRule:SecurityGroupRule":               rule,
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule,
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   rule,
	"aws:ec2/instance:Instance":                                 {update: brief("sessions through the bastion may end"), replace: brief("sessions through the bastion end; it has another instance id afterwards"), remove: brief("there is no bastion any more: reach the API another way")},
	"aws:ec2/launchTemplate:LaunchTemplate":                     {update: none("a new version of the template; nodes change when their group takes it"), replace: none("nodes change when their group takes the new template"), remove: none("no group uses it any more")},

	"aws:eks/cluster:Cluster": {update: brief("the control plane changes in place: kubectl and controllers may lose a connection and repeat; pods run on"),
		properties: map[string]effect{"enabledClusterLogTypes": none("which logs the control plane writes"), "deletionProtection": inPlace, "upgradePolicy": inPlace, "zonalShiftConfig": inPlace},
		replace:    data("the cluster is deleted and made again, empty: every workload and every object in it is lost"), remove: data("every workload and every object in the cluster is lost")},
	"aws:eks/nodeGroup:NodeGroup": {update: moves("EKS adds nodes, then drains the old ones: every pod of the group is evicted once, budgets respected"),
		properties: map[string]effect{
			"scalingConfig": none("the autoscaler's bounds change; nodes above a lower maximum are drained"), "updateConfig": none("how many nodes at a time the next upgrade takes"),
			"labels": brief("pods that select nodes by these labels are placed otherwise from then on; running pods stay"), "taints": brief("new pods are placed otherwise; running pods stay, except under a NoExecute taint")},
		replace: outage("the old nodes go with all their pods, at once and not in turns"), remove: moves("the group's nodes are drained and go: its pods need room on other nodes")},
	"aws:eks/addon:Addon":                                     {update: brief("the add-on's pods are exchanged"), replace: brief("the add-on is taken away and installed again: what it does pauses for minutes"), remove: outage("what the add-on does ends")},
	"aws:eks/accessEntry:AccessEntry":                         {update: inPlace, replace: brief("the principal cannot reach the cluster for seconds"), remove: brief("the principal cannot reach the cluster any more")},
	"aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {update: inPlace, replace: brief("the principal may do nothing in the cluster for seconds"), remove: brief("the principal may no longer do what the policy allowed")},
	"aws:eks/podIdentityAssociation:PodIdentityAssociation":   {update: brief("pods that start from then on get the other role"), replace: brief("pods that start within these seconds get no credentials"), remove: outage("its pods get no credentials any more once those that they hold have run out")},

	"aws:iam/role:Role":                                 {update: brief("who may take the role changes within seconds"), replace: brief("what uses the role has no credentials until it takes the new one"), remove: outage("what uses the role has no credentials any more")},
	"aws:iam/rolePolicy:RolePolicy":                     permission,
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": permission,
	"aws:iam/policy:Policy":                             permission,
	"aws:iam/instanceProfile:InstanceProfile":           {update: inPlace, replace: brief("instances that start within these seconds have no role"), remove: outage("instances that start from then on have no role")},
	"aws:kms/key:Key":                                   {update: none("who may use the key, or its rotation; what is encrypted stays readable"), replace: data("what the old key encrypted cannot be read once its waiting period is over"), remove: data("what the key encrypted cannot be read once its waiting period is over")},
	"aws:kms/alias:Alias":                               small("the name leads nowhere for seconds; resources use the key's ARN", "the key has no name any more"),

	"aws:efs/fileSystem:FileSystem":                                                              {update: inPlace, replace: data("the files are deleted; the new file system is empty"), remove: data("the files are deleted")},
	"aws:efs/mountTarget:MountTarget":                                                            {update: inPlace, replace: outage("pods of its zone hang on their files until it is made again"), remove: outage("pods of its zone cannot reach their files any more")},
	"aws:s3/bucketV2:BucketV2":                                                                   {update: inPlace, replace: data("the objects are deleted; the new bucket is empty"), remove: data("the objects are deleted")},
	"aws:s3/bucketPolicy:BucketPolicy":                                                           permission,
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2":                       {update: data("objects older than the new limit are deleted"), replace: none("nothing expires for seconds"), remove: none("nothing expires any more")},
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                                     small("whose new objects are is open for seconds", "the account's default decides whose new objects are"),
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                                     small("the bucket's own policy alone guards it for seconds", "the bucket's own policy alone guards it"),
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": small("new objects take S3's own key for seconds", "new objects take S3's own key"),

	"aws:lb/loadBalancer:LoadBalancer":                                {update: brief("the load balancer changes in place; connections may be moved"), replace: outage("open connections end, and clients come back when names lead to the new one"), remove: outage("nothing comes in through it any more")},
	"aws:lb/listener:Listener":                                        {update: brief("new connections meet the new listener within seconds"), replace: outage("its port refuses connections for seconds"), remove: outage("its port refuses connections")},
	"aws:lb/listenerRule:ListenerRule":                                {update: brief("requests follow the changed rule within seconds"), replace: brief("its requests take the listener's default for seconds"), remove: brief("its requests take the listener's default from then on")},
	"aws:lb/targetGroup:TargetGroup":                                  {update: brief("health checks or attributes change; targets may be looked at again"), replace: outage("requests are answered with 503 until the pods are registered in the new group"), remove: outage("no request reaches its pods any more")},
	"aws:acm/certificate:Certificate":                                 {update: inPlace, replace: none("the new certificate is issued before the listener changes over"), remove: none("no listener uses it any more")},
	"aws:acm/certificateValidation:CertificateValidation":             small("it only waits until the certificate is issued", "it only waited until the certificate was issued"),
	"aws:acmpca/certificate:Certificate":                              {update: inPlace, replace: brief("istiod signs with the new intermediate; workloads take new certificates when theirs run out"), remove: outage("istiod has no intermediate to sign with")},
	"aws:route53/record:Record":                                       {update: brief("resolvers have the old answer until its time to live is over"), replace: brief("the name does not resolve for seconds"), remove: outage("the name does not resolve any more")},
	"aws:route53/zone:Zone":                                           {update: inPlace, replace: outage("no name of the zone resolves until whoever delegates to it names the new servers"), remove: outage("no name of the zone resolves any more")},
	"aws:wafv2/webAcl:WebAcl":                                         {update: brief("within a minute the firewall judges requests anew: those that a blocking rule meets get 403"), replace: outage("requests pass unjudged until the new one is associated"), remove: brief("requests pass unjudged")},
	"aws:wafv2/webAclAssociation:WebAclAssociation":                   {update: inPlace, replace: brief("requests pass unjudged for seconds"), remove: brief("requests pass unjudged")},
	"aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": small("the firewall's log has a gap of seconds", "the firewall writes no log any more"),
	"aws:wafv2/ipSet:IpSet":                                           {update: brief("within a minute the firewall judges by the new addresses"), replace: brief("within a minute the firewall judges by the new set"), remove: none("no rule uses it any more")},

	"aws:cloudwatch/metricAlarm:MetricAlarm":       alarm,
	"aws:cloudwatch/compositeAlarm:CompositeAlarm": alarm,
	"aws:cloudwatch/logGroup:LogGroup":             {update: inPlace, properties: map[string]effect{"retentionInDays": data("log lines older than the new limit are deleted")}, replace: data("its log lines are deleted"), remove: data("its log lines are deleted")},
	"aws:cloudwatch/eventRule:EventRule":           small("notices of these seconds are lost", "its notices are not passed on any more"),
	"aws:cloudwatch/eventTarget:EventTarget":       small("notices of these seconds are lost", "its notices are not passed on any more"),
	"aws:sqs/queue:Queue":                          {update: inPlace, replace: brief("notices that wait in it are lost"), remove: brief("notices that wait in it are lost, and no more arrive")},
	"aws:sqs/queuePolicy:QueuePolicy":              permission,
	"aws:sns/topic:Topic":                          {update: inPlace, replace: outage("nobody is told over it until they subscribe to the new one"), remove: outage("nobody is told over it any more")},
	"aws:ssm/parameter:Parameter":                  small("what the stack says of itself is written again", "what the stack says of itself goes"),

	"aws:opensearch/domain:Domain": {update: brief("nodes may be exchanged for new ones with all data; meanwhile searches and writes are slower and no other change is accepted"),
		replace: data("the indexes of logs and traces are deleted; the new domain is empty"), remove: data("the indexes of logs and traces are deleted")},
	"aws:msk/cluster:Cluster": {update: brief("brokers change one at a time; whoever writes to or reads from one connects to another"),
		properties: map[string]effect{"enhancedMonitoring": inPlace, "openMonitoring": inPlace, "loggingInfo": inPlace},
		replace:    data("what waits in the topics is lost"), remove: data("what waits in the topics is lost")},
	"aws:msk/configuration:Configuration": {update: none("a new revision; brokers change when the cluster takes it"), replace: none("brokers change when the cluster takes the new one"), remove: none("no cluster uses it any more")},
	"aws:amp/workspace:Workspace":         {update: inPlace, replace: data("its metrics are deleted; the new workspace is empty"), remove: data("its metrics are deleted")},
	"aws:amp/workspaceConfiguration:WorkspaceConfiguration": {update: brief("series above a lower limit are refused from then on"), properties: map[string]effect{"retentionPeriodInDays": data("metrics older than the new limit are deleted")},
		replace: none("the service's own retention and limits hold for seconds"), remove: none("the service's own retention and limits hold")},
	"aws:iam/serviceLinkedRole:ServiceLinkedRole": small("the service finds no role of its own for seconds", "the service makes the role again when it next needs it"),

	"tls:index/privateKey:PrivateKey":               {update: inPlace, replace: outage("who trusted the old key does not trust the new one until every part has it"), remove: outage("what it signed cannot be renewed")},
	"tls:index/selfSignedCert:SelfSignedCert":       {update: inPlace, replace: outage("another root: meshes that trust the old one refuse the new until every part has it"), remove: outage("nothing can be signed by this root any more")},
	"tls:index/certRequest:CertRequest":             small("it is only the request", "it was only the request"),
	"tls:index/locallySignedCert:LocallySignedCert": {update: inPlace, replace: brief("istiod signs with the new intermediate; workloads take new certificates when theirs run out"), remove: outage("istiod has no intermediate to sign with")},

	helmRelease: {update: brief("the chart's pods are exchanged in turn"), replace: outage("the chart is uninstalled and installed again: its pods all go first"), remove: outage("the chart's pods go, and what they do ends")},
}
