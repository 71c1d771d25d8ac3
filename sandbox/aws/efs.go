package aws

import (
	"fmt"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
)

const (
	typeFileSystem  = "aws:efs/fileSystem:FileSystem"
	typeMountTarget = "aws:efs/mountTarget:MountTarget"
	typeAccessPoint = "aws:efs/accessPoint:AccessPoint"
)

var (
	ruleEFSThroughput = rule.Register(rule.Rule{
		Name: "efs.provisioned-throughput", Service: "efs",
		Source: "EFS API, CreateFileSystem: ProvisionedThroughputInMibps goes with mode provisioned only; BadRequest",
		Text:   "BadRequest: ProvisionedThroughputInMibps %s",
	})
	ruleEFSPerformance = rule.Register(rule.Rule{
		Name: "efs.performance-mode", Service: "efs",
		Source: "EFS API, CreateFileSystem: elastic throughput only with generalPurpose; BadRequest",
		Text:   "BadRequest: Elastic throughput mode is not supported with Max I/O performance mode",
	})
	ruleMountZone = rule.Register(rule.Rule{
		Name: "efs.mount-target-per-zone", Service: "efs",
		Source: "EFS API, CreateMountTarget: one in each zone; MountTargetConflict",
		Text:   "MountTargetConflict: mount target already exists in this AZ",
	})
	ruleMountVPC = rule.Register(rule.Rule{
		Name: "efs.mount-targets-one-vpc", Service: "efs",
		Source: "EFS API, CreateMountTarget: all of a file system in one VPC; MountTargetConflict",
		Text:   "MountTargetConflict: requested subnet for new mount target is not in the same VPC as existing mount targets",
	})
	ruleFileSystemExists = rule.Register(rule.Rule{
		Name: "efs.file-system-exists", Service: "efs",
		Source: "EFS API, FileSystemNotFound",
		Text:   "FileSystemNotFound: File system '%s' does not exist.",
	})
	ruleFileSystemInUse = rule.Register(rule.Rule{
		Name: "efs.file-system-in-use", Service: "efs",
		Source: "EFS API, DeleteFileSystem: mount targets first; FileSystemInUse",
		Text:   "FileSystemInUse: Cannot delete file system %s because it has mount targets.",
	})
	ruleMountAddress = rule.Register(rule.Rule{
		Name: "efs.mount-target-address", Service: "efs",
		Source: "EFS API, CreateMountTarget, NoFreeAddressesInSubnet",
		Text:   "NoFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request.",
	})
)

var _ = register(typeFileSystem, &kind{
	service: "EFS", noun: "File System", id: "fs-", arn: "arn:aws:elasticfilesystem:{region}:{account}:file-system/{id}", createTime: fileSystem,
	create: func(c *call) error {
		if err := c.throughput("CreateFileSystem"); err != nil {
			return err
		}
		if err := c.needKey("CreateFileSystem", c.attr("kmsKeyId")); err != nil {
			return err
		}
		c.set("dnsName", fmt.Sprintf("%s.efs.%s.amazonaws.com", c.obj.ID, c.region()))
		c.set("ownerId", c.account())
		c.setDefault("creationToken", c.newID("pulumi-", 26))
		c.setDefault("encrypted", false)
		c.setDefault("kmsKeyId", "")
		c.setDefault("performanceMode", "generalPurpose")
		c.setDefault("throughputMode", "bursting")
		c.setDefault("protection", map[string]any{"replicationOverwrite": "ENABLED"})
		c.set("numberOfMountTargets", 0)
		c.set("name", str(dict(c.obj.Attrs, "tags"), "Name"))
		c.set("sizeInBytes", []any{})
		c.setDefault("availabilityZoneName", "")
		c.set("availabilityZoneId", "")
		return nil
	},
	update: func(c *call) error { return c.throughput("UpdateFileSystem") },
	remove: func(c *call) error {
		if len(c.find(typeMountTarget, where("fileSystemId", c.obj.ID))) > 0 && c.on(ruleFileSystemInUse) {
			return c.refuse("DeleteFileSystem", ruleFileSystemInUse, c.obj.ID)
		}
		return nil
	},
})

func (c *call) throughput(action string) error {
	mode, given := c.attr("throughputMode"), has(c.in, "provisionedThroughputInMibps")
	switch {
	case mode == "provisioned" && !given && c.on(ruleEFSThroughput):
		return c.refuse(action, ruleEFSThroughput, "is required with throughput mode provisioned")
	case mode != "provisioned" && given && c.on(ruleEFSThroughput):
		return c.refuse(action, ruleEFSThroughput, "is allowed with throughput mode provisioned only")
	case mode == "elastic" && c.attr("performanceMode") == "maxIO" && c.on(ruleEFSPerformance):
		return c.refuse(action, ruleEFSPerformance)
	}
	return nil
}

var _ = register(typeMountTarget, &kind{
	service: "EFS", noun: "Mount Target", id: "fsmt-", createTime: mountTarget,
	check:  func(*call, map[string]any) []schema.Failure { return nil },
	create: createMountTarget,
	update: func(c *call) error {
		if err := c.mountGroups("ModifyMountTargetSecurityGroups", strs(c.in, "securityGroups")); err != nil {
			return err
		}
		for _, o := range c.find(hiddenENI, where("mountTargetId", c.obj.ID)) {
			o.Attrs["securityGroups"] = plain(strs(c.in, "securityGroups"))
			c.tx.Put(o)
		}
		return nil
	},
	remove: func(c *call) error { c.detach("mountTargetId", c.obj.ID); return nil },
})

func createMountTarget(c *call) error {
	const action = "CreateMountTarget"
	fs := c.attr("fileSystemId")
	if _, ok := c.get(typeFileSystem, fs); !ok && c.on(ruleFileSystemExists) {
		return c.refuse(action, ruleFileSystemExists, fs)
	}
	sub, err := c.needSubnet(action, c.attr("subnetId"))
	if err != nil {
		return err
	}
	for _, o := range c.find(typeMountTarget, where("fileSystemId", fs)) {
		other, ok := c.get(typeSubnet, str(o.Attrs, "subnetId"))
		if !ok {
			continue
		}
		if str(other.Attrs, "vpcId") != str(sub.Attrs, "vpcId") && c.on(ruleMountVPC) {
			return c.refuse(action, ruleMountVPC)
		}
		if str(other.Attrs, "availabilityZoneId") == str(sub.Attrs, "availabilityZoneId") && c.on(ruleMountZone) {
			return c.refuse(action, ruleMountZone)
		}
	}
	if err := c.mountGroups(action, strs(c.in, "securityGroups")); err != nil {
		return err
	}
	if !has(sub.Attrs, "cidrBlock") {
		return nil
	}
	if c.freeIn(sub) < 1 && c.on(ruleMountAddress) {
		return c.refuse(action, ruleMountAddress)
	}
	e, err := c.attach(eni{subnet: sub.ID, owner: "efs", description: fmt.Sprintf("EFS mount target for %s (%s)", fs, c.obj.ID),
		groups: strs(c.in, "securityGroups"), attrs: map[string]any{"mountTargetId": c.obj.ID}})
	if err != nil {
		return fmt.Errorf("%s: operation error EFS: %s, api error %w", c.doing(), action, err)
	}
	c.set("networkInterfaceId", e.ID)
	c.setDefault("ipAddress", strs(e.Attrs, "privateIps")[0])
	c.setDefault("securityGroups", []any{})
	c.set("availabilityZoneId", str(sub.Attrs, "availabilityZoneId"))
	c.set("availabilityZoneName", str(sub.Attrs, "availabilityZone"))
	c.set("dnsName", fmt.Sprintf("%s.efs.%s.amazonaws.com", fs, c.region()))
	c.set("mountTargetDnsName", fmt.Sprintf("%s.%s.efs.%s.amazonaws.com", str(sub.Attrs, "availabilityZone"), fs, c.region()))
	c.set("fileSystemArn", fmt.Sprintf("arn:aws:elasticfilesystem:%s:%s:file-system/%s", c.region(), c.account(), fs))
	c.set("ownerId", c.account())
	return nil
}

var _ = register(typeAccessPoint, &kind{
	service: "EFS", noun: "Access Point", id: "fsap-", arn: "arn:aws:elasticfilesystem:{region}:{account}:access-point/{id}",
	create: func(c *call) error {
		fs := c.attr("fileSystemId")
		if _, ok := c.get(typeFileSystem, fs); !ok && c.on(ruleFileSystemExists) {
			return c.refuse("CreateAccessPoint", ruleFileSystemExists, fs)
		}
		c.set("fileSystemArn", fmt.Sprintf("arn:aws:elasticfilesystem:%s:%s:file-system/%s", c.region(), c.account(), fs))
		c.set("ownerId", c.account())
		return nil
	},
})
