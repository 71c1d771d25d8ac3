package aws_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// TestWhatTheSchemaCallsSecretIsMarked: whether the program says so or not,
// inputs and outputs are secret, and whoever shows the object masks it.
func TestWhatTheSchemaCallsSecretIsMarked(t *testing.T) {
	for name, c := range map[string]struct {
		typ  string
		in   map[string]any
		want []string
	}{
		"a parameter":             {"aws:ssm/parameter:Parameter", map[string]any{"name": "/x", "type": "SecureString", "value": "hunter2"}, []string{"value"}},
		"a version of a secret":   {"aws:secretsmanager/secretVersion:SecretVersion", map[string]any{"secretId": "x", "secretString": "hunter2"}, []string{"secretString"}},
		"a secret inside a list":  {"aws:lb/listenerRule:ListenerRule", listenerRule(), []string{"actions"}},
		"a secret inside objects": {"aws:opensearch/domain:Domain", searchDomain(), []string{"advancedSecurityOptions"}},
		"what is public":          {"aws:sqs/queue:Queue", map[string]any{"name": "q"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var off rule.Set
			off.Disable("elb.listener-missing") // there is only the rule here
			b := newBench(t, &off)
			must(t, b.create(c.typ, "it", c.in))
			it := b.state[c.typ+"::it"]
			for _, key := range c.want {
				for where, m := range map[string]bool{"input": it.inputs[resource.PropertyKey(key)].ContainsSecrets(), "output": it.outputs[resource.PropertyKey(key)].ContainsSecrets()} {
					if !m {
						t.Errorf("the %s %s is not secret", where, key)
					}
				}
			}
			b.w.View(func(tx *world.Tx) {
				o := tx.Find(c.typ, "", nil)[0]
				if diff := cmp.Diff(c.want, o.Secret); diff != "" {
					t.Errorf("secret attributes (-want +got):\n%s", diff)
				}
				for _, key := range c.want {
					if got := o.Masked().Attrs[key]; got != "[secret]" {
						t.Errorf("%s is shown as %v", key, got)
					}
				}
			})
		})
	}
}

func listenerRule() map[string]any {
	return map[string]any{
		"listenerArn": "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:listener/app/a/1/2",
		"conditions":  []any{map[string]any{"hostHeader": map[string]any{"values": []any{"example.com"}}}},
		"actions": []any{map[string]any{"type": "authenticate-oidc", "authenticateOidc": map[string]any{"authorizationEndpoint": "https://example.com/a",
			"clientId": "c", "clientSecret": "hunter2", "issuer": "https://example.com", "tokenEndpoint": "https://example.com/t", "userInfoEndpoint": "https://example.com/u"}}},
	}
}

func searchDomain() map[string]any {
	on := map[string]any{"enabled": true}
	return map[string]any{
		"domainEndpointOptions": map[string]any{"enforceHttps": true}, "encryptAtRest": on, "nodeToNodeEncryption": on,
		"ebsOptions":              map[string]any{"ebsEnabled": true, "volumeType": "gp3", "volumeSize": 20},
		"advancedSecurityOptions": map[string]any{"enabled": true, "internalUserDatabaseEnabled": true, "masterUserOptions": map[string]any{"masterUserName": "it", "masterUserPassword": "hunter2"}},
	}
}
