package aws

import (
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
)

const (
	typeDomain = "aws:opensearch/domain:Domain"
	// HiddenMapping is a role mapping inside a domain, which its REST API makes.
	HiddenMapping = "hidden:opensearch/RoleMapping"

	searchService = "opensearchservice.amazonaws.com"
)

var (
	ruleDomainName = rule.Register(rule.Rule{
		Name: "opensearch.domain-name", Service: "opensearch",
		Source: "OpenSearch Service API, DomainName (facts, name_and_limit_rules); terraform-provider-aws opensearch/domain.go, StringMatch",
		Text:   "invalid value for domain_name (must start with a lowercase alphabet and be at least 3 and no more than 28 characters long. Valid characters are a-z (lowercase letters), 0-9, and - (hyphen).)",
	})
	ruleDomainTaken = rule.Register(rule.Rule{
		Name: "opensearch.domain-exists", Service: "opensearch",
		Source: "OpenSearch Service API, CreateDomain, ResourceAlreadyExistsException; text as quoted in public issues",
		Text:   "ResourceAlreadyExistsException: Domain %s already exists",
	})
	ruleDomainRole = rule.Register(rule.Rule{
		Name: "opensearch.service-linked-role", Service: "opensearch",
		Source: "terraform-provider-aws issue 5218, terraform-aws-modules/terraform-aws-opensearch issue 27, which quote it",
		Text:   "ValidationException: Before you can proceed, you must enable a service-linked role to give Amazon OpenSearch Service permissions to access your VPC.",
	})
	ruleDomainSubnets = rule.Register(rule.Rule{
		Name: "opensearch.subnet-per-zone", Service: "opensearch",
		Source: "cyberlabrs/terraform-aws-opensearch issue 7, cloudposse/terraform-aws-components pull 232, which quote it",
		Text:   "ValidationException: You must specify exactly %s.",
	})
	ruleDomainEven = rule.Register(rule.Rule{
		Name: "opensearch.nodes-per-zone", Service: "opensearch",
		Source: "cloudposse/terraform-aws-elasticsearch issue 192 quotes the text of two zones; of three zones not seen",
		Text:   "ValidationException: You must choose %s of data nodes for a %s Availability Zone deployment",
	})
	ruleDomainInstance = rule.Register(rule.Rule{
		Name: "opensearch.instance-type", Service: "opensearch",
		Source: "OpenSearch Service API, OpenSearchPartitionInstanceType; wording not seen",
		Text:   "ValidationException: %s is not a supported instance type",
	})
	ruleDomainFeature = rule.Register(rule.Rule{
		Name: "opensearch.instance-feature", Service: "opensearch",
		Source: "OpenSearch Service developer guide, supported instance types and UltraWarm prerequisites, read 2026-11; wording not seen",
		Text:   "ValidationException: %s is not supported with instance type %s",
	})
	ruleDomainWarmMasters = rule.Register(rule.Rule{
		Name: "opensearch.warm-needs-masters", Service: "opensearch",
		Source: "OpenSearch Service developer guide, UltraWarm prerequisites: dedicated master nodes; wording not seen",
		Text:   "ValidationException: UltraWarm requires dedicated master nodes",
	})
	ruleDomainColdWarm = rule.Register(rule.Rule{
		Name: "opensearch.cold-needs-warm", Service: "opensearch",
		Source: "OpenSearch Service developer guide, cold storage prerequisites: UltraWarm; wording not seen",
		Text:   "ValidationException: Cold storage requires UltraWarm to be enabled",
	})
	ruleDomainHTTPS = rule.Register(rule.Rule{
		Name: "opensearch.fine-access-needs-https", Service: "opensearch",
		Source: "lgallard/terraform-aws-elasticsearch issue 13 and aws-cdk issue 22018 quote it",
		Text:   "ValidationException: You must enable EnforceHTTPS in the domain endpoint options to use advanced security.",
	})
	ruleDomainEncryption = rule.Register(rule.Rule{
		Name: "opensearch.fine-access-needs-encryption", Service: "opensearch",
		Source: "OpenSearch Service developer guide, fine-grained access control: encryption at rest and node to node; wording of both not seen",
		Text:   "ValidationException: You must enable %s to use advanced security options.",
	})
	ruleDomainVolume = rule.Register(rule.Rule{
		Name: "opensearch.volume-size", Service: "opensearch",
		Source: "OpenSearch Service API, CreateDomain, LimitExceededException: EBS volumes of 10 to 3,072 GiB a node for most types; text as quoted in public issues",
		Text:   "LimitExceededException: Volume size must be between 10 and 3072 for %s instance type and gp3 volume type",
	})
	ruleDomainVPC = rule.Register(rule.Rule{
		Name: "opensearch.same-vpc", Service: "opensearch",
		Source: "OpenSearch Service developer guide, VPC domains, limitations: a domain in a VPC cannot move to another one, its subnets and groups may change, read 2026-11; wording not seen",
		Text:   "ValidationException: You can't move the domain from %s to %s. A domain within a VPC stays in it.",
	})
	ruleDomainAddresses = rule.Register(rule.Rule{
		Name: "opensearch.free-addresses", Service: "opensearch",
		Source: "OpenSearch Service developer guide, VPC domains: reserve addresses in each subnet; wording not seen",
		Text:   "ValidationException: subnet %s does not have enough free IP addresses",
	})
)

var _ = register(typeDomain, &kind{
	service: "OpenSearch", noun: "Domain", namesClash: true, createTime: measured(facts.LatencyDomain), updateTime: measured(facts.LatencyDomain), deleteTime: domainDelete,
	makeID: func(c *call) string {
		return fmt.Sprintf("arn:aws:es:%s:%s:domain/%s", c.region(), c.account(), str(c.in, "domainName"))
	},
	check: func(c *call, in map[string]any) []schema.Failure {
		r, _ := facts.NameRuleFor("opensearch domain")
		if name := str(in, "domainName"); name != "" && !matchesName(r, name) && c.on(ruleDomainName) {
			return []schema.Failure{{Path: "domainName", Reason: ruleDomainName.Errorf().Error()}}
		}
		return c.policyText(in, "accessPolicies")
	},
	create: createDomain,
	update: func(c *call) error {
		if err := c.domainShape("UpdateDomainConfig"); err != nil {
			return err
		}
		was, is := c.domainVPC(strs(dict(c.old, "vpcOptions"), "subnetIds")), c.domainVPC(strs(dict(c.obj.Attrs, "vpcOptions"), "subnetIds"))
		if was != is && c.on(ruleDomainVPC) {
			return c.refuse("UpdateDomainConfig", ruleDomainVPC, was, is)
		}
		c.detach("domain", c.obj.ID)
		return c.domainInterfaces("UpdateDomainConfig")
	},
	remove: func(c *call) error {
		c.detach("domain", c.obj.ID)
		for _, o := range c.find(HiddenMapping, where("domain", c.obj.ID)) {
			c.tx.Delete(o.Key())
		}
		return nil
	},
})

// matchesName holds a name against the characters and length that facts know.
func matchesName(r facts.NameRule, name string) bool {
	return nameMatches(r.Regex, name) && (r.Max == 0 || len(name) <= r.Max) && len(name) >= r.Min
}

func createDomain(c *call) error {
	const action = "CreateDomain"
	name := c.attr("domainName")
	if _, ok := c.get(typeDomain, c.obj.ID); ok && c.on(ruleDomainTaken) {
		return c.refuse(action, ruleDomainTaken, name)
	}
	if err := c.needKey(action, str(dict(c.obj.Attrs, "encryptAtRest"), "kmsKeyId")); err != nil {
		return err
	}
	if err := c.domainShape(action); err != nil {
		return err
	}
	vpc := dict(c.obj.Attrs, "vpcOptions")
	_, linked := c.get(typeServiceRole, fmt.Sprintf("arn:aws:iam::%s:role/aws-service-role/%s/%s", c.account(), searchService, serviceRoleName(searchService)))
	if len(vpc) > 0 && !linked && c.on(ruleDomainRole) {
		return c.refuse(action, ruleDomainRole)
	}
	if err := c.domainInterfaces(action); err != nil {
		return err
	}
	host := fmt.Sprintf("vpc-%s-%s.%s.es.amazonaws.com", name, c.newID("", 26), c.region())
	c.set("arn", c.obj.ID)
	c.set("domainId", c.account()+"/"+name)
	c.set("endpoint", host)
	c.set("dashboardEndpoint", host+"/_dashboards")
	c.set("kibanaEndpoint", host+"/_plugin/kibana/")
	for k, v := range map[string]any{"endpointV2": "", "dashboardEndpointV2": "", "domainEndpointV2HostedZoneId": "", "ipAddressType": "ipv4",
		"advancedOptions": map[string]any{"rest.action.multi.allow_explicit_index": "true"}} {
		c.setDefault(k, v)
	}
	if len(vpc) > 0 {
		vpc["vpcId"] = c.domainVPC(strs(vpc, "subnetIds"))
		c.set("vpcOptions", vpc)
	}
	return nil
}

func (c *call) domainVPC(subnets []string) string {
	for _, id := range subnets {
		if s, ok := c.get(typeSubnet, id); ok {
			return str(s.Attrs, "vpcId")
		}
	}
	return ""
}

// domainShape is what AWS checks of nodes, zones and encryption at every change.
func (c *call) domainShape(action string) error {
	conf := dict(c.obj.Attrs, "clusterConfig")
	zones := 1
	if boolean(conf, "zoneAwarenessEnabled") {
		zones = max(2, num(dict(conf, "zoneAwarenessConfig"), "availabilityZoneCount"))
	}
	if subnets := strs(dict(c.obj.Attrs, "vpcOptions"), "subnetIds"); len(dict(c.obj.Attrs, "vpcOptions")) > 0 && len(subnets) != zones && c.on(ruleDomainSubnets) {
		return c.refuse(action, ruleDomainSubnets, map[int]string{
			1: "one subnet", 2: "two subnets because you’ve set zone count to two", 3: "three subnets because you’ve set zone count to three"}[zones])
	}
	nodes := max(1, num(conf, "instanceCount"))
	if zones > 1 && nodes%zones != 0 && c.on(ruleDomainEven) {
		return c.refuse(action, ruleDomainEven, map[int]string{2: "an even number", 3: "a multiple of three"}[zones], map[int]string{2: "two", 3: "three"}[zones])
	}
	if err := c.domainNodes(action, conf); err != nil {
		return err
	}
	return c.domainSecurity(action)
}

// domainNodes: instance types exist and can do what they are asked to.
func (c *call) domainNodes(action string, conf map[string]any) error {
	warm, masters := boolean(conf, "warmEnabled"), boolean(conf, "dedicatedMasterEnabled")
	data, master := str(conf, "instanceType"), str(conf, "dedicatedMasterType")
	if data == "" {
		data = "m4.large.search" // the provider's default
	}
	types := []string{data}
	if masters {
		types = append(types, master)
	}
	for _, t := range types {
		if _, known := facts.SearchInstance(t); !known && c.on(ruleDomainInstance) {
			return c.refuse(action, ruleDomainInstance, t)
		}
	}
	need := map[facts.SearchFeature]bool{
		facts.SearchEBS: boolean(dict(c.obj.Attrs, "ebsOptions"), "ebsEnabled"), facts.SearchEncryption: boolean(dict(c.obj.Attrs, "encryptAtRest"), "enabled"),
		facts.SearchFineAccess: boolean(dict(c.obj.Attrs, "advancedSecurityOptions"), "enabled"), facts.SearchWarm: warm,
		facts.SearchAutoTune: str(dict(c.obj.Attrs, "autoTuneOptions"), "desiredState") == "ENABLED",
	}
	for _, f := range []facts.SearchFeature{facts.SearchEBS, facts.SearchEncryption, facts.SearchFineAccess, facts.SearchWarm, facts.SearchAutoTune} {
		if _, known := facts.SearchInstance(data); known && need[f] && !facts.SearchInstanceHas(data, f) && c.on(ruleDomainFeature) {
			return c.refuse(action, ruleDomainFeature, f, data)
		}
	}
	if _, known := facts.SearchInstance(master); masters && known && !facts.SearchInstanceHas(master, facts.SearchMaster) && c.on(ruleDomainFeature) {
		return c.refuse(action, ruleDomainFeature, facts.SearchMaster, master)
	}
	if warm && !masters && c.on(ruleDomainWarmMasters) {
		return c.refuse(action, ruleDomainWarmMasters)
	}
	if boolean(dict(conf, "coldStorageOptions"), "enabled") && !warm && c.on(ruleDomainColdWarm) {
		return c.refuse(action, ruleDomainColdWarm)
	}
	ebs := dict(c.obj.Attrs, "ebsOptions")
	if size := num(ebs, "volumeSize"); boolean(ebs, "ebsEnabled") && (size < 10 || size > 3072) && c.on(ruleDomainVolume) {
		return c.refuse(action, ruleDomainVolume, data)
	}
	return nil
}

// domainSecurity: fine-grained access control needs encryption everywhere.
func (c *call) domainSecurity(action string) error {
	if !boolean(dict(c.obj.Attrs, "advancedSecurityOptions"), "enabled") {
		return nil
	}
	if !boolean(dict(c.obj.Attrs, "domainEndpointOptions"), "enforceHttps") && c.on(ruleDomainHTTPS) {
		return c.refuse(action, ruleDomainHTTPS)
	}
	for _, e := range []struct{ attr, name string }{{"encryptAtRest", "encryption at rest"}, {"nodeToNodeEncryption", "node-to-node encryption"}} {
		if !boolean(dict(c.obj.Attrs, e.attr), "enabled") && c.on(ruleDomainEncryption) {
			return c.refuse(action, ruleDomainEncryption, e.name)
		}
	}
	return nil
}

// domainInterfaces: each node has an interface, spread over the subnets.
// Dedicated masters are in three zones where the domain is in two or three.
func (c *call) domainInterfaces(action string) error {
	vpc, conf := dict(c.obj.Attrs, "vpcOptions"), dict(c.obj.Attrs, "clusterConfig")
	subnets := strs(vpc, "subnetIds")
	if err := c.interfaceGroups(action, strs(vpc, "securityGroupIds")); err != nil {
		return err
	}
	nodes := max(1, num(conf, "instanceCount"))
	if boolean(conf, "dedicatedMasterEnabled") {
		nodes += num(conf, "dedicatedMasterCount")
	}
	if boolean(conf, "warmEnabled") {
		nodes += num(conf, "warmCount")
	}
	for i := range nodes {
		if len(subnets) == 0 {
			return nil
		}
		subnet := subnets[i%len(subnets)]
		if _, err := c.needSubnet(action, subnet); err != nil {
			return err
		}
		if _, ok := c.get(typeSubnet, subnet); !ok {
			continue // only with that rule off
		}
		_, err := c.attach(eni{subnet: subnet, owner: "es", description: "ES " + c.attr("domainName"), groups: strs(vpc, "securityGroupIds"),
			attrs: map[string]any{"domain": c.obj.ID}})
		if err != nil && strings.HasPrefix(err.Error(), "InsufficientFreeAddresses") && c.on(ruleDomainAddresses) {
			return c.refuse(action, ruleDomainAddresses, subnet)
		}
	}
	return nil
}
