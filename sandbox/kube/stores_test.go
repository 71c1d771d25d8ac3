package kube

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

func init() { maps.Copy(ruleCases, storeCases) }

const (
	searchHost = "vpc-dev-main-x.ap-northeast-2.es.amazonaws.com"
	searchARN  = "arn:aws:es:ap-northeast-2:111111111111:domain/dev-main"
	streamID   = "arn:aws:kafka:ap-northeast-2:111111111111:cluster/dev-main/u-3"
	roleSetup  = "arn:aws:iam::111111111111:role/setup"
	roleAgent  = "arn:aws:iam::111111111111:role/agent"
)

// stores puts a domain and a Kafka behind groups that let the cluster in, and
// gives two service accounts their roles.
func stores(b *bench) {
	b.put(kindCluster, "prd", m{"name": "prd", "endpoint": endpoint, "version": "1.36", "status": "ACTIVE", "vpcConfig": m{"clusterSecurityGroupId": "sg-pods"}})
	b.put(kindDomain, searchARN, m{"endpoint": searchHost, "domainName": "dev-main", "vpcOptions": m{"securityGroupIds": []any{"sg-search"}},
		"advancedSecurityOptions": m{"enabled": true, "masterUserOptions": m{"masterUserArn": roleSetup}}})
	b.put(kindStream, streamID, m{"clusterName": "dev-main", "brokerNodeGroupInfo": m{"securityGroups": []any{"sg-kafka"}}})
	for group, port := range map[string]int{"sg-search": 443, "sg-kafka": 9098} {
		b.put(kindIngress, "sgr-"+group, m{"securityGroupId": group, "referencedSecurityGroupId": "sg-pods", "ipProtocol": "tcp", "fromPort": port, "toPort": port})
	}
	for account, role := range map[string]string{"agent": roleAgent, "setup": roleSetup} {
		identity(b, account)
		b.put(kindAssociation, "prd:"+account, m{"clusterName": "prd", "namespace": "kube-system", "serviceAccount": account, "roleArn": role})
	}
}

// fluentBitWith is a release of fluent-bit with one output.
func fluentBitWith(output m) m {
	text, err := json.Marshal(m{"pipeline": m{"outputs": []any{output}}})
	if err != nil {
		panic(err)
	}
	return chartRelease("agent", "fluent-bit", "https://fluent.github.io/helm-charts", "0.58.1", m{
		"fullnameOverride": "agent", "serviceAccount": m{"name": "agent"}, "config": m{"extraFiles": m{"fluent-bit.yaml": string(text)}},
		"env": []any{m{"name": "STORE_HOST", "value": searchHost}, m{"name": "KAFKA", "value": streamID}},
	})
}

func toSearch() m {
	return fluentBitWith(m{"name": "opensearch", "host": "${STORE_HOST}", "aws_auth": true})
}

func toKafka() m {
	return fluentBitWith(m{"name": "kafka", "topics": "logs", "aws_msk_iam": true, "aws_msk_iam_cluster_arn": "${KAFKA}"})
}

// setupBy is a Job that maps the agent's role and makes a topic.
func setupBy(account string) m {
	script := "put \"/_plugins/_security/api/rolesmapping/writer\" \"{\\\"backend_roles\\\":[\\\"$AGENT\\\"]}\"\naws kafka create-topic\ntopic \"logs\" 12\n"
	return with(inSystem("setup"), m{"spec": m{"template": m{"spec": m{
		"serviceAccountName": account, "restartPolicy": "Never",
		"containers": []any{m{"name": "setup", "image": "public.ecr.aws/aws-cli/aws-cli:2.36.46", "command": []any{"/bin/sh", "-c", script}, "env": []any{
			m{"name": "SEARCH_HOST", "value": searchHost}, m{"name": "AGENT", "value": roleAgent}, m{"name": "KAFKA", "value": streamID},
		}}},
	}}}})
}

func prepared(b *bench) {
	b.must("kubernetes:core/v1:ServiceAccount", "setup", inSystem("setup"))
	b.must(typeJob, "setup", setupBy("setup"))
}

// storeCases break the rules of stores.go.
var storeCases = map[string]struct {
	want string
	do   func(b *bench) error
}{
	"kube.store-host": {
		"[net] getaddrinfo(host='vpc-dev-main-x.ap-northeast-2.es.amazonaws.com', err=4): Domain name not found",
		func(b *bench) error {
			identity(b, "agent")
			return b.apply(tokenRelease, "agent", toSearch())
		},
	},
	"kube.store-security-group": {
		"[upstream] connection #-1 to tcp://vpc-dev-main-x.ap-northeast-2.es.amazonaws.com:443 timed out after 10 seconds (connection timeout)",
		func(b *bench) error {
			stores(b)
			prepared(b)
			b.drop(kindIngress, awsScope, "sgr-sg-search")
			return b.apply(tokenRelease, "agent", toSearch())
		},
	},
	"kube.store-role-mapping": {
		`HTTP status=403 URI=/_bulk, response: {"error":{"root_cause":[{"type":"security_exception","reason":"no permissions for [indices:data/write/bulk] and User [name=arn:aws:iam::111111111111:role/agent`,
		func(b *bench) error { stores(b); return b.apply(tokenRelease, "agent", toSearch()) },
	},
	"kube.store-topic": {
		"message delivery failed: Broker: Unknown topic or partition: logs",
		func(b *bench) error { stores(b); return b.apply(tokenRelease, "agent", toKafka()) },
	},
	"kube.store-master-user": {
		"The requested URL returned error: 403: no permissions to access REST API: User arn:aws:iam::111111111111:role/agent",
		func(b *bench) error {
			stores(b)
			b.must("kubernetes:core/v1:ServiceAccount", "agent", inSystem("agent"))
			return b.apply(typeJob, "setup", setupBy("agent"))
		},
	},
}

// TestWhoWritesNeedsTheMapping: after the Job the same releases come up, and a
// second Job changes nothing.
func TestWhoWritesNeedsTheMapping(t *testing.T) {
	b := newBench(t)
	stores(b)
	if err := b.apply(tokenRelease, "early", toSearch()); err == nil || !strings.Contains(err.Error(), "HTTP status=403") {
		t.Fatalf("before the Job: %v", err)
	}
	if err := b.remove(tokenRelease, "early"); err != nil {
		t.Fatal(err)
	}
	prepared(b)
	b.must(tokenRelease, "agent", toSearch())
	if err := b.remove(tokenRelease, "agent"); err != nil {
		t.Fatal(err)
	}
	b.must(tokenRelease, "agent", toKafka())
	again := setupBy("setup")
	again["metadata"].(m)["name"] = "setup-again"
	b.must(typeJob, "again", again)
	b.world.View(func(tx *world.Tx) {
		mappings, topics := tx.Find(kindMapping, awsScope, nil), tx.Find(kindTopic, awsScope, nil)
		if len(mappings) != 1 || len(topics) != 1 || !slices.Equal(nested.List(mappings[0].Attrs, "backendRoles"), []any{roleAgent}) {
			t.Errorf("mappings %v, topics %v", mappings, topics)
		}
	})
}

// TestLoggingChartsMakeWhatTheyMake: objects by name.
func TestLoggingChartsMakeWhatTheyMake(t *testing.T) {
	loki := m{"loki": m{"schemaConfig": m{"configs": []any{m{}}}, "storage": m{"type": "s3", "bucketNames": m{"chunks": "b"}}}, "singleBinary": m{"replicas": 3.},
		"lokiCanary": m{"enabled": false}, "test": m{"enabled": false}}
	for sentence, c := range map[string]struct {
		chart  string
		values m
		want   []string
	}{
		"Fluent Bit on each node": {"fluent-bit", m{"fullnameOverride": "agent", "luaScripts": m{"a.lua": "x"}},
			[]string{"ClusterRole agent", "ClusterRoleBinding agent", "ConfigMap agent", "ConfigMap agent-luascripts", "DaemonSet agent", "Service agent", "ServiceAccount agent"}},
		"Fluent Bit behind them": {"fluent-bit", m{"fullnameOverride": "relay", "kind": "Deployment", "podDisruptionBudget": m{"enabled": true, "maxUnavailable": 1}},
			[]string{"ClusterRole relay", "ClusterRoleBinding relay", "ConfigMap relay", "Deployment relay", "PodDisruptionBudget relay", "Service relay", "ServiceAccount relay"}},
		"Loki as one process": {"loki", loki, []string{"ConfigMap loki", "ConfigMap loki-runtime", "PodDisruptionBudget loki", "Service loki", "Service loki-headless",
			"Service loki-memberlist", "ServiceAccount loki", "StatefulSet loki"}},
	} {
		t.Run(sentence, func(t *testing.T) {
			ch := chartNamed(t, c.chart)
			r := render{chart: ch, release: c.chart, namespace: "observability", values: c.values, minor: 36}
			if ch.refuses != nil {
				if err := ch.refuses(r); err != nil {
					t.Fatal(err)
				}
			}
			made, err := ch.render(r)
			if err != nil {
				t.Fatal(err)
			}
			mustBeMade(t, made, c.want)
		})
	}
}

// mustBeMade compares the kinds and names of a chart's objects.
func mustBeMade(t *testing.T, made []map[string]any, want []string) {
	t.Helper()
	var got []string
	for _, o := range made {
		got = append(got, nested.Text(o, "kind")+" "+nested.Text(o, "metadata", "name"))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestLokiRefuses what its chart refuses.
func TestLokiRefuses(t *testing.T) {
	ch := chartNamed(t, "loki")
	for want, values := range map[string]m{
		"Top level 'config' is not allowed":         {"config": m{}},
		"Helm test requires the Loki Canary":        {"lokiCanary": m{"enabled": false}},
		"You must provide a schema_config for Loki": {},
		"both the monolithic and simple scalable":   {"singleBinary": m{"replicas": 1.}, "write": m{"replicas": 1.}},
		"define loki.storage.bucketNames.chunks":    {"loki": m{"useTestSchema": true}},
	} {
		err := ch.refuses(render{chart: ch, values: values})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

// TestJaegerNeedsTheMappingToo: it signs its requests as its own role.
func TestJaegerNeedsTheMappingToo(t *testing.T) {
	b := newBench(t)
	stores(b)
	identity(b, "jaeger")
	b.put(kindAssociation, "prd:jaeger", m{"clusterName": "prd", "namespace": "kube-system", "serviceAccount": "jaeger", "roleArn": "arn:aws:iam::111111111111:role/jaeger"})
	jaeger := chartRelease("jaeger", "jaeger", "https://jaegertracing.github.io/helm-charts", "4.11.1", m{
		"fullnameOverride": "jaeger", "jaeger": m{"extraEnv": []any{m{"name": "STORE_HOST", "value": searchHost}}},
		"userconfig": m{"extensions": m{"sigv4auth": m{}, "jaeger_storage": m{"backends": m{"search": m{"opensearch": m{
			"server_urls": []any{"https://${env:STORE_HOST}"}, "auth": m{"authenticator": "sigv4auth"}}}}}}},
	})
	if err := b.apply(tokenRelease, "jaeger", jaeger); err == nil || !strings.Contains(err.Error(), "User [name=arn:aws:iam::111111111111:role/jaeger") {
		t.Fatalf("without a mapping: %v", err)
	}
	b.put(kindMapping, searchARN+"/ladder-jaeger", m{"domain": searchARN, "backendRoles": []any{"arn:aws:iam::111111111111:role/jaeger"}})
	if err := b.remove(tokenRelease, "jaeger"); err != nil {
		t.Fatal(err)
	}
	b.must(tokenRelease, "again", jaeger)
}
