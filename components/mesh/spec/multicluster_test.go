package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/internal/finding"
)

func said(l finding.List) []string {
	var out []string
	for _, f := range l {
		out = append(out, f.String())
	}
	return out
}

const (
	rootOne = "arn:aws:acm-pca:ap-northeast-2:444444444444:certificate-authority/11111111-2222-3333-4444-555555555555"
	rootTwo = "arn:aws:acm-pca:ap-northeast-2:444444444444:certificate-authority/66666666-7777-8888-9999-000000000000"
)

func TestCA(t *testing.T) {
	tests := map[string]struct {
		ca    CA
		plane string
		want  []string
	}{
		"a root of AWS Private CA":       {CA{Roots: map[string]string{"r1": rootOne}, Issuing: "r1", Until: "2029-11-30"}, Ambient, nil},
		"two while one root takes over":  {CA{Roots: map[string]string{"r1": rootOne, "r2": rootTwo}, Issuing: "r1", Until: "2029-11-30", SigningAlgorithm: SignRSA}, Sidecar, nil},
		"a development root":             {CA{Roots: map[string]string{"dev": Development}, Issuing: "dev"}, Ambient, nil},
		"nothing at all":                 {CA{}, Sidecar, []string{"ca.roots: has no root; name one, for example r1: the ARN of a root in AWS Private CA"}},
		"two roots of an ambient mesh":   {CA{Roots: map[string]string{"r1": Development, "r2": Development}, Issuing: "r1"}, Ambient, []string{"ca.roots: has 2 roots, and ztunnel trusts one (istio#47427, istio#61719); keep one; another root needs a new cluster, or an outage"}},
		"an issuing root that is not":    {CA{Roots: map[string]string{"root-one": Development}, Issuing: "root-on"}, Sidecar, []string{`ca.issuing: "root-on" is none of the roots; did you mean "root-one"?`}},
		"no issuing root":                {CA{Roots: map[string]string{"r1": Development}}, Sidecar, []string{"ca.issuing: is missing; name the root that signs, for example r1"}},
		"no end":                         {CA{Roots: map[string]string{"r1": rootOne}, Issuing: "r1"}, Sidecar, []string{"ca.until: is missing; give the day on which the intermediates end, for example three years from now"}},
		"an end that is no day":          {CA{Roots: map[string]string{"r1": rootOne}, Issuing: "r1", Until: "2029-11"}, Sidecar, []string{`ca.until: "2029-11" is not a day; write it as 2029-11-30`}},
		"an end of development":          {CA{Roots: map[string]string{"r1": Development}, Issuing: "r1", Until: "2029-11-30"}, Sidecar, []string{"ca.until: has no effect on development roots, which are renewed 90 days before their end; remove it"}},
		"a root in another region":       {CA{Roots: map[string]string{"r1": "arn:aws:acm-pca:eu-west-1:444444444444:certificate-authority/11111111-2222-3333-4444-555555555555"}, Issuing: "r1", Until: "2029-11-30"}, Sidecar, []string{"ca.roots.r1: is in region eu-west-1, and AWS Private CA answers only in its own; use one in ap-northeast-2"}},
		"an ARN of ACM":                  {CA{Roots: map[string]string{"r1": "arn:aws:acm:ap-northeast-2:444444444444:certificate/1"}, Issuing: "r1", Until: "2029-11-30"}, Sidecar, []string{`ca.roots.r1: "arn:aws:acm:ap-northeast-2:444444444444:certificate/1" is not the ARN of a certificate authority; use arn:aws:acm-pca:<region>:<account>:certificate-authority/<id>, or the word development`}},
		"one root twice":                 {CA{Roots: map[string]string{"r1": rootOne, "r2": rootOne}, Issuing: "r1", Until: "2029-11-30"}, Sidecar, []string{"ca.roots.r2: is the same authority as r1; keep one"}},
		"two kinds":                      {CA{Roots: map[string]string{"r1": rootOne, "r2": Development}, Issuing: "r1", Until: "2029-11-30"}, Sidecar, []string{"ca.roots: mixes roots of AWS Private CA with development roots; use one kind"}},
		"a signature that nothing takes": {CA{Roots: map[string]string{"r1": rootOne}, Issuing: "r1", Until: "2029-11-30", SigningAlgorithm: "SHA256WITHECDS"}, Sidecar, []string{`ca.signingAlgorithm: "SHA256WITHECDS" is not an algorithm that a root here may sign with; did you mean "SHA256WITHECDSA"?`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, said(tt.ca.Validate("ca", "ap-northeast-2", tt.plane))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// linked is a mesh of two clusters with a link, changed by edit.
func linked(edit func(*Config)) Config {
	c := Config{
		CA:         &CA{Roots: map[string]string{"dev": Development}, Issuing: "dev"},
		Namespaces: map[string]Namespace{"apps": {Waypoint: &Waypoint{}}, "plain": {}},
		Links: map[string]Link{"pair": {Between: []string{"main", "data"}, Services: map[string]LinkedService{
			"reviews": {Namespace: "apps", Service: "reviews", Port: 9080, In: []string{"data"}, Failover: true}}}},
	}
	if edit != nil {
		edit(&c)
	}
	return c.WithDefaults()
}

func places(edit func(map[string]Place)) map[string]Place {
	out := map[string]Place{
		"main":  {Network: "main", Blocks: []string{"10.80.0.0/16", "100.80.0.0/16"}, PodBlocks: []string{"100.80.0.0/16"}, Zones: []string{"az1", "az2"}},
		"data":  {Network: "data", Blocks: []string{"10.81.0.0/16", "100.81.0.0/16"}, PodBlocks: []string{"100.81.0.0/16"}, Peered: []string{"main"}, Zones: []string{"az1", "az2"}},
		"other": {Network: "main", Blocks: []string{"10.80.0.0/16"}, PodBlocks: []string{"100.80.0.0/16"}},
	}
	if edit != nil {
		edit(out)
	}
	return out
}

func TestLinks(t *testing.T) {
	between := func(clusters ...string) func(*Config) {
		return func(c *Config) { c.Links = map[string]Link{"pair": {Between: clusters}} }
	}
	service := func(edit func(*LinkedService)) func(*Config) {
		return func(c *Config) {
			s := c.Links["pair"].Services["reviews"]
			edit(&s)
			c.Links["pair"].Services["reviews"] = s
		}
	}
	one := func(network string) func(*Config) {
		return func(c *Config) {
			c.Clusters = map[string]Cluster{"main": {MeshNetwork: network}, "data": {MeshNetwork: network}}
		}
	}
	addresses := func(m map[string]string) func(*Config) {
		return func(c *Config) { c.Clusters = map[string]Cluster{"main": {EastWestAddresses: m}} }
	}
	tests := map[string]struct {
		config func(*Config)
		places func(map[string]Place)
		want   []string
	}{
		"two clusters in two networks": {nil, nil, nil},
		"two clusters in one network":  {between("main", "other"), nil, nil},
		"one cluster":                  {between("main"), nil, []string{"links.pair.between: names 1 different clusters; name two clusters of this stack"}},
		"a cluster with itself":        {between("main", "main"), nil, []string{"links.pair.between: names 1 different clusters; name two clusters of this stack"}},
		"a cluster that is not there":  {between("main", "date"), nil, []string{`links.pair.between: "date" is no cluster of this stack; did you mean "data"?`}},
		"a cluster without a mesh": {func(c *Config) { c.Clusters = map[string]Cluster{"data": {Disabled: true}} }, nil, []string{
			`links.pair.between: "data" has no mesh; remove the link, or clusters.data.disabled`}},
		"two links of the same two": {func(c *Config) { c.Links["twin"] = Link{Between: []string{"data", "main"}} }, nil, []string{
			"links.twin.between: links data and main, as links.pair does; keep one, and move its services there"}},
		"two clusters of one other network": {func(c *Config) { c.Links["second"] = Link{Between: []string{"other", "data"}} }, nil, []string{
			"links.second.between: links data with other, as links.pair does with main of the same network main, and EC2 takes a rule for the same block only once; link data with one of them"}},
		"two data planes": {func(c *Config) {
			c.Clusters, c.Links["pair"] = map[string]Cluster{"data": {DataPlane: Sidecar}}, Link{Between: []string{"main", "data"}}
		}, nil, []string{
			"links.pair.between: main is ambient and data is sidecar, whose east-west gateways speak different protocols (HBONE and SNI); give both the same data plane"}},
		"no root in common": {func(c *Config) { c.CA = nil }, nil, []string{
			`links.pair: main and data have the trust domain "cluster.local" and different roots: each istiod makes its own; give mesh.ca a root that both share`}},
		"no way between the networks": {nil, func(p map[string]Place) {
			p["data"] = Place{Network: "data", Blocks: p["data"].Blocks, Zones: p["data"].Zones}
		}, []string{
			"links.pair.between: main is in network main and data in data, and nothing leads from one to the other; add a peering entry to networks.main with network: data"}},
		"one mesh network over pod blocks that overlap": {one("flat"), func(p map[string]Place) {
			d := p["data"]
			d.PodBlocks = []string{"100.80.128.0/17"}
			p["data"] = d
		}, []string{`clusters.data.meshNetwork: is "flat", as for main, although the pods of both take addresses from 100.80.0.0/16 and 100.80.128.0/17, which overlap; give each cluster a mesh network of its own, or leave it out`}},
		"one mesh network": {one("flat"), nil, []string{
			`clusters.data.meshNetwork: is "flat", as for main; links go through east-west gateways, which need two networks; give each cluster a mesh network of its own, or leave it out`}},
		"an existing VPC": {nil, func(p map[string]Place) { m := p["main"]; m.Existing = true; p["main"] = m }, []string{
			"clusters.main.eastWestAddresses: is missing, and the subnets of an existing VPC are not ours to choose from; give one free address of a private subnet for each zone"}},
		"addresses of the network": {addresses(map[string]string{"az1": "10.80.1.9", "az2": "10.80.2.9"}), nil, nil},
		"addresses elsewhere": {addresses(map[string]string{"az1": "10.99.1.9", "az2": "here", "az9": "10.80.1.9"}), nil, []string{
			"clusters.main.eastWestAddresses.az1: 10.99.1.9 is in no block of network main; use an address of the private subnet in this zone",
			`clusters.main.eastWestAddresses.az2: "here" is not an address; write it as 10.0.0.200`,
			`clusters.main.eastWestAddresses.az9: "az9" is no zone of network main; did you mean "az1"?`}},
		"a service that is not well named": {service(func(s *LinkedService) {
			s.Namespace, s.Service, s.Port, s.Protocol, s.In = "app", "Reviews", 0, "htp", []string{"other"}
		}), nil, []string{
			`links.pair.services.reviews.namespace: "app" is no namespace of the mesh; did you mean "apps"?`,
			`links.pair.services.reviews.service: "Reviews" cannot be a service's name; use the name of a Kubernetes service`,
			"links.pair.services.reviews.port: 0 is not a port; use the port of the service, 1 to 65535",
			`links.pair.services.reviews.protocol: "htp" is not a protocol; did you mean "http"?`,
			`links.pair.services.reviews.in: "other" is not one of the two clusters of the link; use one of data, main`}},
		"failover where nobody looks at requests": {service(func(s *LinkedService) { s.Namespace = "plain" }), nil, []string{
			"links.pair.services.reviews.failover: nothing enforces outlier detection in an ambient namespace without a waypoint (docs/mesh-enforcement.md); give the namespace a waypoint: write waypoint: {}"}},
		"failover of a service with a rule of its own": {func(c *Config) {
			c.Namespaces["apps"] = Namespace{Waypoint: &Waypoint{}, Services: map[string]Service{"reviews": {Traffic: Traffic{Outlier: &Outlier{}}}}}
		}, nil, []string{
			"links.pair.services.reviews.failover: is set for a service that has connections or outlier of its own (namespaces.apps.services.reviews), and Istio takes one of the two rules only; set connections and outlier for the namespace instead"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, said(linked(tt.config).CheckLinks(places(tt.places)))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
