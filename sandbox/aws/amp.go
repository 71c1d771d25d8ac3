package aws

import (
	"fmt"

	"github.com/ladder-platform/ladder/sandbox/rule"
)

// Amazon Managed Service for Prometheus. Not modelled: samples, quotas of
// series, and labels with limits of their own.
const (
	typeWorkspace       = "aws:amp/workspace:Workspace"
	typeWorkspaceConfig = "aws:amp/workspaceConfiguration:WorkspaceConfiguration"

	// workspaceDays that samples are kept unless a configuration says otherwise,
	// and the most that one may say. Source: AMP user guide, service quotas,
	// from memory (medium).
	workspaceDays     = 150
	mostWorkspaceDays = 1095
)

var (
	ruleWorkspaceMissing = rule.Register(rule.Rule{
		Name: "amp.workspace-missing", Service: "amp",
		Source: "AMP API, UpdateWorkspaceConfiguration, ResourceNotFoundException; the message's wording was not seen",
		Text:   "ResourceNotFoundException: Workspace not found",
	})
	ruleWorkspaceDays = rule.Register(rule.Rule{
		Name: "amp.retention", Service: "amp",
		Source: "AMP user guide, quotas, retention of ingested data; the message's wording was not seen",
		Text:   "ValidationException: retentionPeriodInDays %d is not between 1 and 1095",
	})
)

var _ = register(typeWorkspace, &kind{
	service: "AMP", noun: "Workspace", arn: "arn:aws:aps:{region}:{account}:workspace/{id}",
	makeID: func(c *call) string { // a UUID after ws-
		digits := hash("workspace "+string(c.urn), 32)
		return fmt.Sprintf("ws-%s-%s-%s-%s-%s", digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
	},
	create: func(c *call) error {
		c.set("prometheusEndpoint", fmt.Sprintf("https://aps-workspaces.%s.amazonaws.com/workspaces/%s/", c.region(), c.obj.ID))
		c.setDefault("kmsKeyArn", "")
		return nil
	},
})

var _ = register(typeWorkspaceConfig, &kind{
	service: "AMP", noun: "Workspace Configuration", namesClash: true,
	makeID: func(c *call) string { return str(c.in, "workspaceId") },
	create: configureWorkspace, update: configureWorkspace,
	remove: func(*call) error { return nil }, // what it set stays with the workspace
})

func configureWorkspace(c *call) error {
	if _, ok := c.get(typeWorkspace, c.attr("workspaceId")); !ok && c.on(ruleWorkspaceMissing) {
		return c.refuse("UpdateWorkspaceConfiguration", ruleWorkspaceMissing)
	}
	if !has(c.in, "retentionPeriodInDays") {
		c.setDefault("retentionPeriodInDays", workspaceDays)
		return nil
	}
	if days := num(c.in, "retentionPeriodInDays"); (days < 1 || days > mostWorkspaceDays) && c.on(ruleWorkspaceDays) {
		return c.refuse("UpdateWorkspaceConfiguration", ruleWorkspaceDays, days)
	}
	return nil
}
