package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// settings is the provider's configuration as Configure reads it.
type settings struct {
	server, namespace, role string
	problem                 string // why no kubeconfig could be read
	mutable                 mutable
	deleteUnreachable       bool
	skipUnreachable         bool
	serverSideApply         bool
}

// Keys that the provider's configuration has: A1.1.
var configKeys = map[string]bool{
	"kubeconfig": true, "context": true, "cluster": true, "clusterIdentifier": true, "namespace": true,
	"deleteUnreachable": true, "skipUpdateUnreachable": true, "enableServerSideApply": true, "enablePatchForce": true,
	"upsertExistingObjects": true, "enableReplaceCRD": true, "enableConfigMapMutable": true, "enableSecretMutable": true,
	"renderYamlToDirectory": true, "alwaysRender": true, "suppressDeprecationWarnings": true,
	"suppressHelmHookWarnings": true, "strictMode": true, "kubeClientSettings": true, "helmReleaseSettings": true,
	"version": true, "pluginDownloadURL": true,
}

// CheckConfig refuses unknown keys and what A1.5 and A1.6 forbid.
func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	var failures []plugin.CheckFailure
	for _, k := range sorted(stringKeys(req.News)) {
		if !configKeys[k] {
			failures = append(failures, plugin.CheckFailure{Property: resource.PropertyKey(k), Reason: fmt.Sprintf("unknown provider configuration %q", k)})
		}
	}
	has := func(k resource.PropertyKey) bool { return !bare(req.News[k]).IsNull() }
	if has("renderYamlToDirectory") {
		failures = append(failures, plugin.CheckFailure{Property: "renderYamlToDirectory", Reason: "sandbox: rendering to a directory is not simulated"})
	}
	if isTrue(req.News, "strictMode") {
		switch {
		case strings.HasPrefix(req.Name, "default_"):
			failures = append(failures, plugin.CheckFailure{Property: "strictMode", Reason: "strict mode prohibits default provider"})
		case !has("kubeconfig") || !has("context"):
			failures = append(failures, plugin.CheckFailure{Property: "strictMode", Reason: "strict mode requires Provider \"kubeconfig\" and \"context\" arguments"})
		}
	}
	return plugin.CheckConfigResponse{Properties: req.News, Failures: failures}, nil
}

func stringKeys(m resource.PropertyMap) map[string]bool {
	out := map[string]bool{}
	for k := range m {
		if s := string(k); !strings.HasPrefix(s, "__") {
			out[s] = true
		}
	}
	return out
}

// isTrue reads a boolean; a provider's non-string configuration may arrive as JSON text.
func isTrue(m resource.PropertyMap, key resource.PropertyKey) bool {
	v := bare(m[key])
	return v.IsBool() && v.BoolValue() || v.IsString() && v.StringValue() == "true"
}

// DiffConfig follows A2 rule by rule.
func (p *Provider) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	result := detailed(resource.NewProperty(req.OldInputs), resource.NewProperty(req.NewInputs), nil)
	if result.Changes == plugin.DiffNone {
		return result, nil // rule 1
	}
	str := func(m resource.PropertyMap, k resource.PropertyKey) (string, bool) {
		v := bare(m[k])
		if v.IsString() {
			return v.StringValue(), true
		}
		return "", false
	}
	oldID, hadID := str(req.OldInputs, "clusterIdentifier")
	newID, hasID := str(req.NewInputs, "clusterIdentifier")
	unknownID := bare(req.NewInputs["clusterIdentifier"]).IsComputed()
	oldConfig, errOld := active(req.OldInputs)
	newConfig, errNew := active(req.NewInputs)
	if err := errors.Join(errOld, errNew); err != nil {
		return plugin.DiffResult{}, err
	}
	var replace []resource.PropertyKey
	switch {
	case hadID && (unknownID || hasID && oldID != newID):
		replace = []resource.PropertyKey{"clusterIdentifier"} // rule 2
	case hadID && hasID: // equal: only updates
	default:
		replace = replacedBy(result, req, oldConfig, newConfig)
	}
	for _, k := range replace {
		d := result.DetailedDiff[string(k)]
		result.DetailedDiff[string(k)] = plugin.PropertyDiff{Kind: d.Kind.AsReplace(), InputDiff: true}
		result.ReplaceKeys = append(result.ReplaceKeys, k)
	}
	return result, nil
}

// replacedBy is rules 3 and 5: an unknown kubeconfig, or another cluster behind it.
func replacedBy(result plugin.DiffResult, req plugin.DiffConfigRequest, old, new map[string]any) []resource.PropertyKey {
	var unknown, changed []resource.PropertyKey
	for _, k := range []resource.PropertyKey{"kubeconfig", "context", "cluster"} {
		if bare(req.NewInputs[k]).IsComputed() {
			unknown = append(unknown, k)
		}
		if _, ok := result.DetailedDiff[string(k)]; ok {
			changed = append(changed, k)
		}
	}
	switch {
	case len(unknown) > 0:
		return unknown
	case old == nil || new == nil || sameCluster(old, new):
		return nil
	}
	return changed
}

// active is the cluster entry that a provider's inputs select; nil when there is none or it is not known.
func active(inputs resource.PropertyMap) (map[string]any, error) {
	v := bare(inputs["kubeconfig"])
	if !v.IsString() {
		return nil, nil
	}
	k, err := parseKubeconfig(v.StringValue())
	if err != nil {
		return nil, fmt.Errorf("failed to parse kubeconfig: %w", err)
	}
	pick := func(key resource.PropertyKey) string {
		if s := bare(inputs[key]); s.IsString() {
			return s.StringValue()
		}
		return ""
	}
	return k.active(pick("context"), pick("cluster")), nil
}

// Configure reads the kubeconfig. A bad one is no error yet: A4.1.
func (p *Provider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	in := req.Inputs
	s := settings{
		mutable:           mutable{configMap: isTrue(in, "enableConfigMapMutable"), secret: isTrue(in, "enableSecretMutable")},
		deleteUnreachable: isTrue(in, "deleteUnreachable"), skipUnreachable: isTrue(in, "skipUpdateUnreachable"),
		serverSideApply: bare(in["enableServerSideApply"]).IsNull() || isTrue(in, "enableServerSideApply"),
	}
	if n := bare(in["namespace"]); n.IsString() {
		s.namespace = n.StringValue()
	}
	p.settings = s
	v := bare(in["kubeconfig"])
	if !v.IsString() || v.StringValue() == "" {
		p.settings.problem = "unable to load Kubernetes client configuration from kubeconfig file. Make sure you have: \n\n" +
			" \t • set up the provider as per https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/"
		return plugin.ConfigureResponse{}, nil
	}
	k, err := parseKubeconfig(v.StringValue())
	if err != nil {
		p.settings.problem = fmt.Sprintf("failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- %v", err)
		return plugin.ConfigureResponse{}, nil
	}
	cluster, err := active(in)
	if err != nil {
		return plugin.ConfigureResponse{}, err
	}
	ctx := ""
	if c := bare(in["context"]); c.IsString() {
		ctx = c.StringValue()
	}
	p.settings.server, p.settings.role = server(cluster), k.role(ctx)
	if p.settings.namespace == "" {
		p.settings.namespace = k.namespace(ctx)
	}
	return plugin.ConfigureResponse{}, nil
}
