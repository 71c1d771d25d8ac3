package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/stacks/config"
)

// recorded are tools that answer what the real ones were seen to answer.
type recorded map[string]string

func (r recorded) Run(_ context.Context, name string, args ...string) (string, error) {
	out, ok := r[strings.Join(append([]string{name}, args...), " ")]
	if !ok {
		return "", &exec.Error{Name: name, Err: exec.ErrNotFound}
	}
	if text, failed := strings.CutPrefix(out, "! "); failed {
		return "", errors.New(text)
	}
	return out, nil
}

// good are tools that will do, in the form in which each prints its version.
func good() recorded {
	return recorded{
		"pulumi version":                         "v3.250.0\n",
		"go version":                             "go version go1.26.0 linux/amd64\n",
		"aws --version":                          "aws-cli/2.31.30 Python/3.13.9 Linux/6.8.0 exe/x86_64.ubuntu.24\n",
		"kubectl version --client --output=json": `{"clientVersion":{"major":"1","minor":"36","gitVersion":"v1.36.3"},"kustomizeVersion":"v5.8.0"}`,
		"pulumi whoami --json --non-interactive": `{"user":"deployer","url":"s3://states?region=eu-west-1&awssdk=v2"}`,
	}
}

const key = "awskms://alias/pulumi?region=eu-west-1"

// said is a check in one line.
func said(c Check) string {
	out := fmt.Sprintf("%s %s: %s", c.Level, c.Area, c.Found)
	if c.Do != "" {
		out += "; " + c.Do
	}
	return out
}

func TestToolsAndBackend(t *testing.T) {
	tests := map[string]struct {
		tool, says, secrets string
		want                string // of the check that is not ok
	}{
		"all is well":               {secrets: key},
		"no pulumi":                 {"pulumi version", "", key, "failed tools: pulumi is not on PATH; make pulumi builds it and prints where it is"},
		"an old pulumi":             {"pulumi version", "v3.249.9", key, "failed tools: pulumi 3.249.9; use 3.250.0 or newer"},
		"a pulumi of one's own":     {"pulumi version", "v3.251.0-dev.0", key, ""},
		"an old Go":                 {"go version", "go version go1.25.4 darwin/arm64", key, "failed tools: go 1.25.4; use 1.26.0 or newer"},
		"the last aws of old":       {"aws --version", "aws-cli/1.23.9 Python/3.8.10 Linux/5 botocore/1.25", key, "failed tools: aws 1.23.9; use 1.24.0 or newer"},
		"the oldest aws of one":     {"aws --version", "aws-cli/1.24.0 Python/3.8.10 Linux/5 botocore/1.26", key, ""},
		"an old aws of two":         {"aws --version", "aws-cli/2.6.4 Python/3.9", key, "failed tools: aws 2.6.4; use 2.7.0 or newer"},
		"something else called aws": {"aws --version", "hello", key, `failed tools: aws --version says "hello", which names no version; run it by hand, and see what is first on PATH`},
		"a tool that fails":         {"aws --version", "! exit status 1", key, "failed tools: aws --version fails: exit status 1; run it by hand"},
		"kubectl one minor older":   {"kubectl version --client --output=json", `{"clientVersion":{"gitVersion":"v1.35.0"}}`, key, ""},
		"kubectl two minors older":  {"kubectl version --client --output=json", `{"clientVersion":{"gitVersion":"v1.34.1"}}`, key, "warning tools: kubectl 1.34.1; use 1.36: it is more than one minor away from the API server"},
		"nobody is logged in": {"pulumi whoami --json --non-interactive", "! PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions", key,
			"failed backend: pulumi is not logged in, or cannot reach its backend: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions; pulumi login s3://<bucket>, the bucket that bootstrap made (docs/real-account.md)"},
		"states on this machine": {"pulumi whoami --json --non-interactive", `{"user":"me","url":"file://~"}`, key,
			"failed backend: states are in file://~, on this machine only: nobody else sees them or their locks; pulumi login s3://<bucket>, the bucket that bootstrap made (docs/real-account.md)"},
		"Pulumi Cloud":      {"pulumi whoami --json --non-interactive", `{"user":"me","url":"https://app.pulumi.com/me"}`, key, ""},
		"a passphrase":      {"go version", "go version go1.26.1 linux/amd64", "passphrase://", "warning backend: secrets in the state are encrypted by a passphrase, which is handed from person to person and never changed; pulumi stack change-secrets-provider awskms://alias/<key>"},
		"no stack was made": {"go version", "go version go1.27 linux/amd64", "", "unknown backend: the stack file names no secrets provider: the stack was not made yet, or the backend has its own; pulumi stack init <stack> --secrets-provider awskms://alias/<key>, the key that bootstrap made"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := good()
			if tt.tool != "" {
				r[tt.tool] = tt.says
			}
			if tt.tool != "" && tt.says == "" {
				delete(r, tt.tool)
			}
			checks := append(tools(t.Context(), r, Need{Kubernetes: "1.36"}), backend(t.Context(), r, tt.secrets)...)
			got := ""
			for _, c := range checks {
				if c.Level != OK {
					got += said(c)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("checks (-want +got):\n%s", diff)
			}
			if len(checks) < 5 {
				t.Errorf("%d checks, want one of each tool at least", len(checks))
			}
		})
	}
}

// account is one that answers as told.
type account struct {
	id, arn string
	err     error
	up      bool
	limits  map[string]Limit
}

func (a account) Caller(context.Context) (string, string, error) { return a.id, a.arn, a.err }
func (a account) Record(context.Context, string) (bool, error)   { return a.up, nil }
func (a account) Quota(_ context.Context, service, code string) (Limit, error) {
	l, ok := a.limits[service+" "+code]
	if !ok {
		return Limit{}, ErrNoQuota
	}
	return l, nil
}

func TestTheAccount(t *testing.T) {
	need := Need{Stack: "dev", AccountID: "111111111111", DeployerRoleARN: "arn:aws:iam::111111111111:role/team/ladder-deployer",
		Quotas: []Quota{{Name: "VPCs per Region", Service: "vpc", Code: "L-F678F1CE", Part: 2, Of: "networks made here"}}}
	const arn = "arn:aws:sts::111111111111:assumed-role/ladder-deployer/me"
	vpcs := func(l Limit) map[string]Limit { return map[string]Limit{"vpc L-F678F1CE": l} }
	tests := map[string]struct {
		in   account
		want []string
	}{
		"room for exactly this": {account{id: "111111111111", arn: arn, limits: vpcs(Limit{5, true, 3, true})},
			[]string{"ok credentials: they are of the deployer, in account 111111111111", "ok quotas: VPCs per Region: 5, 3 in use, the stack takes 2 (networks made here)"}},
		"one too many": {account{id: "111111111111", arn: arn, limits: vpcs(Limit{5, true, 4, true})},
			[]string{"ok credentials: they are of the deployer, in account 111111111111", "failed quotas: VPCs per Region: 5, 4 in use, the stack takes 2 (networks made here); " +
				"have it raised to 6 or more: aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-F678F1CE --desired-value 6"}},
		"a stack that is up is among what is in use": {account{id: "111111111111", arn: arn, up: true, limits: vpcs(Limit{5, true, 5, true})},
			[]string{"ok credentials: they are of the deployer, in account 111111111111", "ok quotas: VPCs per Region: 5, the stack takes 2 (networks made here) and is up"}},
		"nobody says what is in use": {account{id: "111111111111", arn: arn, limits: vpcs(Limit{5, true, 0, false})},
			[]string{"ok credentials: they are of the deployer, in account 111111111111", "unknown quotas: VPCs per Region: 5, the stack takes 2 (networks made here); AWS does not say how much is in use"}},
		"a code that AWS does not know": {account{id: "111111111111", arn: arn},
			[]string{"ok credentials: they are of the deployer, in account 111111111111", "unknown quotas: VPCs per Region (L-F678F1CE) cannot be read: AWS knows no such quota; look at it in the console of Service Quotas"}},
		"another account, whose quotas say nothing": {account{id: "222222222222", arn: arn, limits: vpcs(Limit{0, true, 0, true})},
			[]string{"failed credentials: they are of account 222222222222, dev is in 111111111111; use a profile of that account: the provider refuses every other", "unknown quotas: not asked: the credentials are of no use for it"}},
		"somebody else": {account{id: "111111111111", arn: "arn:aws:iam::111111111111:user/me", limits: vpcs(Limit{5, true, 0, true})},
			[]string{"failed credentials: they are of arn:aws:iam::111111111111:user/me, and the clusters know arn:aws:iam::111111111111:role/team/ladder-deployer as their deployer; assume that role, or correct environment.deployerRoleArn: an up as somebody else makes a cluster that it cannot write to",
				"ok quotas: VPCs per Region: 5, 0 in use, the stack takes 2 (networks made here)"}},
		"none at all": {account{err: errors.New("no EC2 IMDS role found")},
			[]string{"failed credentials: there are none that AWS takes: no EC2 IMDS role found; aws sso login, or AWS_PROFILE; see aws sts get-caller-identity", "unknown quotas: not asked: the credentials are of no use for it"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, c := range Examine(t.Context(), Patient{Need: need, Tools: good(), Account: tt.in, SecretsProvider: key}) {
				if c.Area == "credentials" || c.Area == "quotas" {
					got = append(got, said(c))
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("checks (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWorst(t *testing.T) {
	levels := func(in ...Level) (out []Check) {
		for _, l := range in {
			out = append(out, Check{Level: l})
		}
		return out
	}
	for want, in := range map[Level][]Check{OK: nil, Unknown: levels(OK, Unknown), Warning: levels(Warning, Unknown, OK), Failed: levels(OK, Failed, Warning)} {
		if got := Worst(in); got != want {
			t.Errorf("%v is %s, want %s", in, got, want)
		}
	}
}

// TestNeedOfTheShippedStacks: what dev takes, worked out by hand from its file.
func TestNeedOfTheShippedStacks(t *testing.T) {
	text, err := os.ReadFile("../../../Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cfg, found := config.LoadBytes("dev", text, "dev")
	if len(found.Errors()) > 0 {
		t.Fatal(found)
	}
	need := NeedOf("dev", cfg, func(string) string { return "1.36" })
	var got []string
	for _, q := range need.Quotas {
		got = append(got, fmt.Sprintf("%d %s", q.Part, q.Name))
	}
	want := []string{
		"1 VPCs per Region", "1 NAT gateways per Availability Zone", "1 EC2-VPC Elastic IPs", "1 EKS clusters",
		"8 Running On-Demand Standard instances, in vCPU", // 4 nodes of 2
		"48 Standard Spot instance requests, in vCPU",     // 6 nodes of 4, and 6 more while they roll over three zones
		"2 Application Load Balancers per Region",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("needs (-want +got):\n%s", diff)
	}
	if !slices.Equal(need.PrivateOnly, []string{"dev-main"}) {
		t.Errorf("private: %v", need.PrivateOnly)
	}
}
