package observability

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/mocks"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// answer is what AWS would compute.
func answer(args pulumi.MockResourceArgs, out resource.PropertyMap) {
	for _, key := range []resource.PropertyKey{"arn", "bucket", "endpoint", "name", "bootstrapBrokersSaslIam"} {
		if _, given := out[key]; !given {
			out[key] = resource.NewProperty("arn:aws:kafka:r:1:cluster/" + args.Name)
		}
	}
}

// watch registers a section.
func watch(t *testing.T, c spec.Config) mocks.Graph {
	t.Helper()
	zones := []string{"a", "b", "c"}
	subnets := map[string]pulumi.StringInput{}
	for _, z := range zones {
		subnets[z] = pulumi.String("subnet-" + z)
	}
	release := Release{Name: "2026.11", Kubernetes: "1.36", Charts: map[string]Chart{}, Images: map[string]string{}}
	for _, name := range spec.Charts {
		release.Charts[name] = Chart{Name: name, Version: "1.0.0"}
	}
	for _, name := range spec.Images {
		release.Images[name] = name + ":v1"
	}
	taken := &mocks.Recorder{Answer: answer}
	err := taken.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "obs", Args{
			Key: "main", Stack: "dev", Config: c, Clusters: map[string]spec.ClusterInput{"main": {Network: "main", Zones: zones, SecretPrefixes: []string{"platform/"}}}, Release: release,
			Environment: Environment{Stage: "dev", Owner: "platform", Region: "ap-northeast-2", AccountID: "111111111111"},
			Network:     Network{VPCID: pulumi.String("vpc"), CIDRs: []string{"10.0.0.0/16"}, Zones: zones, PrivateSubnets: subnets},
			Cluster:     Cluster{Name: "dev-main", NameOutput: pulumi.String("dev-main"), SecurityGroupID: pulumi.String("sg")},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return taken.Graph()
}

// find is the URN of the first resource of a type whose name begins so.
func find(t *testing.T, g mocks.Graph, typ, name string) string {
	t.Helper()
	for _, urn := range slices.Sorted(maps.Keys(g)) {
		if m := g[urn]; strings.HasSuffix(m.Type, ":"+typ) && strings.HasPrefix(m.Name, "obs-"+name) {
			return urn
		}
	}
	t.Fatalf("no %s obs-%s", typ, name)
	return ""
}

var (
	tracesInJaeger = spec.Config{OpenSearch: &spec.OpenSearch{}, Traces: &spec.Traces{Jaeger: &spec.Jaeger{}}}
	tracesByKafka  = spec.Config{OpenSearch: &spec.OpenSearch{}, Kafka: &spec.Kafka{}, Traces: &spec.Traces{Jaeger: &spec.Jaeger{}, Kafka: true}}
	tracesInTempo  = spec.Config{Traces: &spec.Traces{Tempo: &spec.Tempo{}}}
)

func TestTheOrderOfTraces(t *testing.T) {
	type end struct{ typ, name string }
	for sentence, c := range map[string]struct {
		config   spec.Config
		from, to end
	}{
		"Jaeger waits until OpenSearch knows its role":      {tracesInJaeger, end{"Release", "jaeger"}, end{"Job", "stores-setup"}},
		"the Job waits for the domain":                      {tracesInJaeger, end{"Job", "stores-setup"}, end{"Domain", "search"}},
		"Jaeger waits for its identity":                     {tracesInJaeger, end{"Release", "jaeger"}, end{"PodIdentityAssociation", "jaeger"}},
		"gateways wait for who takes what they keep":        {tracesInJaeger, end{"Release", "collector-gateway"}, end{"Release", "jaeger"}},
		"collectors on the nodes wait for gateways":         {tracesInJaeger, end{"Release", "collector"}, end{"Release", "collector-gateway"}},
		"gateways that write to Kafka wait for their role":  {tracesByKafka, end{"Release", "collector-gateway"}, end{"PodIdentityAssociation", "collector-gateway"}},
		"gateways that write to Kafka wait for its topics":  {tracesByKafka, end{"Release", "collector-gateway"}, end{"Job", "stores-setup"}},
		"Tempo waits for its identity":                      {tracesInTempo, end{"Release", "tempo"}, end{"PodIdentityAssociation", "tempo"}},
		"Tempo waits until nobody can read its bucket":      {tracesInTempo, end{"Release", "tempo"}, end{"BucketPublicAccessBlock", "tempo"}},
		"Tempo waits for the name by which replicas meet":   {tracesInTempo, end{"Release", "tempo"}, end{"Service", "tempo-gossip"}},
		"gateways wait for Tempo":                           {tracesInTempo, end{"Release", "collector-gateway"}, end{"Release", "tempo"}},
		"everything in the cluster waits for the namespace": {tracesInTempo, end{"Service", "tempo-gossip"}, end{"Namespace", "namespace"}},
	} {
		t.Run(sentence, func(t *testing.T) {
			r := watch(t, c.config)
			from, to := find(t, r, c.from.typ, c.from.name), find(t, r, c.to.typ, c.to.name)
			if !r.Reaches(from, to) {
				t.Errorf("%s does not wait for %s; it waits for %v", from, to, r[from].Dependencies)
			}
		})
	}
}

// TestTempoKeepsItsBucket: what it wrote stays in AWS unless configuration says otherwise.
func TestTempoKeepsItsBucket(t *testing.T) {
	for deletes, want := range map[bool]bool{false: true, true: false} {
		r := watch(t, spec.Config{Traces: &spec.Traces{Tempo: &spec.Tempo{DeleteData: deletes}}})
		bucket := r[find(t, r, "BucketV2", "tempo")]
		if bucket.Retain != want || bucket.Plain()["forceDestroy"] != deletes {
			t.Errorf("deleteData %v: retained %v, emptied %v", deletes, bucket.Retain, bucket.Plain()["forceDestroy"])
		}
	}
}

// TestRolesOfTraces: each may do what it does, on what it does it to.
func TestRolesOfTraces(t *testing.T) {
	for sentence, c := range map[string]struct {
		config spec.Config
		role   string
		want   []string
	}{
		"Jaeger writes to its domain only":     {tracesInJaeger, "jaeger", []string{"es:ESHttpPost", ":domain/dev-main/*"}},
		"Jaeger reads one topic, in one group": {tracesByKafka, "jaeger", []string{"kafka-cluster:ReadData", "/traces", "/jaeger"}},
		"gateways write to one topic":          {tracesByKafka, "collector-gateway", []string{"kafka-cluster:WriteData", "/traces"}},
		"Tempo writes to its bucket only":      {tracesInTempo, "tempo", []string{"s3:PutObject", "obs-tempo/*"}},
	} {
		t.Run(sentence, func(t *testing.T) {
			r := watch(t, c.config)
			policy := fmt.Sprint(r[find(t, r, "RolePolicy", c.role)].Plain()["policy"])
			for _, want := range c.want {
				if !strings.Contains(policy, want) {
					t.Errorf("no %s in %s", want, policy)
				}
			}
			if strings.Contains(policy, `"Resource":"*"`) || strings.Contains(policy, `["*"]`) {
				t.Errorf("over everything: %s", policy)
			}
		})
	}
}
