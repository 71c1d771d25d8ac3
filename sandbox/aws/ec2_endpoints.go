package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeEndpoint      = "aws:ec2/vpcEndpoint:VpcEndpoint"
	typeEndpointRoute = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"
	typeFlowLog       = "aws:ec2/flowLog:FlowLog"
)

var (
	ruleEndpointService = rule.Register(rule.Rule{
		Name: "ec2.endpoint-service", Service: "ec2",
		Source: "PrivateLink guide, AWS services that integrate; EC2 API error codes, InvalidServiceName",
		Text:   "InvalidServiceName: The Vpc Endpoint Service '%s' does not exist",
	})
	ruleEndpointDNS = rule.Register(rule.Rule{
		Name: "ec2.endpoint-private-dns-conflict", Service: "ec2",
		Source: "EC2 CreateVpcEndpoint, InvalidParameter, as quoted in public issues",
		Text:   "InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for %s in the VPC %s",
	})
	ruleEndpointVPCDNS = rule.Register(rule.Rule{
		Name: "ec2.endpoint-private-dns-vpc", Service: "ec2",
		Source: "PrivateLink guide, private DNS names; EC2 CreateVpcEndpoint, InvalidParameter, as quoted in public issues",
		Text:   "InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for %s",
	})
	ruleEndpointZone = rule.Register(rule.Rule{
		Name: "ec2.endpoint-subnet-per-zone", Service: "ec2",
		Source: "EC2 CreateVpcEndpoint: one subnet in each zone; EC2 API error codes, DuplicateSubnetsInSameZone",
		Text:   "DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of %s",
	})
	ruleEndpointRoute = rule.Register(rule.Rule{
		Name: "ec2.endpoint-route-conflict", Service: "ec2",
		Source: "PrivateLink guide, gateway endpoints: one of a service per route table; EC2 API error codes, RouteAlreadyExists",
		Text:   "RouteAlreadyExists: route table %s already has a route with destination-prefix-list-id %s",
	})
	ruleFlowLogTwin = rule.Register(rule.Rule{
		Name: "ec2.flow-log-duplicate", Service: "ec2",
		Source: "EC2 API error codes, FlowLogAlreadyExists",
		Text:   "FlowLogAlreadyExists: Error. There is an existing Flow Log with the same configuration and log destination.",
	})
	ruleFlowLogRole = rule.Register(rule.Rule{
		Name: "ec2.flow-log-role", Service: "ec2",
		Source: "VPC user guide, publish flow logs to CloudWatch Logs: a role is needed; EC2 API error codes, InvalidParameter",
		Text:   "InvalidParameter: DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.",
	})
)

// endpointServices are the AWS services behind an interface endpoint that
// stacks ask for, by the last part of their name. Source: PrivateLink guide,
// AWS services that integrate with AWS PrivateLink, read 2026-11.
var endpointServices = []string{
	"s3", "dynamodb", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "elasticfilesystem",
	"autoscaling", "sts", "logs", "monitoring", "events", "kms", "ssm", "ssmmessages", "sqs", "sns", "secretsmanager", "xray",
	"acm-pca", "aps", "aps-workspaces", "grafana", "grafana-workspace", "kafka", "rds", "lambda", "kinesis-streams", "execute-api",
	"guardduty-data", "inspector2", "backup", "ebs", "cloudformation", "route53resolver", "wafv2", "fis", "servicecatalog", "tagging",
}

// gatewayServices have a free gateway endpoint too.
var gatewayServices = []string{"s3", "dynamodb"}

var _ = register(typeEndpoint, &kind{
	service: "EC2", noun: "VPC Endpoint", id: "vpce-", arn: "arn:aws:ec2:{region}:{account}:vpc-endpoint/{id}",
	createTime: endpointCreate, updateTime: endpointCreate, deleteTime: endpointDelete,
	create: createEndpoint,
	update: func(c *call) error {
		if err := c.interfaceGroups("ModifyVpcEndpoint", strs(c.obj.Attrs, "securityGroupIds")); err != nil {
			return err
		}
		return c.endpointInterfaces("ModifyVpcEndpoint")
	},
	remove: func(c *call) error { c.detach("vpcEndpointId", c.obj.ID); return nil },
})

func createEndpoint(c *call) error {
	const action = "CreateVpcEndpoint"
	vpc, err := c.needVPC(action, c.attr("vpcId"))
	if err != nil {
		return err
	}
	c.setDefault("vpcEndpointType", "Gateway")
	name, kind := c.attr("serviceName"), c.attr("vpcEndpointType")
	short, ours := strings.CutPrefix(name, "com.amazonaws."+c.region()+".")
	known := ours && (kind == "Interface" && slices.Contains(endpointServices, short) || kind == "Gateway" && slices.Contains(gatewayServices, short))
	if !known && !strings.HasPrefix(name, "com.amazonaws.vpce.") && has(c.in, "serviceName") && c.on(ruleEndpointService) {
		return c.refuse(action, ruleEndpointService, name)
	}
	if boolean(c.obj.Attrs, "privateDnsEnabled") {
		if err := c.endpointDNS(action, vpc, short); err != nil {
			return err
		}
	}
	if err := c.interfaceGroups(action, strs(c.obj.Attrs, "securityGroupIds")); err != nil {
		return err
	}
	if err := c.endpointRoutes(action); err != nil {
		return err
	}
	if err := c.endpointInterfaces(action); err != nil {
		return err
	}
	c.set("ownerId", c.account())
	c.set("state", "available")
	c.setDefault("policy", `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}`)
	c.set("requesterManaged", false)
	c.setDefault("privateDnsEnabled", false)
	c.set("dnsEntries", []any{})
	if kind == "Gateway" {
		c.set("prefixListId", prefixList(name))
		c.set("cidrBlocks", []any{"52.95.128.0/21"})
	} else {
		c.set("prefixListId", "")
		c.set("cidrBlocks", []any{})
		c.set("dnsEntries", []any{map[string]any{"dnsName": fmt.Sprintf("%s-%s.%s.%s.vpce.amazonaws.com", c.obj.ID, "x", short, c.region()), "hostedZoneId": "Z00000000000000000000"}})
	}
	for k, v := range map[string]any{"routeTableIds": []any{}, "subnetIds": []any{}, "securityGroupIds": []any{}, "ipAddressType": "ipv4"} {
		c.setDefault(k, v)
	}
	return nil
}

func prefixList(service string) string {
	return fmt.Sprintf("pl-%08x", len(service)*2654435761&0xffffffff)
}

func (c *call) endpointDNS(action string, vpc *world.Object, short string) error {
	support, ok := vpc.Attrs["enableDnsSupport"].(bool)
	if ok && (!support || !boolean(vpc.Attrs, "enableDnsHostnames")) && c.on(ruleEndpointVPCDNS) {
		return c.refuse(action, ruleEndpointVPCDNS, vpc.ID)
	}
	for _, o := range c.find(typeEndpoint, where("vpcId", vpc.ID)) {
		same := str(o.Attrs, "serviceName") == c.attr("serviceName") && boolean(o.Attrs, "privateDnsEnabled")
		if same && o.ID != c.obj.ID && c.on(ruleEndpointDNS) {
			return c.refuse(action, ruleEndpointDNS, fmt.Sprintf("%s.%s.amazonaws.com", short, c.region()), vpc.ID)
		}
	}
	return nil
}

func (c *call) endpointRoutes(action string) error {
	for _, table := range strs(c.obj.Attrs, "routeTableIds") {
		if err := c.endpointRoute(action, table, c.attr("serviceName"), c.obj.ID); err != nil {
			return err
		}
	}
	return nil
}

// endpointRoute: a route table leads to one gateway endpoint of a service.
func (c *call) endpointRoute(action, table, service, self string) error {
	if _, ok := c.routeTable(table); !ok && c.on(ruleRouteTable) {
		return c.refuse(action, ruleRouteTable, table)
	}
	for _, o := range c.find(typeEndpoint, where("serviceName", service)) {
		held := slices.Contains(strs(o.Attrs, "routeTableIds"), table)
		for _, a := range c.find(typeEndpointRoute, where("vpcEndpointId", o.ID)) {
			held = held || str(a.Attrs, "routeTableId") == table
		}
		if held && o.ID != self && c.on(ruleEndpointRoute) {
			return c.refuse(action, ruleEndpointRoute, table, prefixList(service))
		}
	}
	return nil
}

// endpointInterfaces makes one interface in each subnet, and removes those of
// subnets that are no longer listed.
func (c *call) endpointInterfaces(action string) error {
	if c.attr("vpcEndpointType") != "Interface" {
		return nil
	}
	want, zones := strs(c.obj.Attrs, "subnetIds"), map[string]bool{}
	have := map[string]bool{}
	for _, o := range c.find(hiddenENI, where("vpcEndpointId", c.obj.ID)) {
		if !slices.Contains(want, str(o.Attrs, "subnetId")) {
			c.tx.Delete(o.Key())
			continue
		}
		have[str(o.Attrs, "subnetId")] = true
	}
	for _, id := range want {
		sub, err := c.needSubnet(action, id)
		if err != nil {
			return err
		}
		zone := str(sub.Attrs, "availabilityZoneId")
		if zones[zone] && c.on(ruleEndpointZone) {
			return c.refuse(action, ruleEndpointZone, id)
		}
		zones[zone] = true
		if have[id] || !has(sub.Attrs, "cidrBlock") {
			continue
		}
		if _, err := c.attach(eni{subnet: id, owner: "vpce", description: "VPC Endpoint Interface " + c.obj.ID,
			groups: strs(c.obj.Attrs, "securityGroupIds"), attrs: map[string]any{"vpcEndpointId": c.obj.ID}}); err != nil {
			return fmt.Errorf("%s: operation error EC2: %s, api error %w", c.doing(), action, err)
		}
	}
	c.set("networkInterfaceIds", ids(c.find(hiddenENI, where("vpcEndpointId", c.obj.ID))))
	return nil
}

var _ = register(typeEndpointRoute, &kind{
	service: "EC2", noun: "VPC Endpoint Route Table Association", id: "a-vpce-", hex: 10,
	create: func(c *call) error {
		o, ok := c.get(typeEndpoint, c.attr("vpcEndpointId"))
		if !ok {
			return fmt.Errorf("%s: operation error EC2: ModifyVpcEndpoint, api error InvalidVpcEndpointId.NotFound: The Vpc Endpoint Id '%s' does not exist", c.doing(), c.attr("vpcEndpointId"))
		}
		return c.endpointRoute("ModifyVpcEndpoint", c.attr("routeTableId"), str(o.Attrs, "serviceName"), o.ID)
	},
})

var _ = register(typeFlowLog, &kind{
	service: "EC2", noun: "Flow Log", id: "fl-", arn: "arn:aws:ec2:{region}:{account}:vpc-flow-log/{id}",
	create: func(c *call) error {
		const action = "CreateFlowLogs"
		if id := c.attr("vpcId"); id != "" {
			if _, err := c.needVPC(action, id); err != nil {
				return err
			}
		}
		c.setDefault("logDestinationType", "cloud-watch-logs")
		if c.attr("logDestinationType") == "cloud-watch-logs" && c.attr("iamRoleArn") == "" && c.on(ruleFlowLogRole) {
			return c.refuse(action, ruleFlowLogRole)
		}
		for _, o := range c.find(typeFlowLog, where("vpcId", c.attr("vpcId"))) {
			if str(o.Attrs, "subnetId") == c.attr("subnetId") && str(o.Attrs, "logDestination") == c.attr("logDestination") &&
				str(o.Attrs, "trafficType") == c.attr("trafficType") && c.on(ruleFlowLogTwin) {
				return c.refuse(action, ruleFlowLogTwin)
			}
		}
		c.setDefault("maxAggregationInterval", 600)
		c.setDefault("logFormat", "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}")
		c.setDefault("logGroupName", "")
		return nil
	},
})
