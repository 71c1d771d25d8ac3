package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
)

// config is what one explicit provider was configured with.
type config struct {
	region      string
	account     string
	callerARN   string
	role        string // assumed; "" for the deployer itself
	defaultTags map[string]string
	ignoreKeys  []string
	ignorePfx   []string
}

var (
	ruleAccountGuard = rule.Register(rule.Rule{
		Name: "aws.allowed-account", Service: "provider",
		Source: "terraform-provider-aws internal/conns, Config.ConfigureProvider; facts, providers D3.7 (2026-11)",
		Text:   "AWS account ID not allowed: %s",
	})
	ruleRegion = rule.Register(rule.Rule{
		Name: "aws.region-needed", Service: "provider",
		Source: "pulumi-aws provider/resources.go, PreConfigureCallback; facts, providers D3.6 (2026-11)",
		Text:   "Missing region configuration: set region on the provider or with pulumi config set aws:region <region>",
	})
)

// configKeys are the provider's own properties. Source: pulumi-aws Go SDK
// 6.83.2, go/aws/provider.go.
var configKeys = []string{
	"accessKey", "allowedAccountIds", "assumeRole", "assumeRoleWithWebIdentity", "customCaBundle", "defaultTags",
	"ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode", "endpoints", "forbiddenAccountIds", "httpProxy",
	"httpsProxy", "ignoreTags", "insecure", "maxRetries", "noProxy", "profile", "region", "retryMode",
	"s3UsEast1RegionalEndpoint", "s3UsePathStyle", "secretKey", "sharedConfigFiles", "sharedCredentialsFiles",
	"skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId",
	"stsRegion", "token", "tokenBucketRateLimiterCapacity", "useDualstackEndpoint", "useFipsEndpoint", "version",
}

func (p *provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	res := plugin.CheckConfigResponse{Properties: req.News}
	for _, k := range req.News.StableKeys() {
		name := string(k)
		if strings.HasPrefix(name, "__") || slices.Contains(configKeys, name) {
			continue
		}
		reason := fmt.Sprintf("could not validate provider configuration: Invalid or unknown key %q", name)
		if near := schema.Nearest(name, slices.Clone(configKeys)); near != "" {
			reason += fmt.Sprintf(", did you mean %q?", near)
		}
		res.Failures = append(res.Failures, plugin.CheckFailure{Property: k, Reason: reason})
	}
	if v, ok := req.News["region"]; p.deps.Rules.On(ruleRegion) && (!ok || v.IsNull()) {
		res.Failures = append(res.Failures, plugin.CheckFailure{Property: "region", Reason: ruleRegion.Text})
	}
	return res, nil
}

// DiffConfig: a change of region replaces the provider, and so all that it
// made (facts, providers D3.8); everything else is an update.
func (p *provider) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	res := plugin.DiffResult{Changes: plugin.DiffNone, DetailedDiff: map[string]plugin.PropertyDiff{}}
	seen := map[resource.PropertyKey]bool{}
	for _, m := range []resource.PropertyMap{req.OldInputs, req.NewInputs} {
		for k := range m {
			seen[k] = true
		}
	}
	for k := range seen {
		old, new := req.OldInputs[k], req.NewInputs[k]
		if k == "version" || strings.HasPrefix(string(k), "__") || old.DeepEquals(new) {
			continue
		}
		kind := plugin.DiffUpdate
		if k == "region" && !old.IsNull() {
			kind = plugin.DiffUpdateReplace
			res.ReplaceKeys = append(res.ReplaceKeys, k)
		}
		res.Changes = plugin.DiffSome
		res.ChangedKeys = append(res.ChangedKeys, k)
		res.DetailedDiff[string(k)] = plugin.PropertyDiff{Kind: kind, InputDiff: true}
	}
	slices.Sort(res.ChangedKeys)
	return res, nil
}

func (p *provider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	in := map[string]any{}
	for k, v := range toMap(req.Inputs) {
		in[k] = decoded(v)
	}
	p.conf = config{
		region: str(in, "region"), account: p.deps.AccountID, callerARN: p.deps.CallerARN,
		defaultTags: stringMap(dict(in, "defaultTags"), "tags"),
		ignoreKeys:  strs(dict(in, "ignoreTags"), "keys"), ignorePfx: strs(dict(in, "ignoreTags"), "keyPrefixes"),
	}
	if arn := str(dict(in, "assumeRole"), "roleArn"); arn != "" {
		if err := p.assume(arn); err != nil {
			return plugin.ConfigureResponse{}, err
		}
	}
	if allowed := strs(in, "allowedAccountIds"); p.deps.Rules.On(ruleAccountGuard) && len(allowed) > 0 && !slices.Contains(allowed, p.conf.account) {
		return plugin.ConfigureResponse{}, ruleAccountGuard.Errorf(p.conf.account)
	}
	if slices.Contains(strs(in, "forbiddenAccountIds"), p.conf.account) && p.deps.Rules.On(ruleAccountGuard) {
		return plugin.ConfigureResponse{}, ruleAccountGuard.Errorf(p.conf.account)
	}
	return plugin.ConfigureResponse{}, nil
}

// decoded undoes the JSON text in which SDKs hand nested values to providers.
func decoded(v any) any {
	s, ok := v.(string)
	if !ok || s == "" || !strings.ContainsAny(s[:1], "[{") {
		return v
	}
	var out any
	if json.Unmarshal([]byte(s), &out) != nil {
		return v
	}
	return out
}
