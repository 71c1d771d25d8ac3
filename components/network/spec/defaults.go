package spec

import (
	"maps"
	"slices"

	"github.com/ladder-platform/ladder/components/network/plan"
)

// Modes of NAT.
const (
	NATPerZone = "perZone"
	NATSingle  = "single"
	NATNone    = "none"
)

// AWS's defaults. Source: VPC quotas, facts/platform.json quotas, 2026-11-21.
const (
	defaultElasticIPs   = 5 // per region
	defaultNATAddresses = 2 // Elastic IPs per public NAT gateway; can be raised to 8
	maxNATAddresses     = 8
)

// defaultFlowLogDays keeps a month: long enough for an incident that is
// noticed late, and flow logs are the costliest logs of a network.
const defaultFlowLogDays = 30

// WithDefaults is the configuration with everything filled in that a stack
// file may leave out. It does not change c, and filling in twice changes nothing.
func (c Config) WithDefaults() Config {
	if c.Existing != nil {
		if len(c.Zones) == 0 {
			c.Zones = slices.Sorted(maps.Keys(c.Existing.Subnets.Private))
		}
		return c
	}
	nat := NAT{}
	if c.NAT != nil {
		nat = *c.NAT
	}
	if nat.Mode == "" {
		nat.Mode = NATPerZone
	}
	if nat.Addresses == 0 && nat.Mode != NATNone {
		nat.Addresses = 1
	}
	c.NAT = &nat
	if c.Endpoints == nil {
		c.Endpoints = []string{"s3"}
	}
	logs := FlowLogs{}
	if c.FlowLogs != nil {
		logs = *c.FlowLogs
	}
	if logs.RetentionDays == 0 && !logs.Disabled {
		logs.RetentionDays = defaultFlowLogDays
	}
	c.FlowLogs = &logs
	quotas := Quotas{}
	if c.Quotas != nil {
		quotas = *c.Quotas
	}
	if quotas.ElasticIPs == 0 {
		quotas.ElasticIPs = defaultElasticIPs
	}
	if quotas.NATAddresses == 0 {
		quotas.NATAddresses = defaultNATAddresses
	}
	c.Quotas = &quotas
	return c
}

// Blocks are all IPv4 blocks of the VPC, the primary one first.
func (c Config) Blocks() []string {
	primary, pod := c.CIDR, c.PodCIDR
	if c.Existing != nil {
		primary, pod = c.Existing.CIDR, c.Existing.PodCIDR
	}
	var out []string
	for _, b := range []string{primary, pod} {
		if b != "" {
			out = append(out, b)
		}
	}
	return out
}

// HasPodSubnets says whether pods can have subnets of their own (custom networking).
func (c Config) HasPodSubnets() bool {
	if c.Existing != nil {
		return len(c.Existing.Subnets.Pod) > 0
	}
	return c.PodCIDR != ""
}

// Gateways is the number of NAT gateways that the network makes.
func (c Config) Gateways() int {
	switch c = c.WithDefaults(); {
	case c.Existing != nil, c.NAT.Mode == NATNone, len(c.Zones) == 0:
		return 0
	case c.NAT.Mode == NATSingle:
		return 1
	}
	return len(c.Zones)
}

// ElasticIPs is the number of Elastic IPs that the network takes.
func (c Config) ElasticIPs() int {
	c = c.WithDefaults()
	if c.Existing != nil {
		return 0
	}
	return c.Gateways() * c.NAT.Addresses
}

// InterfaceEndpoints is the number of endpoints that take an address in every private subnet.
func (c Config) InterfaceEndpoints() int {
	n := 0
	for _, e := range c.WithDefaults().Endpoints {
		if !GatewayEndpoint(e) {
			n++
		}
	}
	return n
}

// Layout is the address plan of a network made here; the second result is
// false for an existing VPC and for a configuration that has findings.
func (c Config) Layout() (plan.Layout, bool) {
	if c.Existing != nil {
		return plan.Layout{}, false
	}
	l, err := plan.New(plan.Input{CIDR: c.CIDR, PodCIDR: c.PodCIDR, Zones: c.Zones})
	return l, err == nil
}
