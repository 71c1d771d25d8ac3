package spec

import (
	"maps"
	"slices"
)

// Names that stack files, workflows and docs refer to. They are the same in
// every account, so that a file needs the account's number only.
const (
	DeployerRole = "ladder-deployer"
	PreviewRole  = "ladder-preview"
	NightlyRole  = "ladder-nightly"
	ReaderRole   = "ladder-record-reader"
	KeyAlias     = "alias/ladder-state"
)

// Config is what an account needs before the first stack. Config:
// ladder-bootstrap:account of bootstrap/Pulumi.<stage>.yaml.
type Config struct {
	// Region of the state, and of everything else that has one.
	Region string `json:"region"`
	// AccountID is the only account that this may touch, 12 digits.
	AccountID string `json:"accountId" jsonschema:"pattern=^[0-9]{12}$"`
	// Owner is the team that answers for it; it becomes a tag.
	Owner string `json:"owner"`
	// Protect keeps everything from being deleted; nil means true. The state of
	// every stack is in here.
	Protect *bool `json:"protect,omitempty"`
	// GitHub lets workflows of one repository take the roles; nil means none.
	GitHub *GitHub `json:"gitHub,omitempty"`
	// GitLab lets pipelines of one project take the roles; nil means none.
	GitLab *GitLab `json:"gitLab,omitempty"`
	// Deployers are ARNs of roles of people who may take the deployer's role too,
	// for the first deployment and for repairs.
	Deployers []string `json:"deployers,omitempty"`
	// Readers are ARNs of the deployers of stages that follow this one: they may
	// read what ran here (promotion.reader), and nothing else.
	Readers []string `json:"readers,omitempty"`
	// Zone is a public DNS zone made here, for stacks that take it by its ID;
	// empty means that stacks make their own.
	Zone string `json:"zone,omitempty"`
	// ServiceRoles are the services whose service-linked roles are made; left out
	// means all that a stack needs. A role that an account has already cannot be
	// made again: name those that are missing.
	ServiceRoles []string `json:"serviceRoles,omitzero"`
	// Quotas that AWS is asked to raise, by name: vpcs, natGateways, elasticIps,
	// eksClusters, onDemandVcpus, spotVcpus, applicationLoadBalancers, networkLoadBalancers.
	Quotas map[string]int `json:"quotas,omitempty"`
	// MeshRoot is a root in AWS Private CA for mesh.ca.roots; nil means none. It
	// costs by the month, and its key never leaves AWS.
	MeshRoot *MeshRoot `json:"meshRoot,omitempty"`
	// Tags on every resource.
	Tags map[string]string `json:"tags,omitempty"`
}

// GitHub is one repository with three protected environments.
type GitHub struct {
	// Repository as owner/name.
	Repository string `json:"repository"`
	// DeployEnvironment whose jobs may deploy: protect it, and let it take the
	// main branch only.
	DeployEnvironment string `json:"deployEnvironment"`
	// PreviewEnvironment whose jobs may read: its approval is what stands between
	// a pull request's code and the account.
	PreviewEnvironment string `json:"previewEnvironment"`
	// NightlyEnvironment whose jobs look for drift and write down the health: let it
	// take the main branch only; nobody approves at night.
	NightlyEnvironment string `json:"nightlyEnvironment"`
}

// GitLab is one project.
type GitLab struct {
	// URL of the instance; empty means https://gitlab.com.
	URL string `json:"url,omitempty"`
	// Project as group/name, with all groups.
	Project string `json:"project"`
	// Branch that may deploy: a protected one.
	Branch string `json:"branch"`
}

// MeshRoot is the root certificate of meshes.
type MeshRoot struct {
	// CommonName of the root, for example "example mesh root 2026".
	CommonName string `json:"commonName"`
	// Years until it ends, 2 to 20; 0 means 10.
	Years int `json:"years,omitempty"`
}

// Quota is a service quota by its codes. Source: Service Quotas, as listed in
// public exports of list-service-quotas, read 2026-11; that of EKS: facts.
type Quota struct{ Service, Code string }

// Quotas by the names of the configuration.
var Quotas = map[string]Quota{
	"vpcs": {"vpc", "L-F678F1CE"}, "natGateways": {"vpc", "L-FE5A380F"}, "elasticIps": {"ec2", "L-0263D0A3"}, "eksClusters": {"eks", "L-1194D53C"},
	"onDemandVcpus": {"ec2", "L-1216C47A"}, "spotVcpus": {"ec2", "L-34B43A08"},
	"applicationLoadBalancers": {"elasticloadbalancing", "L-53DA6B97"}, "networkLoadBalancers": {"elasticloadbalancing", "L-69A177A2"},
}

// ServiceRoles are the services whose roles stacks need: control planes and node
// groups, what EKS scales nodes with, load balancers, spot nodes. AWS makes each
// when it is first used, if the caller may; making them here spares the deployer
// iam:CreateServiceLinkedRole. Source: EKS user guide, "Using service-linked
// roles"; ELB, EC2 Auto Scaling and EC2 user guides, read 2026-11.
var ServiceRoles = []string{
	"autoscaling.amazonaws.com", "eks-nodegroup.amazonaws.com", "eks.amazonaws.com", "elasticloadbalancing.amazonaws.com", "spot.amazonaws.com",
}

// GitHubIssuer is the issuer of GitHub's tokens. Source: GitHub docs, "OpenID
// Connect reference", read 2026-11.
const GitHubIssuer = "https://token.actions.githubusercontent.com"

const (
	defaultGitLab = "https://gitlab.com"
	defaultYears  = 10
)

// WithDefaults is the configuration with what a file may leave out.
func (c Config) WithDefaults() Config {
	if c.Protect == nil {
		on := true
		c.Protect = &on
	}
	if c.GitLab != nil && c.GitLab.URL == "" {
		g := *c.GitLab
		g.URL = defaultGitLab
		c.GitLab = &g
	}
	if c.MeshRoot != nil && c.MeshRoot.Years == 0 {
		m := *c.MeshRoot
		m.Years = defaultYears
		c.MeshRoot = &m
	}
	if c.ServiceRoles == nil {
		c.ServiceRoles = slices.Clone(ServiceRoles)
	}
	return c
}

// BucketName is the state bucket's: names of buckets are the world's, so the
// account's number is in it.
func (c Config) BucketName() string { return "ladder-state-" + c.AccountID + "-" + c.Region }

// RoleARN is a role of this account.
func (c Config) RoleARN(name string) string { return "arn:aws:iam::" + c.AccountID + ":role/" + name }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
