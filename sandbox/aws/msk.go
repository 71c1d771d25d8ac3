package aws

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
)

const (
	typeStream       = "aws:msk/cluster:Cluster"
	typeStreamConfig = "aws:msk/configuration:Configuration"
	// HiddenTopic is a topic of a cluster, which MSK's own API makes.
	HiddenTopic = "hidden:msk/Topic"
)

var (
	ruleStreamName = rule.Register(rule.Rule{
		Name: "msk.cluster-name", Service: "msk",
		Source: "MSK API, ClusterName: 1 to 64 (facts, name_and_limit_rules); terraform-provider-aws issue 8793 quotes the text",
		Text:   "BadRequestException: The parameter value contains one or more characters that are not valid.",
	})
	ruleStreamTaken = rule.Register(rule.Rule{
		Name: "msk.cluster-exists", Service: "msk",
		Source: "MSK API, CreateCluster, ConflictException; wording not seen",
		Text:   "ConflictException: A cluster with this name already exists: %s",
	})
	ruleStreamZones = rule.Register(rule.Rule{
		Name: "msk.subnet-per-zone", Service: "msk",
		Source: "MSK API, BrokerNodeGroupInfo: two or three subnets in different zones; terraform-provider-aws issue 9658 quotes the text",
		Text:   "BadRequestException: The number of Availability Zones in the BrokerAZDistribution parameter must be equal to the number of client subnets.",
	})
	ruleStreamBrokers = rule.Register(rule.Rule{
		Name: "msk.brokers-per-zone", Service: "msk",
		Source: "MSK API, NumberOfBrokerNodes: a multiple of the zones; wording not seen",
		Text:   "BadRequestException: The number of broker nodes must be a multiple of Availability Zones in the Client Subnets parameter.",
	})
	ruleStreamFewer = rule.Register(rule.Rule{
		Name: "msk.brokers-grow", Service: "msk",
		Source: "MSK API, UpdateBrokerCount: only more brokers; wording not seen",
		Text:   "BadRequestException: The target number of broker nodes must be greater than the current number of broker nodes.",
	})
	ruleStreamInstance = rule.Register(rule.Rule{
		Name: "msk.instance-type", Service: "msk",
		Source: "MSK developer guide, broker sizes, read 2026-11; wording not seen",
		Text:   "BadRequestException: The specified instance type is not supported: %s",
	})
	ruleStreamVolume = rule.Register(rule.Rule{
		Name: "msk.volume-grows", Service: "msk",
		Source: "MSK API, UpdateBrokerStorage: only larger volumes; wording not seen",
		Text:   "BadRequestException: The target volume size must be greater than the current volume size.",
	})
	ruleStreamConfig = rule.Register(rule.Rule{
		Name: "msk.configuration-exists", Service: "msk",
		Source: "MSK API, CreateCluster, NotFoundException; wording not seen",
		Text:   "NotFoundException: The configuration ARN does not exist: %s",
	})
	ruleStreamConfigTaken = rule.Register(rule.Rule{
		Name: "msk.configuration-name", Service: "msk",
		Source: "MSK API, CreateConfiguration, ConflictException; terraform-provider-aws issues 12724 and 15831",
		Text:   "ConflictException: A resource with this name already exists.",
	})
	ruleStreamConfigUsed = rule.Register(rule.Rule{
		Name: "msk.configuration-in-use", Service: "msk",
		Source: "MSK API, DeleteConfiguration, BadRequestException; terraform-provider-aws issues 12724 and 15831; facts, providers D11.22",
		Text:   "BadRequestException: Configuration is in use by one or more clusters.",
	})
	ruleStreamAddresses = rule.Register(rule.Rule{
		Name: "msk.free-addresses", Service: "msk",
		Source: "MSK developer guide, troubleshooting: a broker needs an address of its subnet; wording not seen",
		Text:   "BadRequestException: The specified subnet %s does not have enough free addresses.",
	})
)

// streamName. Source: MSK API reference, ClusterName; underscores are refused.
var streamName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]{0,63}$`)

func nameMatches(pattern, name string) bool {
	ok, err := regexp.MatchString(pattern, name)
	return err == nil && ok
}

var _ = register(typeStream, &kind{
	service: "MSK", noun: "Cluster", namesClash: true, createTime: measured(facts.LatencyStream), updateTime: streamUpdate, deleteTime: streamDelete,
	makeID: func(c *call) string {
		return fmt.Sprintf("arn:aws:kafka:%s:%s:cluster/%s/%s-3", c.region(), c.account(), str(c.in, "clusterName"), c.newUUID())
	},
	create: createStream,
	update: updateStream,
	remove: func(c *call) error {
		c.detach("stream", c.obj.ID)
		for _, o := range c.find(HiddenTopic, where("cluster", c.obj.ID)) {
			c.tx.Delete(o.Key())
		}
		return nil
	},
	volatile: func(old, new map[string]any) []string {
		if num(old, "numberOfBrokerNodes") != num(new, "numberOfBrokerNodes") {
			return []string{"bootstrapBrokersSaslIam", "currentVersion"}
		}
		return []string{"currentVersion"}
	},
})

// newUUID has the form of a version 4 one.
func (c *call) newUUID() string {
	h := c.newID("", 32)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:32]
}

func createStream(c *call) error {
	const action = "CreateClusterV2"
	name := c.attr("clusterName")
	if !streamName.MatchString(name) && c.on(ruleStreamName) {
		return c.refuse(action, ruleStreamName)
	}
	if len(c.find(typeStream, where("clusterName", name))) > 0 && c.on(ruleStreamTaken) {
		return c.refuse(action, ruleStreamTaken, name)
	}
	group := dict(c.obj.Attrs, "brokerNodeGroupInfo")
	if err := c.needKey(action, str(dict(c.obj.Attrs, "encryptionInfo"), "encryptionAtRestKmsKeyArn")); err != nil {
		return err
	}
	if err := c.streamShape(action); err != nil {
		return err
	}
	if err := c.interfaceGroups(action, strs(group, "securityGroups")); err != nil {
		return err
	}
	if err := c.brokers(action, 0); err != nil {
		return err
	}
	c.set("arn", c.obj.ID)
	c.set("clusterUuid", c.obj.ID[strings.LastIndexByte(c.obj.ID, '/')+1:])
	c.set("currentVersion", strings.ToUpper(c.newID("K", 13)))
	for k, v := range map[string]any{"enhancedMonitoring": "DEFAULT", "storageMode": "LOCAL", "zookeeperConnectString": "", "zookeeperConnectStringTls": ""} {
		c.setDefault(k, v)
	}
	c.bootstrap()
	return nil
}

// bootstrap are up to three brokers, in the order of their names.
func (c *call) bootstrap() {
	id := c.attr("clusterUuid")[:6] // the same for the cluster's life
	host := func(port int) string {
		var out []string
		for i := range min(3, num(c.obj.Attrs, "numberOfBrokerNodes")) {
			out = append(out, fmt.Sprintf("b-%d.%s.%s.c3.kafka.%s.amazonaws.com:%d", i+1, strings.ReplaceAll(strings.ToLower(c.attr("clusterName")), "-", ""), id, c.region(), port))
		}
		return strings.Join(out, ",")
	}
	auth, transit := dict(c.obj.Attrs, "clientAuthentication"), dict(dict(c.obj.Attrs, "encryptionInfo"), "encryptionInTransit")
	plain := str(transit, "clientBroker") == "PLAINTEXT" || str(transit, "clientBroker") == "TLS_PLAINTEXT"
	values := map[string]string{}
	if boolean(dict(auth, "sasl"), "iam") {
		values["bootstrapBrokersSaslIam"] = host(9098)
	}
	if plain {
		values["bootstrapBrokers"] = host(9092)
	}
	if len(auth) == 0 || len(dict(auth, "tls")) > 0 {
		values["bootstrapBrokersTls"] = host(9094)
	}
	for _, k := range []string{"bootstrapBrokers", "bootstrapBrokersSaslIam", "bootstrapBrokersTls", "bootstrapBrokersSaslScram", "bootstrapBrokersPublicSaslIam",
		"bootstrapBrokersPublicSaslScram", "bootstrapBrokersPublicTls", "bootstrapBrokersVpcConnectivitySaslIam", "bootstrapBrokersVpcConnectivitySaslScram",
		"bootstrapBrokersVpcConnectivityTls"} {
		c.set(k, values[k])
	}
}

// streamShape is what MSK checks of zones, brokers and the configuration.
func (c *call) streamShape(action string) error {
	group := dict(c.obj.Attrs, "brokerNodeGroupInfo")
	subnets := strs(group, "clientSubnets")
	zones := map[string]bool{}
	for _, id := range subnets {
		s, err := c.needSubnet(action, id)
		if err != nil {
			return err
		}
		zones[str(s.Attrs, "availabilityZoneId")] = true
	}
	if (len(zones) != len(subnets) || len(subnets) < 2 || len(subnets) > 3) && c.on(ruleStreamZones) {
		return c.refuse(action, ruleStreamZones)
	}
	if num(c.obj.Attrs, "numberOfBrokerNodes")%max(1, len(subnets)) != 0 && c.on(ruleStreamBrokers) {
		return c.refuse(action, ruleStreamBrokers)
	}
	if t := str(group, "instanceType"); !facts.StreamInstance(t) && c.on(ruleStreamInstance) {
		return c.refuse(action, ruleStreamInstance, t)
	}
	if arn := str(dict(c.obj.Attrs, "configurationInfo"), "arn"); arn != "" {
		if _, ok := c.get(typeStreamConfig, arn); !ok && c.on(ruleStreamConfig) {
			return c.refuse(action, ruleStreamConfig, arn)
		}
	}
	return nil
}

// brokers have an interface each, from the one numbered have on.
func (c *call) brokers(action string, have int) error {
	group := dict(c.obj.Attrs, "brokerNodeGroupInfo")
	subnets := strs(group, "clientSubnets")
	for i := have; i < num(c.obj.Attrs, "numberOfBrokerNodes") && len(subnets) > 0; i++ {
		subnet := subnets[i%len(subnets)]
		if _, ok := c.get(typeSubnet, subnet); !ok {
			continue // only with the rule on subnets off
		}
		_, err := c.attach(eni{subnet: subnet, owner: "kafka", description: fmt.Sprintf("DO NOT DELETE - Amazon MSK network interface for cluster %s", c.obj.ID),
			groups: strs(group, "securityGroups"), attrs: map[string]any{"stream": c.obj.ID}})
		if err != nil && strings.HasPrefix(err.Error(), "InsufficientFreeAddresses") && c.on(ruleStreamAddresses) {
			return c.refuse(action, ruleStreamAddresses, subnet)
		}
	}
	return nil
}

func updateStream(c *call) error {
	was, now := num(c.old, "numberOfBrokerNodes"), num(c.obj.Attrs, "numberOfBrokerNodes")
	if now < was && c.on(ruleStreamFewer) {
		return c.refuse("UpdateBrokerCount", ruleStreamFewer)
	}
	if streamVolume(c.obj.Attrs) < streamVolume(c.old) && c.on(ruleStreamVolume) {
		return c.refuse("UpdateBrokerStorage", ruleStreamVolume)
	}
	if err := c.streamShape("UpdateBrokerCount"); err != nil {
		return err
	}
	c.set("currentVersion", strings.ToUpper(c.newID("K", 13)))
	if now == was {
		return nil
	}
	if err := c.brokers("UpdateBrokerCount", was); err != nil {
		return err
	}
	c.bootstrap()
	return nil
}

func streamVolume(attrs map[string]any) int {
	return num(dict(dict(dict(attrs, "brokerNodeGroupInfo"), "storageInfo"), "ebsStorageInfo"), "volumeSize")
}

var _ = register(typeStreamConfig, &kind{
	service: "MSK", noun: "Configuration", namesClash: true,
	makeID: func(c *call) string {
		return fmt.Sprintf("arn:aws:kafka:%s:%s:configuration/%s/%s-3", c.region(), c.account(), str(c.in, "name"), c.newUUID())
	},
	check: func(*call, map[string]any) []schema.Failure { return nil },
	create: func(c *call) error {
		if len(c.find(typeStreamConfig, where("name", c.attr("name")))) > 0 && c.on(ruleStreamConfigTaken) {
			return c.refuse("CreateConfiguration", ruleStreamConfigTaken)
		}
		c.set("arn", c.obj.ID)
		c.set("latestRevision", 1)
		c.setDefault("description", "")
		c.setDefault("kafkaVersions", []any{})
		return nil
	},
	update: func(c *call) error { c.set("latestRevision", num(c.old, "latestRevision")+1); return nil },
	remove: func(c *call) error {
		for _, o := range c.find(typeStream, nil) {
			if str(dict(o.Attrs, "configurationInfo"), "arn") == c.obj.ID && c.on(ruleStreamConfigUsed) {
				return c.refuse("DeleteConfiguration", ruleStreamConfigUsed)
			}
		}
		return nil
	},
	volatile: func(map[string]any, map[string]any) []string { return []string{"latestRevision"} },
})
