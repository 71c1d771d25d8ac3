package report

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	stackURN   = "urn:pulumi:dev::ladder::pulumi:pulumi:Stack::ladder-dev"
	networkURN = "urn:pulumi:dev::ladder::ladder:network:Network::network-main"
	clusterURN = "urn:pulumi:dev::ladder::ladder:cluster:Cluster::cluster-main"
)

func op(parent, typ, name, verb string, start, latency time.Duration) Operation {
	return Operation{URN: parent + "$" + typ + "::" + name, Type: typ, Name: name, Parent: parent, Op: verb,
		Start: start, End: start + latency, Latency: latency}
}

// dev is a small run: a network, a cluster in it and the stack's record.
func dev(verb, op1 string) Report {
	return Report{
		Verb: verb, Stack: "dev", Again: "dev --sandbox", Sandbox: ".ladder/sandbox",
		Environment: Environment{Stage: "dev", Region: "ap-northeast-2", AccountID: "111111111111", Release: "2026.08", Kubernetes: "1.36", Protected: true},
		Operations: []Operation{
			{URN: stackURN, Type: stackType, Name: "ladder-dev", Op: op1},
			{URN: networkURN, Type: "ladder:network:Network", Name: "network-main", Parent: stackURN, Op: op1},
			{URN: clusterURN, Type: "ladder:cluster:Cluster", Name: "cluster-main", Parent: stackURN, Op: op1},
			op(stackURN, "pulumi:providers:aws", "aws", op1, 0, 0),
			op(networkURN, "aws:ec2/vpc:Vpc", "network-main-vpc", op1, 0, 2*time.Second),
			op(networkURN, "aws:ec2/subnet:Subnet", "network-main-private-a", op1, 2*time.Second, 2*time.Second),
			op(networkURN, "aws:ec2/subnet:Subnet", "network-main-private-b", op1, 2*time.Second, 2*time.Second),
			op(networkURN, "aws:ec2/natGateway:NatGateway", "network-main-nat-a", op1, 4*time.Second, 100*time.Second),
			op(networkURN, "aws:ec2/natGateway:NatGateway", "network-main-nat-b", op1, 4*time.Second, 90*time.Second),
			op(clusterURN, "aws:eks/cluster:Cluster", "cluster-main-eks", op1, 4*time.Second, 9*time.Minute),
			op(stackURN, "aws:ssm/parameter:Parameter", "record", op1, 10*time.Minute, time.Second),
			op(stackURN, "pulumi:pulumi:StackReference", "self", "read", 0, 0),
		},
		Critical: []string{clusterURN + "$aws:eks/cluster:Cluster::cluster-main-eks"},
		Makespan: 10*time.Minute + time.Second,
		Cost: &Cost{USDMonth: 1250.5, Sources: []string{"pl-seoul: a copy of the price list"}, AsOf: "2026-11-21", Oldest: "2026-10-01", Unknown: []string{"data through NAT gateways"},
			Lines: []CostLine{{Component: "cluster-main", What: "EKS control plane", USDMonth: 73}, {Component: "network-main", What: "2 NAT gateways", USDMonth: 1177.5, Note: "per zone"}}},
	}
}

func text(r Report) string {
	var b strings.Builder
	Write(&b, r, Options{})
	return b.String()
}

func TestPreviewOfAFirstUp(t *testing.T) {
	want := `preview of dev, in the sandbox .ladder/sandbox
  stage dev, account 111111111111, ap-northeast-2, release 2026.08 (Kubernetes 1.36)

What will exist, by component
  network-main       5  5 to create
      2 NAT gateways, 2 subnets, 1 VPC
  cluster-main       1  1 to create
      1 EKS control plane
  stack              1  1 to create
      1 SSM parameter
  in all                7 to create

Steps, in order: about 10m01s on AWS (virtual time; * is on the critical path)
 *   00:04 +9m00s   create EKS control plane cluster-main-eks
     00:04 +1m40s   create 2 NAT gateways: network-main-nat-a, network-main-nat-b
   and 4 operations of less than 30s (--all lists them)

Cost: about $1,250.50 a month, without what depends on use
      $73.00  cluster-main   EKS control plane
   $1,177.50  network-main   2 NAT gateways  (per zone)
  An estimate from list prices, before tax and discounts; collected 2026-11-21, the oldest of 2026-10-01,
  from 1 source (--json says which).
  Not in the sum:
    - data through NAT gateways

Next
  ladder up dev --sandbox      (on the simulated cloud, minutes of virtual time in seconds)
  pulumi up -s dev              (on a real account: docs/real-account.md)
`
	if diff := cmp.Diff(want, text(dev("preview", "create"))); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

func TestWhatDestroysIsShownFirstWithItsReason(t *testing.T) {
	r := dev("preview", "same")
	r.Operations[4].Op, r.Operations[4].Keys, r.Operations[4].Protected = "replace", []string{"cidrBlock"}, true
	r.Operations[5].Op = "replace"
	r.Operations[7].Op = "delete"
	r.Operations[9].Op, r.Operations[9].Changed = "update", []string{"tags.owner"}
	got := text(r)
	for _, want := range []string{
		"!! 2 TO REPLACE, 1 TO DELETE\n",
		"   replace VPC network-main-vpc: because cidrBlock cannot be changed in place; PROTECTED, so the run is refused\n",
		"   replace subnet network-main-private-a: because something that it is built on is replaced\n",
		"   delete NAT gateway network-main-nat-a: the program no longer has it\n",
		"Changed in place\n  tags.owner of EKS control plane cluster-main-eks\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the report lacks %q:\n%s", want, got)
		}
	}
	if strings.Index(got, "!!") > strings.Index(got, "What will exist") {
		t.Error("what destroys must come before what will exist")
	}
}

func TestAFailedUpCountsOnlyWhatWasDone(t *testing.T) {
	r := dev("up", "create")
	r.Operations[8].Failed = true
	r.Operations[9].Unfinished = true
	r.Error = "up of dev failed: NAT gateway: quota"
	r.Messages = []string{"error: NAT gateway: quota", "warning: something else"}
	got := text(r)
	for _, want := range []string{
		"!! FAILED: create NAT gateway network-main-nat-b\n",
		"!! UNFINISHED: create EKS control plane cluster-main-eks\n",
		"5 created\n",
		"Messages\n  warning: something else\n",
		"ladder recover dev --sandbox",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the report lacks %q:\n%s", want, got)
		}
	}
	for _, never := range []string{"Cost:", "NAT gateway: quota", "cluster-main       1"} {
		if strings.Contains(got, never) {
			t.Errorf("the report has %q:\n%s", never, got)
		}
	}
}

func TestWhatChangesAlikeIsOneRow(t *testing.T) {
	r := dev("preview", "same")
	for i := 4; i < 9; i++ {
		r.Operations[i].Op, r.Operations[i].Changed = "update", []string{"tags.owner"}
	}
	got := text(r)
	for _, want := range []string{
		"tags.owner of 5 resources\n      2 NAT gateways, 2 subnets, 1 VPC\n",
		"cluster-main       1  1 unchanged\n  stack",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the report lacks %q:\n%s", want, got)
		}
	}
}

func TestAnEmptyPreviewSaysSoAndNothingElseOfSteps(t *testing.T) {
	got := text(dev("preview", "same"))
	if !strings.Contains(got, "No change: 7 resources are as the program wants them.") {
		t.Errorf("the report does not say that nothing changes:\n%s", got)
	}
	if strings.Contains(got, "Steps, in order") || strings.Contains(got, "!!") {
		t.Errorf("an empty preview shows steps or dangers:\n%s", got)
	}
}

func TestUpShowsHowToReachAndHowToDestroy(t *testing.T) {
	r := dev("up", "create")
	r.Outputs = map[string]any{"clusters": map[string]any{"main": map[string]any{"name": "dev-main"}}, "record": strings.Repeat("x", 300)}
	r.Access = []Access{
		{Cluster: "dev-main", Key: "main", Region: "ap-northeast-2", Private: true,
			Endpoint: "https://abc.eks.amazonaws.com", Bastion: "i-0abc"},
		{Cluster: "dev-blue", Key: "blue", Region: "ap-northeast-2", Private: true},
		{Cluster: "dev-open", Key: "open", Region: "ap-northeast-2"},
	}
	got := text(r)
	for _, want := range []string{
		"aws eks update-kubeconfig --region ap-northeast-2 --name dev-main\n",
		"aws ssm start-session --region ap-northeast-2 --target i-0abc",
		`'{"host":["abc.eks.amazonaws.com"],"portNumber":["443"],"localPortNumber":["8443"]}'`,
		"set clusters.blue.bastion: {}",
		"public, for the CIDRs in clusters.open.endpoint.publicCidrs",
		"to destroy: set environment.protect: false in the stack file, ladder up dev --sandbox, ladder destroy dev --sandbox",
		"      name: dev-main\n",
		strings.Repeat("x", 120) + " …\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the report lacks %q:\n%s", want, got)
		}
	}
}

func TestNext(t *testing.T) {
	failed := dev("up", "create")
	failed.Error = "create failed"
	stopped := dev("up", "create")
	stopped.Error, stopped.Interrupted = "up of dev was interrupted", true
	open := dev("up", "create")
	open.Environment.Protected = false
	late := dev("destroy", "delete")
	late.Kept, late.Again = []string{"log group /aws/eks/dev-main/cluster", "KMS key pending deletion k"}, "dev --sandbox --dir box"
	cases := map[string]struct {
		r    Report
		want string
	}{
		"a failed up is recovered first":         {failed, "ladder recover dev --sandbox   (clears the lock, adopts what exists but was not recorded)"},
		"an interrupted up goes on":              {stopped, "ladder up dev --sandbox   (goes on where it stopped)"},
		"an unprotected stack can be destroyed":  {open, "ladder destroy dev --sandbox"},
		"a preview without change needs nothing": {dev("preview", "same"), "nothing to do: the stack is as its file says"},
		"a refresh is followed by a preview":     {dev("refresh", "refresh"), "ladder preview dev --sandbox   (shows what drifted)"},
		"a late log group is taken away first":   {late, "ladder sandbox drift delete /aws/eks/dev-main/cluster --dir box   (the late log group: the next up would find it in its way;"},
		"a destroy may be undone by an up":       {dev("destroy", "delete"), "ladder up dev --sandbox      (begins again)"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, got := range Next(c.r) {
				if got == c.want {
					return
				}
			}
			t.Errorf("next steps %q lack %q", Next(c.r), c.want)
		})
	}
}

func TestKindAndPlural(t *testing.T) {
	cases := map[string]struct {
		token string
		n     int
		want  string
	}{
		"a usual name":            {"aws:ec2/natGateway:NatGateway", 2, "NAT gateways"},
		"split at capitals":       {"aws:ec2/routeTableAssociation:RouteTableAssociation", 3, "route table associations"},
		"one stays singular":      {"aws:ec2/subnet:Subnet", 1, "subnet"},
		"y becomes ies":           {"aws:iam/policy:Policy", 2, "IAM policies"},
		"s becomes ses":           {"aws:kms/alias:Alias", 2, "KMS aliases"},
		"an acronym takes an s":   {"aws:ec2/vpc:Vpc", 2, "VPCs"},
		"what Pulumi never owns":  {"hidden:ec2/NetworkInterface", 2, "network interfaces"},
		"an object of a cluster":  {"kube:apps/v1/Deployment", 2, "Deployment"},
		"a Kubernetes kind stays": {"kubernetes:core/v1:ConfigMap", 2, "ConfigMap"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := plural(Kind(c.token), c.n); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestUSDAndDuration(t *testing.T) {
	for v, want := range map[float64]string{0: "$0.00", 999.999: "$1,000.00", 1234567.5: "$1,234,567.50", -12: "-$12.00"} {
		if got := USD(v); got != want {
			t.Errorf("USD(%v) = %q, want %q", v, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "0s", 59 * time.Second: "59s", 61 * time.Second: "1m01s", 3700 * time.Second: "1h01m"} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
}
