package contract_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/stacks/contract"
)

// example is a complete contract, with a cluster that is one release behind.
func example() contract.V1 {
	return contract.V1{
		Version: contract.Version, Stack: "prd", Stage: "prd", Region: "ap-northeast-2", AccountID: "333333333333",
		Release: "2026.11", Kubernetes: "1.36",
		Networks: map[string]contract.NetworkV1{"main": {
			VPCID: "vpc-0123456789abcdef0", CIDRs: []string{"10.48.0.0/16", "100.66.0.0/16"}, Zones: []string{"apne2-az1", "apne2-az2"},
			PrivateSubnets: map[string]string{"apne2-az1": "subnet-00000001", "apne2-az2": "subnet-00000002"},
			PublicSubnets:  map[string]string{"apne2-az1": "subnet-00000003", "apne2-az2": "subnet-00000004"},
			PodSubnets:     map[string]string{}, NATAddresses: []string{"203.0.113.10"},
		}},
		Clusters: map[string]contract.ClusterV1{"main": {
			Name: "prd-main", ARN: "arn:aws:eks:ap-northeast-2:333333333333:cluster/prd-main",
			Endpoint: "https://example.gr7.ap-northeast-2.eks.amazonaws.com", CertificateAuthority: "LS0t",
			OIDCIssuer: "https://oidc.eks.ap-northeast-2.amazonaws.com/id/EXAMPLE", ClusterSecurityGroupID: "sg-00000001",
			NodeRoleARN: "arn:aws:iam::333333333333:role/nodes", Network: "main", Release: "2026.08", Kubernetes: "1.35",
			Observability: &contract.ObservabilityV1{
				Namespace: "observability", OTLPEndpoint: "collector-gateway.observability.svc.cluster.local:4317",
				RemoteWriteURL: "http://metrics-prometheus.observability.svc.cluster.local:9090/api/v1/write", GrafanaURL: "https://grafana.example.com",
			},
		}},
		Edge: &contract.EdgeV1{
			Domain: "example.com", ZoneID: "Z0123456789", NameServers: []string{"ns-1.awsdns-01.org"}, ApplicationDNSName: "prd-application-1.elb.amazonaws.com",
			Addresses: []string{}, ApplicationHosts: []string{"shop.example.com"}, ManagementHosts: []string{},
		},
	}
}

func TestRoundTrip(t *testing.T) {
	text, err := contract.Encode(example())
	if err != nil {
		t.Fatal(err)
	}
	got, err := contract.Decode(text, true)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(example(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var output map[string]any // as a StackReference gives it
	if err := json.Unmarshal(text, &output); err != nil {
		t.Fatal(err)
	}
	got, err = contract.Decode(output, true)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(example(), got); diff != "" {
		t.Errorf("from an output (-want +got):\n%s", diff)
	}
}

func TestEncodeFillsTheVersionIn(t *testing.T) {
	c := example()
	c.Version = ""
	text, err := contract.Encode(c)
	if err != nil || !strings.Contains(string(text), `"version":"v1"`) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	without := func(change func(*contract.V1)) string {
		c := example()
		change(&c)
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	tests := map[string]struct{ text, want string }{
		"no JSON": {"", "contract: the output is not an object with a version: unexpected end of JSON input"},
		"a list":  {"[]", "contract: the output is not an object with a version: json: cannot unmarshal array into Go value of type struct { Version string \"json:\\\"version\\\"\" }"},
		"no version": {`{"stack": "prd"}`,
			`contract: version is missing, want "v1"; give the stack output named contract`},
		"a newer version": {`{"version": "v2"}`,
			`contract: version is "v2", this package reads "v1"; use the package of that version`},
		"a near version": {`{"version": "v10"}`,
			`contract: version is "v10", this package reads "v1"; use the package of that version`},
		"all that is missing at once": {without(func(c *contract.V1) {
			n, k := c.Networks["main"], c.Clusters["main"]
			n.VPCID, n.PrivateSubnets = "", map[string]string{"apne2-az2": "subnet-00000002"}
			k.ARN, k.Network = "", "mian"
			c.Region, c.Networks["main"], c.Clusters["main"] = "", n, k
		}), strings.Join([]string{
			`contract.region: is missing; export it`,
			`contract.networks.main.vpcId: is missing; export it`,
			`contract.networks.main.privateSubnets.apne2-az1: is missing; export it`,
			`contract.clusters.main.arn: is missing; export it`,
			`contract.clusters.main.network: there is no network "mian"; use a key of contract.networks`,
		}, "\n")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := contract.Decode([]byte(tt.text), false)
			if err == nil {
				t.Fatal("it was accepted")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEncodeRefusesWhatIsIncomplete(t *testing.T) {
	c := example()
	c.AccountID = ""
	if text, err := contract.Encode(c); err == nil || err.Error() != "contract.accountId: is missing; export it" {
		t.Errorf("%s, %v", text, err)
	}
}

func TestAFieldOfANewerStackIsStrictlyRefusedOnly(t *testing.T) {
	text, err := contract.Encode(example())
	if err != nil {
		t.Fatal(err)
	}
	newer := []byte(strings.Replace(string(text), `"stack":`, `"later":1,"stack":`, 1))
	if got, err := contract.Decode(newer, false); err != nil || got.Stack != "prd" {
		t.Errorf("a reader must ignore it: %v", err)
	}
	if _, err := contract.Decode(newer, true); err == nil || !strings.Contains(err.Error(), `unknown field "later"`) {
		t.Errorf("strictly it is refused by name, got %v", err)
	}
}

func TestDecodeRefusesOutputs(t *testing.T) {
	tests := map[string]struct {
		value any
		want  string
	}{
		"nothing":      {nil, "contract: the stack has no output contract; it has not come up yet, or its name is wrong"},
		"no data":      {func() {}, "contract: the output cannot be read: json: unsupported type: func()"},
		"other output": {map[string]any{"record": "x"}, `contract: version is missing, want "v1"; give the stack output named contract`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := contract.Decode(tt.value, false); err == nil || err.Error() != tt.want {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}
