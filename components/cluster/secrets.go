package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/helm"
	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/internal/naming"
	"github.com/ladder-platform/ladder/components/internal/podidentity"
)

const (
	secretsName     = "external-secrets"
	secretsReplicas = 2
)

// externalSecrets installs the operator and a store for each AWS service that
// it may read. Nothing secret goes through Helm values or this program's state.
func (b *builder) externalSecrets() error {
	if b.cfg.ExternalSecrets == nil {
		return nil
	}
	args := podidentity.RoleArgs{Description: "External Secrets of " + b.args.ClusterName, Tags: b.tags}
	if statements := b.secretStatements(); len(statements) > 0 {
		policy, err := iamdoc.Document(statements...)
		if err != nil {
			return err
		}
		args.Policy = pulumi.String(policy)
	}
	identity, err := podidentity.New(b.ctx, b.id(secretsName), podidentity.Args{
		RoleArgs: args, ClusterName: b.out.Name, Namespace: secretsName, ServiceAccount: secretsName,
	}, b.aws()...)
	if err != nil {
		return err
	}
	namespace, err := kube.New(b.ctx, b.id(secretsName), kube.Namespace, kube.Meta{Name: secretsName, Labels: map[string]string{
		"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted",
	}}, nil, b.kube()...)
	if err != nil {
		return err
	}
	release, err := helm.New(b.ctx, b.id(secretsName), helm.Args{
		Chart: b.chart(spec.ChartExternalSecrets), ReleaseName: secretsName, Namespace: pulumi.String(secretsName),
		Values: secretValues(),
	}, b.kube(append(append([]pulumi.Resource{namespace}, identity.Ready...), b.charts...)...)...)
	if err != nil {
		return err
	}
	return b.secretStores(release)
}

// secretValues install the CRDs as templates of the chart, so that Helm
// upgrades them, and keep them on uninstall, so that no secret goes with them.
func secretValues() pulumi.Map {
	replicated := pulumi.Map{
		"replicaCount": pulumi.Int(secretsReplicas), "podDisruptionBudget": pulumi.Map{"enabled": pulumi.Bool(true)},
		"resources": requests("50m", "128Mi"),
	}
	return pulumi.Map{
		"installCRDs":         pulumi.Bool(true),
		"crds":                pulumi.Map{"annotations": pulumi.StringMap{"helm.sh/resource-policy": pulumi.String("keep")}},
		"replicaCount":        pulumi.Int(secretsReplicas),
		"leaderElect":         pulumi.Bool(true),
		"podDisruptionBudget": pulumi.Map{"enabled": pulumi.Bool(true)},
		"resources":           requests("50m", "256Mi"),
		"serviceAccount":      pulumi.Map{"create": pulumi.Bool(true), "name": pulumi.String(secretsName)},
		"webhook":             replicated,
		"certController":      replicated,
	}
}

// secretStores let every namespace read through the operator's own role.
func (b *builder) secretStores(release pulumi.Resource) error {
	stores := []struct{ key, service string }{}
	if len(b.cfg.ExternalSecrets.SecretPrefixes) > 0 {
		stores = append(stores, struct{ key, service string }{"aws-secrets-manager", "SecretsManager"})
	}
	if len(b.cfg.ExternalSecrets.ParameterPrefixes) > 0 {
		stores = append(stores, struct{ key, service string }{"aws-parameter-store", "ParameterStore"})
	}
	if len(stores) == 0 {
		b.ready = append(b.ready, release)
	}
	for _, s := range stores {
		store, err := b.custom("secretstore-"+s.key, "external-secrets.io/v1", "ClusterSecretStore", s.key, pulumi.Map{
			"spec": pulumi.Map{"provider": pulumi.Map{"aws": pulumi.Map{
				"service": pulumi.String(s.service), "region": pulumi.String(b.args.Environment.Region),
			}}},
		}, b.kube(release)...)
		if err != nil {
			return err
		}
		b.ready = append(b.ready, store)
	}
	return nil
}

// secretStatements limit the operator to the configured prefixes.
func (b *builder) secretStatements() []iamdoc.Statement {
	partition, region, account := naming.Partition(b.args.Environment.Region), b.args.Environment.Region, b.args.Environment.AccountID
	var out []iamdoc.Statement
	var secrets, parameters []string
	for _, prefix := range b.cfg.ExternalSecrets.SecretPrefixes {
		secrets = append(secrets, fmt.Sprintf("arn:%s:secretsmanager:%s:%s:secret:%s*", partition, region, account, prefix))
	}
	for _, prefix := range b.cfg.ExternalSecrets.ParameterPrefixes { // begins with a slash, which the ARN has only once
		parameters = append(parameters, fmt.Sprintf("arn:%s:ssm:%s:%s:parameter%s*", partition, region, account, prefix))
	}
	if len(secrets) > 0 {
		out = append(out, iamdoc.Statement{Sid: "Secrets", Resources: secrets, Actions: []string{
			"secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:GetSecretValue", "secretsmanager:ListSecretVersionIds",
		}})
	}
	if len(parameters) > 0 {
		out = append(out, iamdoc.Statement{Sid: "Parameters", Resources: parameters, Actions: []string{
			"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory",
		}})
	}
	return out
}
