package observability

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/address"
	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/observability/collector"
	"github.com/ladder-platform/ladder/components/observability/logpipe"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

const (
	// setupName names the Job, its service account and its role in AWS.
	setupName = "stores-setup"
	// setupSeconds is how long it may take: a domain that has just been made
	// answers, and a policy of IAM is known everywhere, within a few minutes.
	setupSeconds = 20 * 60
	setupRetries = 10
	setupUser    = 65534
)

// Variables of the Job that hold the AWS roles of who may write.
const (
	envAgentRole  = "LOGS_AGENT_ROLE"
	envRelayRole  = "LOGS_RELAY_ROLE"
	envJaegerRole = "JAEGER_ROLE"
)

// prepare is the Job that tells OpenSearch who may write and how long records
// stay, and makes Kafka's topics. It asks for what should be there and may run
// any number of times; whoever writes depends on it, so its end is in the graph.
// Another plan has another name, and so another Job.
func (b *builder) prepare() error {
	if b.setup == nil {
		return nil
	}
	plan := b.logPlan()
	setup, env := b.setupPlan()
	script := plan.Setup(setup)
	account, err := kube.New(b.ctx, b.id(setupName), kube.ServiceAccount, kube.Meta{Name: setupName, Namespace: address.ObservabilityNamespace}, nil, b.kube(b.namespace)...)
	if err != nil {
		return err
	}
	after := append([]pulumi.Resource{account}, b.setup.Ready...)
	if b.search != nil {
		after = append(after, b.search.domain, b.search.door)
	}
	if b.stream != nil {
		after = append(after, b.stream.cluster, b.stream.door)
	}
	job, err := kube.New(b.ctx, b.id(setupName), kube.Job, kube.Meta{
		Name: setupName + "-" + logpipe.Digest(script, b.args.Release.Images[spec.ImageAWSCLI]), Namespace: address.ObservabilityNamespace,
		// A Job that failed is made anew by the next up (facts/providers.md A6).
		Annotations: map[string]string{"pulumi.com/replaceUnready": "true"},
	}, pulumi.Map{"spec": kube.Input(b.setupJob(script, env))},
		append(b.kube(after...), pulumi.Timeouts(&pulumi.CustomTimeouts{Create: fmt.Sprintf("%ds", setupSeconds)}))...)
	if err != nil {
		return err
	}
	b.prepared = job
	if b.search != nil {
		b.search.Ready = []pulumi.Resource{job}
	}
	if b.stream != nil {
		b.stream.Ready = []pulumi.Resource{job}
	}
	return nil
}

// setupPlan are the writers of this cluster, and the variables that the script reads.
func (b *builder) setupPlan() (logpipe.Setup, []any) {
	var out logpipe.Setup
	var env []any
	variable := func(name string, value pulumi.StringInput) {
		env = append(env, map[string]any{"name": name, "value": value})
	}
	variable(logpipe.EnvRegion, pulumi.String(b.args.Environment.Region))
	if b.search != nil {
		variable(logpipe.EnvSearch, b.search.Endpoint)
		if b.cfg.LogsInOpenSearch() {
			var roles []string
			if a := b.logStore.agent; a != nil && !b.cfg.Logs.Kafka {
				variable(envAgentRole, a.Role.Arn)
				roles = append(roles, envAgentRole)
			}
			if r := b.logStore.relay; r != nil {
				variable(envRelayRole, r.Role.Arn)
				roles = append(roles, envRelayRole)
			}
			out.Clients = append(out.Clients, logpipe.LogsClient(roles...))
		}
		if role := b.traceStore.jaegerRole; role != nil {
			variable(envJaegerRole, role)
			out.Clients = append(out.Clients, logpipe.Client{Name: "ladder-jaeger", Patterns: []string{collector.IndexPrefix + "-jaeger-*"}, Variables: []string{envJaegerRole}, Read: true})
			out.Requests = append(out.Requests, logpipe.Request{Path: "/_plugins/_ism/policies/ladder-traces", Body: plain(b.tracePlan().Lifecycle()), Versioned: true})
		}
	}
	if b.stream != nil {
		variable(logpipe.EnvStream, b.stream.ARN)
		variable("REPLICAS", pulumi.String(strconv.Itoa(b.cfg.Kafka.Replicas(len(b.storeSubnets())))))
		if t := b.cfg.Traces; t != nil {
			out.Topics = append(out.Topics, collector.Topic)
		}
	}
	return out, env
}

func plain(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and lists only, all written in this program
	}
	return string(text)
}

// setupJob runs the script in the image of the AWS CLI.
func (b *builder) setupJob(script string, env []any) map[string]any {
	return map[string]any{
		"backoffLimit": setupRetries, "activeDeadlineSeconds": setupSeconds,
		"template": map[string]any{"spec": map[string]any{
			"serviceAccountName": setupName, "restartPolicy": "OnFailure",
			"securityContext": map[string]any{"runAsNonRoot": true, "runAsUser": setupUser, "seccompProfile": map[string]any{"type": "RuntimeDefault"}},
			"containers": []any{map[string]any{
				"name": "setup", "image": b.args.Release.Images[spec.ImageAWSCLI], "command": []string{"/bin/sh", "-c", script}, "env": env,
				"resources": map[string]any{
					"requests": map[string]any{"cpu": "50m", "memory": "128Mi"}, "limits": map[string]any{"memory": "256Mi"},
				},
				"terminationMessagePolicy": "FallbackToLogsOnError",
				"securityContext": map[string]any{
					"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": map[string]any{"drop": []string{"ALL"}},
				},
				"volumeMounts": []any{map[string]any{"name": "tmp", "mountPath": "/tmp"}},
			}},
			"volumes": []any{map[string]any{"name": "tmp", "emptyDir": map[string]any{"sizeLimit": "16Mi"}}},
		}},
	}
}
