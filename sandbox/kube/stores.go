package kube

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// What pods meet at the stores outside the cluster that they write to: a host
// that is there, a security group that lets them through, and inside a domain
// with fine-grained access control a role that somebody has mapped. Only the
// charts that tell what they write to are asked (sandboxKey "stores").
//
// A Job whose script puts role mappings or makes topics does so here: the second
// thing, beside kubectl drain, that a container is simulated to do.

const (
	kindDomain  = "aws:opensearch/domain:Domain"
	kindStream  = "aws:msk/cluster:Cluster"
	kindIngress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	kindMapping = "hidden:opensearch/RoleMapping"
	kindTopic   = "hidden:msk/Topic"
)

var (
	ruleStoreHost = rule.Register(rule.Rule{Name: "kube.store-host", Service: "kubernetes",
		Source: "Fluent Bit 5.1, src/flb_network.c: the resolver's answer for a name that is not there",
		Text:   "Pod %q: [net] getaddrinfo(host='%s', err=4): Domain name not found"})
	ruleStoreDoor = rule.Register(rule.Rule{Name: "kube.store-security-group", Service: "kubernetes",
		Source: "Fluent Bit 5.1, src/flb_upstream.c and flb_io.c: a connection that nobody answers",
		Text:   "Pod %q: [upstream] connection #-1 to tcp://%s:%d timed out after 10 seconds (connection timeout)"})
	ruleStoreMapped = rule.Register(rule.Rule{Name: "kube.store-role-mapping", Service: "kubernetes",
		Source: "OpenSearch security plugin, PrivilegesEvaluator: security_exception; OpenSearch Service developer guide, fine-grained access control, troubleshooting, read 2026-11",
		Text:   "Pod %q: HTTP status=403 URI=/_bulk, response: {\"error\":{\"root_cause\":[{\"type\":\"security_exception\",\"reason\":\"no permissions for [indices:data/write/bulk] and User [name=%s, backend_roles=[%s], requestedTenant=null]\"}],\"status\":403}"})
	ruleStoreTopic = rule.Register(rule.Rule{Name: "kube.store-topic", Service: "kubernetes",
		Source: "librdkafka, rdkafka.c, rd_kafka_err2str: RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART",
		Text:   "Pod %q: [output:kafka:kafka.0] message delivery failed: Broker: Unknown topic or partition: %s"})
	ruleStoreMaster = rule.Register(rule.Rule{Name: "kube.store-master-user", Service: "kubernetes",
		Source: "OpenSearch Service developer guide, fine-grained access control: only the master user may change roles before it maps others; curl's text",
		Text:   "curl: (22) The requested URL returned error: 403: no permissions to access REST API: User %s with Security roles [] does not have any role privileged for admin access"})
)

// storesRefuse says what keeps a workload's pods from what they write to.
func (a *api) storesRefuse(w workload) string {
	_, name := splitID(w.obj.ID)
	ns, _ := splitID(w.obj.ID)
	for _, v := range nested.List(w.obj.Attrs, sandboxKey, "stores") {
		s, _ := v.(map[string]any)
		why := ""
		switch nested.Text(s, "kind") {
		case "opensearch":
			why = a.searchRefuses(name, nested.Text(s, "host"), a.roleOf(ns, nested.Text(s, "account")))
		case "kafka":
			why = a.streamRefuses(name, nested.Text(s, "cluster"), nested.Text(s, "topic"))
		}
		if why != "" {
			return why
		}
	}
	return ""
}

// roleOf is the AWS role of a service account by Pod Identity; "" without one.
func (a *api) roleOf(namespace, account string) string {
	for _, o := range a.tx.Peek(kindAssociation, a.aws, nil) {
		if nested.Text(o.Attrs, "clusterName") == a.name && nested.Text(o.Attrs, "namespace") == namespace && nested.Text(o.Attrs, "serviceAccount") == account {
			return nested.Text(o.Attrs, "roleArn")
		}
	}
	return ""
}

func (a *api) domainAt(host string) *world.Object {
	for _, d := range a.tx.Peek(kindDomain, "", func(o *world.Object) bool { return host != "" && nested.Text(o.Attrs, "endpoint") == host }) {
		return d
	}
	return nil
}

func (a *api) searchRefuses(pod, host, role string) string {
	d := a.domainAt(host)
	if d == nil {
		if a.rules.On(ruleStoreHost) {
			return ruleStoreHost.Errorf(pod, host).Error()
		}
		return ""
	}
	if !a.admitted(nested.List(d.Attrs, "vpcOptions", "securityGroupIds"), d.Scope, 443) && a.rules.On(ruleStoreDoor) {
		return ruleStoreDoor.Errorf(pod, host, 443).Error()
	}
	if on, _ := nested.At(d.Attrs, "advancedSecurityOptions", "enabled").(bool); !on || role == nested.Text(d.Attrs, "advancedSecurityOptions", "masterUserOptions", "masterUserArn") {
		return ""
	}
	mapped := a.tx.Peek(kindMapping, d.Scope, func(o *world.Object) bool {
		return nested.Text(o.Attrs, "domain") == d.ID && slices.Contains(nested.List(o.Attrs, "backendRoles"), any(role))
	})
	if len(mapped) == 0 && a.rules.On(ruleStoreMapped) {
		return ruleStoreMapped.Errorf(pod, role, role).Error()
	}
	return ""
}

func (a *api) streamRefuses(pod, arn, topic string) string {
	const port = 9098
	found := a.tx.Peek(kindStream, "", func(o *world.Object) bool { return o.ID == arn })
	if len(found) == 0 {
		if a.rules.On(ruleStoreHost) {
			return ruleStoreHost.Errorf(pod, arn).Error()
		}
		return ""
	}
	k := found[0]
	if !a.admitted(nested.List(k.Attrs, "brokerNodeGroupInfo", "securityGroups"), k.Scope, port) && a.rules.On(ruleStoreDoor) {
		return ruleStoreDoor.Errorf(pod, nested.Text(k.Attrs, "clusterName"), port).Error()
	}
	if _, there := a.tx.Get(world.Key{Kind: kindTopic, Scope: k.Scope, ID: arn + "/" + topic}); !there && a.rules.On(ruleStoreTopic) {
		return ruleStoreTopic.Errorf(pod, topic).Error()
	}
	return ""
}

// admitted: one of the groups lets the cluster's security group in on a port.
// Rules by address are taken to be about somebody else.
func (a *api) admitted(groups []any, scope string, port float64) bool {
	cluster, ok := a.tx.Get(world.Key{Kind: kindCluster, Scope: a.aws, ID: a.name})
	if !ok {
		return true // a bench without a control plane
	}
	own := nested.Text(cluster.Attrs, "vpcConfig", "clusterSecurityGroupId")
	return len(a.tx.Peek(kindIngress, scope, func(o *world.Object) bool {
		return slices.Contains(groups, any(nested.Text(o.Attrs, "securityGroupId"))) && nested.Text(o.Attrs, "referencedSecurityGroupId") == own &&
			(nested.Text(o.Attrs, "ipProtocol") == "-1" || number(o.Attrs, 0, "fromPort") <= port && port <= number(o.Attrs, 0, "toPort"))
	})) > 0
}

var (
	mappingLine = regexp.MustCompile(`"/_plugins/_security/api/rolesmapping/([^"]+)" "((?:[^"\\]|\\.)*)"`)
	topicLine   = regexp.MustCompile(`(?m)^topic "([^"]+)"`)
)

// prepares reads what a Job's script does at stores; false when nothing.
func prepares(job *world.Object) (script string, env map[string]string, ok bool) {
	env = map[string]string{}
	for _, v := range nested.List(job.Attrs, "spec", "template", "spec", "containers") {
		c, _ := v.(map[string]any)
		for _, part := range append(slices.Clone(nested.List(c, "command")), nested.List(c, "args")...) {
			if s, is := part.(string); is {
				script += s + "\n"
			}
		}
		for _, e := range nested.List(c, "env") {
			m, _ := e.(map[string]any)
			env[nested.Text(m, "name")] = nested.Text(m, "value")
		}
	}
	return script, env, mappingLine.MatchString(script) || topicLine.MatchString(script) && strings.Contains(script, "aws kafka create-topic")
}

// prepareStores does what such a Job's script asks for.
func (a *api) prepareStores(job *world.Object, script string, env map[string]string) []string {
	ns, _ := splitID(job.ID)
	role := a.roleOf(ns, nested.Text(job.Attrs, "spec", "template", "spec", "serviceAccountName"))
	if why := a.mapRoles(job, role, script, env); why != "" {
		return a.gaveUp(job, why)
	}
	for _, arn := range env {
		if !strings.HasPrefix(arn, "arn:aws:kafka:") || !strings.Contains(arn, ":cluster/") {
			continue
		}
		for _, k := range a.tx.Peek(kindStream, "", func(o *world.Object) bool { return o.ID == arn }) {
			for _, m := range topicLine.FindAllStringSubmatch(script, -1) {
				a.tx.Put(&world.Object{Kind: kindTopic, Scope: k.Scope, ID: arn + "/" + m[1], Name: m[1], URN: job.URN, Owner: "service:kafka", Created: a.tx.Now(),
					Attrs: map[string]any{"cluster": arn, "topic": m[1]}})
			}
		}
	}
	return nil
}

func (a *api) mapRoles(job *world.Object, role, script string, env map[string]string) string {
	lines := mappingLine.FindAllStringSubmatch(script, -1)
	if len(lines) == 0 {
		return ""
	}
	var domain *world.Object
	host := ""
	for _, v := range env {
		if strings.HasSuffix(v, ".es.amazonaws.com") {
			host, domain = v, a.domainAt(v)
		}
	}
	_, name := splitID(job.ID)
	switch {
	case domain == nil && a.rules.On(ruleStoreHost):
		return ruleStoreHost.Errorf(name, host).Error()
	case domain == nil:
		return ""
	case !a.admitted(nested.List(domain.Attrs, "vpcOptions", "securityGroupIds"), domain.Scope, 443) && a.rules.On(ruleStoreDoor):
		return ruleStoreDoor.Errorf(name, host, 443).Error()
	case role != nested.Text(domain.Attrs, "advancedSecurityOptions", "masterUserOptions", "masterUserArn") && a.rules.On(ruleStoreMaster):
		return ruleStoreMaster.Errorf(role).Error()
	}
	for _, m := range lines {
		body := strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(m[2])
		for k, v := range env {
			body = strings.ReplaceAll(body, "$"+k+`"`, v+`"`)
		}
		var mapping struct {
			Roles []any `json:"backend_roles"`
		}
		if err := json.Unmarshal([]byte(body), &mapping); err != nil {
			return fmt.Sprintf("curl: (22) The requested URL returned error: 400: %v", err)
		}
		a.tx.Put(&world.Object{Kind: kindMapping, Scope: domain.Scope, ID: domain.ID + "/" + m[1], Name: m[1], URN: job.URN, Owner: "service:opensearch", Created: a.tx.Now(),
			Attrs: map[string]any{"domain": domain.ID, "role": m[1], "backendRoles": mapping.Roles}})
	}
	return ""
}

// gaveUp is failed for a Job of one container.
func (a *api) gaveUp(job *world.Object, why string) []string {
	const message = "Job has reached the specified backoff limit"
	job.Attrs["status"] = map[string]any{"failed": 1., "conditions": []any{
		map[string]any{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": message}}}
	a.tx.Put(job)
	ns, name := splitID(job.ID)
	return []string{message, fmt.Sprintf("[Pod %s/%s]: container completed with exit code 22: %s", ns, name, why)}
}
