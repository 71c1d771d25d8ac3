package aws

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
)

const (
	typeLaunchTemplate = "aws:ec2/launchTemplate:LaunchTemplate"
	typeInstance       = "aws:ec2/instance:Instance"
	hiddenInstance     = "hidden:ec2/Instance"
)

var (
	ruleTemplateName = rule.Register(rule.Rule{
		Name: "ec2.launch-template-name", Service: "ec2",
		Source: "EC2 API, LaunchTemplateName: 3 to 128 of [a-zA-Z0-9().-/_] (facts, name_and_limit_rules)",
		Text:   "invalid value for name (must be 3 to 128 characters of a-z, A-Z, 0-9, (, ), ., -, / and _): %s",
	})
	ruleTemplateTaken = rule.Register(rule.Rule{
		Name: "ec2.launch-template-duplicate", Service: "ec2",
		Source: "EC2 API error codes, InvalidLaunchTemplateName.AlreadyExistsException",
		Text:   "InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use.",
	})
	ruleUserData = rule.Register(rule.Rule{
		Name: "ec2.user-data-base64", Service: "ec2",
		Source: "EC2 API error codes, InvalidUserData.Malformed",
		Text:   "InvalidUserData.Malformed: Invalid BASE64 encoding of user data.",
	})
	ruleInstanceType = rule.Register(rule.Rule{
		Name: "ec2.instance-type", Service: "ec2",
		Source: "EC2 RunInstances; EC2 API error codes, InvalidParameterValue; types from facts, eni_limits",
		Text:   "InvalidParameterValue: Invalid value '%s' for InstanceType.",
	})
	ruleInstanceArch = rule.Register(rule.Rule{
		Name: "ec2.instance-architecture", Service: "ec2",
		Source: "EC2 RunInstances, InvalidParameterValue, as quoted in public issues",
		Text:   "InvalidParameterValue: The architecture '%s' of the specified instance type does not match the architecture '%s' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.",
	})
	ruleInstanceProfile = rule.Register(rule.Rule{
		Name: "ec2.instance-profile", Service: "ec2",
		Source: "EC2 RunInstances; EC2 API error codes, InvalidParameterValue",
		Text:   "InvalidParameterValue: Value (%s) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
	})
)

var templateName = regexp.MustCompile(`^[a-zA-Z0-9().\-/_]{3,128}$`)

var _ = register(typeLaunchTemplate, &kind{
	service: "EC2", noun: "Launch Template", id: "lt-", arn: "arn:aws:ec2:{region}:{account}:launch-template/{id}",
	check: func(c *call, in map[string]any) []schema.Failure {
		if name := str(in, "name"); name != "" && !templateName.MatchString(name) && c.on(ruleTemplateName) {
			return []schema.Failure{{Path: "name", Reason: ruleTemplateName.Errorf(name).Error()}}
		}
		return nil
	},
	create: func(c *call) error {
		for _, o := range c.find(typeLaunchTemplate, nil) {
			if o.Name == c.attr("name") && c.on(ruleTemplateTaken) {
				return c.refuse("CreateLaunchTemplate", ruleTemplateTaken)
			}
		}
		if err := c.userData("CreateLaunchTemplate"); err != nil {
			return err
		}
		c.setDefault("defaultVersion", 1)
		c.set("latestVersion", 1)
		c.setDefault("namePrefix", "")
		return nil
	},
	update: func(c *call) error {
		if err := c.userData("CreateLaunchTemplateVersion"); err != nil {
			return err
		}
		next := num(c.old, "latestVersion")
		if templateChanged(c.old, c.in) {
			next++
		}
		c.set("latestVersion", next)
		switch {
		case boolean(c.in, "updateDefaultVersion"):
			c.set("defaultVersion", next)
		case !has(c.in, "defaultVersion"):
			c.set("defaultVersion", max(1, num(c.old, "defaultVersion")))
		}
		return nil
	},
	volatile: func(old, new map[string]any) []string {
		if !templateChanged(old, new) {
			return nil
		}
		if boolean(new, "updateDefaultVersion") {
			return []string{"latestVersion", "defaultVersion"}
		}
		return []string{"latestVersion"}
	},
})

// notInVersion are the inputs that belong to the template and not to a version
// of it. Source: terraform-provider-aws launch_template.go, CustomizeDiff.
var notInVersion = []string{"name", "namePrefix", "tags", "tagsAll", "defaultVersion", "updateDefaultVersion", attrDefaults, attrInputs}

// templateChanged says whether an update makes a new version.
func templateChanged(old, new map[string]any) bool {
	seen := map[string]bool{}
	for _, k := range strs(old, attrInputs) {
		seen[k] = true
	}
	if _, stored := old[attrInputs]; !stored { // inputs of the engine's state
		for k := range old {
			seen[k] = true
		}
	}
	for k := range new {
		seen[k] = true
	}
	for k := range seen {
		if !slices.Contains(notInVersion, k) && !same(old[k], new[k]) {
			return true
		}
	}
	return false
}

func same(a, b any) bool { return fmt.Sprint(plain(a)) == fmt.Sprint(plain(b)) }

func (c *call) userData(action string) error {
	text := c.attr("userData")
	if _, err := base64.StdEncoding.DecodeString(text); err != nil && c.on(ruleUserData) {
		return c.refuse(action, ruleUserData)
	}
	return nil
}

var _ = register(typeInstance, &kind{
	service: "EC2", noun: "Instance", id: "i-", arn: "arn:aws:ec2:{region}:{account}:instance/{id}",
	createTime: instanceLaunch, deleteTime: instanceStop,
	create: createInstance,
	remove: func(c *call) error { c.detach("instanceId", c.obj.ID); return nil },
})

func createInstance(c *call) error {
	const action = "RunInstances"
	t := c.attr("instanceType")
	arch := architecture(t)
	if arch == "" && c.on(ruleInstanceType) {
		return c.refuse(action, ruleInstanceType, t)
	}
	if image := amiArchitecture(c.attr("ami")); image != "" && arch != "" && image != arch && c.on(ruleInstanceArch) {
		return c.refuse(action, ruleInstanceArch, arch, image)
	}
	if name := c.attr("iamInstanceProfile"); name != "" {
		if _, ok := c.get(typeInstanceProfile, name); !ok && c.on(ruleInstanceProfile) {
			return c.refuse(action, ruleInstanceProfile, name)
		}
	}
	if err := c.interfaceGroups(action, strs(c.obj.Attrs, "vpcSecurityGroupIds")); err != nil {
		return err
	}
	if c.attr("subnetId") == "" {
		return nil
	}
	sub, err := c.needSubnet(action, c.attr("subnetId"))
	if err != nil || !has(sub.Attrs, "cidrBlock") {
		return err
	}
	e, err := c.attach(eni{subnet: sub.ID, owner: "ec2", description: "Primary network interface",
		groups: strs(c.obj.Attrs, "vpcSecurityGroupIds"), attrs: map[string]any{"instanceId": c.obj.ID}})
	if err != nil {
		return fmt.Errorf("%s: operation error EC2: %s, api error %w", c.doing(), action, err)
	}
	ip := strs(e.Attrs, "privateIps")[0]
	c.set("privateIp", ip)
	c.set("privateDns", fmt.Sprintf("ip-%s.%s.compute.internal", dashed(ip), c.region()))
	c.set("primaryNetworkInterfaceId", e.ID)
	c.set("availabilityZone", str(sub.Attrs, "availabilityZone"))
	c.set("instanceState", "running")
	return nil
}

// amiArchitecture reads the architecture out of the ids that getAmi and the
// public parameters of the sandbox make; "" for an id from elsewhere.
func amiArchitecture(ami string) string {
	switch {
	case strings.HasPrefix(ami, "ami-0a64"):
		return "arm64"
	case strings.HasPrefix(ami, "ami-0864"):
		return "x86_64"
	}
	return ""
}

// imageID makes the id of a public image: its name decides it, and its prefix
// tells the architecture.
func imageID(name string) string {
	prefix := "ami-0864"
	if strings.Contains(name, "arm64") || strings.Contains(name, "aarch64") {
		prefix = "ami-0a64"
	}
	return prefix + hash(name, 13)
}

func getAmi(c *call) (map[string]any, error) {
	name := ""
	for _, f := range dicts(c.in, "filters") {
		name += str(f, "name") + "=" + strings.Join(strs(f, "values"), ",") + ";"
	}
	id := imageID(name)
	return map[string]any{
		"id": id, "imageId": id, "architecture": amiArchitecture(id), "arn": "arn:aws:ec2:" + c.region() + "::image/" + id,
		"name": name, "ownerId": "137112412989", "rootDeviceName": "/dev/xvda", "state": "available", "virtualizationType": "hvm",
	}, nil
}
