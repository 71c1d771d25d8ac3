package contract

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Encode writes a contract as JSON and refuses an incomplete one. The version
// is filled in.
func Encode(c V1) ([]byte, error) {
	c.Version = Version
	if err := c.validate().Err(); err != nil {
		return nil, err
	}
	return json.Marshal(c)
}

// validate returns everything that is missing, with its path.
func (c V1) validate() finding.List {
	v := validation{}
	v.given("contract.version", c.Version)
	v.given("contract.stack", c.Stack)
	v.given("contract.stage", c.Stage)
	v.given("contract.region", c.Region)
	v.given("contract.accountId", c.AccountID)
	v.given("contract.release", c.Release)
	v.given("contract.kubernetes", c.Kubernetes)
	for _, key := range slices.Sorted(maps.Keys(c.Networks)) {
		n, at := c.Networks[key], "contract.networks."+key
		v.given(at+".vpcId", n.VPCID)
		v.some(at+".cidrs", len(n.CIDRs))
		v.some(at+".zones", len(n.Zones))
		for _, zone := range n.Zones {
			v.given(at+".privateSubnets."+zone, n.PrivateSubnets[zone])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.Clusters)) {
		k, at := c.Clusters[key], "contract.clusters."+key
		v.given(at+".name", k.Name)
		v.given(at+".arn", k.ARN)
		v.given(at+".endpoint", k.Endpoint)
		v.given(at+".certificateAuthority", k.CertificateAuthority)
		v.given(at+".oidcIssuer", k.OIDCIssuer)
		v.given(at+".clusterSecurityGroupId", k.ClusterSecurityGroupID)
		v.given(at+".nodeRoleArn", k.NodeRoleARN)
		v.given(at+".release", k.Release)
		v.given(at+".kubernetes", k.Kubernetes)
		if _, ok := c.Networks[k.Network]; !ok {
			v.found.Add(at+".network", "use a key of contract.networks", "there is no network %q", k.Network)
		}
	}
	if e := c.Edge; e != nil {
		v.given("contract.edge.domain", e.Domain)
		v.given("contract.edge.zoneId", e.ZoneID)
	}
	return v.found
}

type validation struct{ found finding.List }

func (v *validation) given(path, value string) {
	if value == "" {
		v.found.Add(path, "export it", "is missing")
	}
}

func (v *validation) some(path string, n int) {
	if n == 0 {
		v.found.Add(path, "export it", "is empty")
	}
}
