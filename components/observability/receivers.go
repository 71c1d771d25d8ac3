package observability

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/podidentity"
	"github.com/ladder-platform/ladder/components/internal/sns"
	"github.com/ladder-platform/ladder/components/observability/measure"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// topics are what SNS receivers publish to.
func (b *builder) topics() []measure.Topic {
	e := b.args.Environment
	return measure.Topics(b.cfg, b.args.Stack, b.args.Key, e.Region, e.AccountID)
}

// receivers make what Alertmanager needs before it starts: the topic, the role
// by which its pods publish, and the Secrets that they mount. Nothing secret
// passes through values or through this program's state.
func (b *builder) receivers() error {
	if b.cfg.Alerts == nil || b.cfg.Metrics == nil {
		return nil
	}
	var arns []string
	var published []pulumi.Resource
	for _, t := range b.topics() {
		arns = append(arns, t.ARN)
		if !t.Made {
			continue
		}
		topic, err := b.topic(t)
		if err != nil {
			return err
		}
		published = append(published, topic)
		b.out.Topics = append(b.out.Topics, topic.Arn)
	}
	if len(arns) > 0 {
		if err := b.publisher(arns, published); err != nil {
			return err
		}
	}
	for _, s := range measure.ReceiverSecrets(*b.cfg.Alerts) {
		secret, err := b.object(measure.ExternalSecret(s.Name, s.Entry, map[string]string{s.Property: s.Property}), b.namespace)
		if err != nil {
			return err
		}
		b.told = append(b.told, secret)
	}
	return nil
}

// topic takes what Alertmanager and the alarms of CloudWatch say. It has no key
// of its own: CloudWatch may not use AWS's, and alerts hold names and no secrets
// (docs/adr/0019-alerts.md).
func (b *builder) topic(t measure.Topic) (*sns.Topic, error) {
	policy, err := iamdoc.Document(
		iamdoc.Statement{
			Sid: "Alarms", Actions: []string{"sns:Publish"}, Resources: []string{t.ARN}, Principals: map[string][]string{"Service": {"cloudwatch.amazonaws.com"}},
			Conditions: map[string]map[string][]string{"StringEquals": {"aws:SourceAccount": {b.args.Environment.AccountID}}},
		},
		iamdoc.Statement{
			Sid: "EncryptedOnly", Deny: true, Actions: []string{"sns:Publish"}, Resources: []string{t.ARN}, Principals: map[string][]string{"AWS": {"*"}},
			Conditions: map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}},
		},
	)
	if err != nil {
		return nil, fmt.Errorf("topic: %w", err)
	}
	return sns.New(b.ctx, b.id("alerts"), sns.Args{Name: t.Name, Policy: pulumi.String(policy), Tags: b.tags}, b.aws()...)
}

// publisher is the role of Alertmanager's pods.
func (b *builder) publisher(arns []string, after []pulumi.Resource) error {
	policy, err := iamdoc.Document(iamdoc.Statement{Sid: "Publish", Actions: []string{"sns:Publish"}, Resources: arns})
	if err != nil {
		return fmt.Errorf("alertmanager: %w", err)
	}
	identity, err := podidentity.New(b.ctx, b.id("alertmanager"), podidentity.Args{
		RoleArgs:    podidentity.RoleArgs{Description: "Alertmanager of " + b.args.Cluster.Name, Policy: pulumi.String(policy), Tags: b.tags},
		ClusterName: b.args.Cluster.NameOutput, Namespace: spec.Namespace, ServiceAccount: measure.AlertmanagerAccount,
	}, b.aws(after...)...)
	if err != nil {
		return err
	}
	b.told = append(b.told, identity.Ready...)
	return nil
}
