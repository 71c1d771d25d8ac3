package aws

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
)

var (
	ruleAutoNameLength = rule.Register(rule.Rule{
		Name: "aws.auto-name-length", Service: "provider",
		Source: "pulumi-terraform-bridge pkg/tfbridge/info/autonaming.go; facts, providers D1.1 and D1.2 (2026-11)",
		Text:   "name '%s' plus %d random chars is longer than maximum length %d",
	})
	ruleSchema = rule.Register(rule.Rule{
		Name: "aws.schema", Service: "provider",
		Source: "pulumi-aws package schema 6.83; pulumi-terraform-bridge pkg/tfbridge, NewCheckFailure (2026-11)",
		Text:   "%s. Examine values at '%s'.",
	})
)

// nameProperty is what the auto-namer fills, where it is not "name"; "" means never.
var nameProperty = map[string]string{
	"aws:eks/nodeGroup:NodeGroup":           "nodeGroupName",
	"aws:eks/fargateProfile:FargateProfile": "fargateProfileName",
	"aws:route53/record:Record":             "",
	"aws:route53/zone:Zone":                 "",
	"aws:s3/bucketV2:BucketV2":              "bucket",
}

// nameLength is the longest auto-name by type; 0 means 255. Source: facts, providers D1.2.
var nameLength = map[string]int{
	"aws:iam/role:Role": 64, "aws:iam/rolePolicy:RolePolicy": 128, "aws:iam/policy:Policy": 128,
	"aws:sqs/queue:Queue": 80, "aws:lb/targetGroup:TargetGroup": 32, "aws:lb/loadBalancer:LoadBalancer": 32,
	"aws:cloudwatch/eventRule:EventRule": 64, "aws:kms/alias:Alias": 238, "aws:eks/nodeGroup:NodeGroup": 63,
	"aws:ec2/launchTemplate:LaunchTemplate": 125, "aws:eks/cluster:Cluster": 100, "aws:iam/instanceProfile:InstanceProfile": 128,
	"aws:s3/bucketV2:BucketV2": 63, "aws:elasticache/replicationGroup:ReplicationGroup": 40, "aws:msk/cluster:Cluster": 64,
}

// suffixLength of an auto-name, and its separator. Source: pulumi-aws resources.go, namePrefix (7 hex digits).
const suffixLength = 7

// Check fills names and defaults, merges tags, and refuses what the provider
// would refuse without asking AWS.
func (p *provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	token, name := string(req.URN.Type()), req.URN.Name()
	res, ok := p.schema.Resource(token)
	if !ok {
		_, err := p.schema.Check(token, nil)
		return plugin.CheckResponse{}, err
	}
	in := req.News.Copy()
	delete(in, "__defaults")
	var out plugin.CheckResponse
	if p.deps.Rules.On(ruleSchema) {
		failures, err := p.schema.Check(token, in)
		if err != nil {
			return out, err
		}
		for _, f := range failures {
			out.Failures = append(out.Failures, plugin.CheckFailure{Reason: f.Text(name)})
		}
	}
	var defaults []string
	if key := autoNamed(token, res); key != "" && !given(in, key) && !given(in, "namePrefix") && !given(in, key+"Prefix") {
		text, err := p.autoName(token, key, name, req)
		if err != nil {
			out.Failures = append(out.Failures, plugin.CheckFailure{Reason: err.Error()})
		} else {
			in[resource.PropertyKey(key)] = resource.NewStringProperty(text)
			defaults = append(defaults, key)
		}
	}
	for key, prop := range res.Inputs {
		if prop.Default != nil && !given(in, key) {
			in[resource.PropertyKey(key)] = resource.NewPropertyValue(prop.Default)
			defaults = append(defaults, key)
		}
	}
	p.mergeTags(res, in)
	if k := kindOf(token); k.check != nil {
		for _, f := range k.check(p.call(token, req.URN, "check"), toMap(in)) {
			out.Failures = append(out.Failures, plugin.CheckFailure{Reason: f.Text(name)})
		}
	}
	p.keepSecret(res, in)
	sort.Strings(defaults)
	in["__defaults"] = resource.NewPropertyValue(plain(append([]string{}, defaults...)))
	out.Properties = in
	return out, nil
}

// keepSecret marks what the provider knows to be secret, whether the program
// did or not. Source: pulumi-terraform-bridge pkg/tfbridge/schema.go,
// MakeTerraformOutputs: sensitive attributes become secrets, at Check too.
func (p *provider) keepSecret(res *schema.Resource, in resource.PropertyMap) {
	for k, v := range in {
		if p.schema.HoldsSecret(res.Inputs[string(k)]) && !v.ContainsSecrets() && !v.IsNull() {
			in[k] = resource.MakeSecret(v)
		}
	}
}

func given(in resource.PropertyMap, key string) bool {
	v, ok := in[resource.PropertyKey(key)]
	return ok && !v.IsNull()
}

func autoNamed(token string, res *schema.Resource) string {
	key, special := nameProperty[token]
	if !special {
		key = "name"
	}
	if res.Inputs[key] == nil || slices.Contains(res.RequiredInputs, key) {
		return ""
	}
	return key
}

// autoName keeps the old name where the bridge made it, and makes one otherwise.
func (p *provider) autoName(token, key, name string, req plugin.CheckRequest) (string, error) {
	if old, ok := req.Olds[resource.PropertyKey(key)]; ok && old.IsString() && isDefault(req.Olds, key) {
		return old.StringValue(), nil
	}
	if a := req.Autonaming; a != nil && a.ProposedName != "" {
		return a.ProposedName, nil
	}
	if a := req.Autonaming; a != nil && a.Mode == plugin.AutonamingModeDisabled {
		return "", fmt.Errorf("automatic naming is disabled but no explicit name was provided for %q", name)
	}
	longest := nameLength[token]
	if longest == 0 {
		longest = 255
	}
	prefix := name + "-"
	if token == "aws:s3/bucketV2:BucketV2" {
		prefix = strings.ToLower(prefix)
	}
	if token == "aws:kms/alias:Alias" {
		prefix, longest = "alias/"+prefix, longest+len("alias/")
	}
	if len(prefix)+suffixLength > longest && p.deps.Rules.On(ruleAutoNameLength) {
		return "", ruleAutoNameLength.Errorf(prefix, suffixLength, longest)
	}
	return resource.NewUniqueName(req.RandomSeed, prefix, suffixLength, 0, nil)
}

func isDefault(m resource.PropertyMap, key string) bool {
	d, ok := m["__defaults"]
	if !ok || !d.IsArray() {
		return false
	}
	for _, e := range d.ArrayValue() {
		if e.IsString() && e.StringValue() == key {
			return true
		}
	}
	return false
}

// mergeTags: tags and the provider's default tags become tagsAll, the
// resource's own win; one unknown tag makes all of tagsAll unknown (facts,
// providers D4.10).
func (p *provider) mergeTags(res *schema.Resource, in resource.PropertyMap) {
	if res.Outputs["tagsAll"] == nil || res.Inputs["tags"] == nil {
		return
	}
	merged := resource.PropertyMap{}
	for k, v := range p.conf.defaultTags {
		merged[resource.PropertyKey(k)] = resource.NewStringProperty(v)
	}
	tags := in["tags"]
	if tags.IsSecret() {
		tags = tags.SecretValue().Element
	}
	if tags.IsComputed() || tags.IsOutput() {
		in["tagsAll"] = resource.MakeComputed(resource.NewStringProperty(""))
		return
	}
	if tags.IsObject() {
		for k, v := range tags.ObjectValue() {
			if v.IsComputed() || v.IsOutput() {
				in["tagsAll"] = resource.MakeComputed(resource.NewStringProperty(""))
				return
			}
			if !p.ignoredTag(string(k)) {
				merged[k] = v
			}
		}
	}
	if len(merged) > 0 {
		in["tagsAll"] = resource.NewObjectProperty(merged)
		return
	}
	delete(in, "tagsAll")
}

func (p *provider) ignoredTag(key string) bool {
	if slices.Contains(p.conf.ignoreKeys, key) {
		return true
	}
	for _, pfx := range p.conf.ignorePfx {
		if strings.HasPrefix(key, pfx) {
			return true
		}
	}
	return false
}
