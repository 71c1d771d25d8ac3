package kube

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

const kindRelease = "kube:helm.sh/v3/Release"

// Statuses of a release. Source: helm.sh/helm/v3 pkg/release/status.go.
const (
	statusDeployed   = "deployed"
	statusFailed     = "failed"
	statusInstalling = "pending-install"
	statusUpgrading  = "pending-upgrade"
	statusRemoving   = "uninstalling"
)

// releaseInputs are the arguments of a Release: B.1.
var releaseInputs = map[string]bool{}

func init() {
	for _, k := range keys(`allowNullValues atomic chart cleanupOnFail compat createNamespace dependencyUpdate description devel disableCRDHooks
		disableOpenapiValidation disableWebhooks forceUpdate keyring lint manifest maxHistory name namespace postrender recreatePods
		renderSubchartNotes replace repositoryOpts resetValues resourceNames reuseValues skipAwait skipCrds timeout valueYamlFiles
		values verify version waitForJobs`) {
		releaseInputs[k] = true
	}
}

// checkRelease resolves the chart and writes the defaults: B.2, B.4, B.6.
func (p *Provider) checkRelease(req plugin.CheckRequest) (plugin.CheckResponse, error) {
	props := req.News.Copy()
	var failures []plugin.CheckFailure
	for _, k := range sorted(stringKeys(props)) {
		if !releaseInputs[k] {
			failures = append(failures, plugin.CheckFailure{Property: resource.PropertyKey(k), Reason: fmt.Sprintf("unknown property %q of a Helm Release", k)})
		}
	}
	if props["chart"].IsNull() {
		failures = append(failures, plugin.CheckFailure{Property: "chart", Reason: "missing required property 'chart'"})
	}
	if len(failures) > 0 {
		return plugin.CheckResponse{Properties: props, Failures: failures}, nil
	}
	if err := nameRelease(req, props); err != nil {
		return plugin.CheckResponse{}, err
	}
	if props["namespace"].IsNull() {
		props["namespace"] = resource.NewProperty(p.namespace())
	}
	if err := mergeValueFiles(props); err != nil {
		return plugin.CheckResponse{}, err
	}
	in, unknown := plainMap(props)
	if unknown {
		return plugin.CheckResponse{Properties: props}, nil
	}
	c, v, err := loadChart(nested.Text(in, "chart"), nested.Text(in, "repositoryOpts", "repo"), nested.Text(in, "version"))
	if err != nil {
		if !p.deps.Rules.On(ruleChart) {
			return plugin.CheckResponse{Properties: props}, nil
		}
		return plugin.CheckResponse{Properties: props, Failures: []plugin.CheckFailure{{Property: "chart", Reason: ruleChart.Errorf(err).Error()}}}, nil
	}
	for _, k := range c.unknownValues(nested.Object(in, "values")) {
		p.log.warn(req.URN, fmt.Sprintf("sandbox: chart %s %s has no value %q: Helm ignores it silently", c.name, v.version, k))
	}
	props["version"] = resource.NewProperty(v.version)
	return plugin.CheckResponse{Properties: props}, nil
}

func nameRelease(req plugin.CheckRequest, props resource.PropertyMap) error {
	if !props["name"].IsNull() {
		return nil
	}
	if old := bare(req.Olds["name"]); old.IsString() {
		props["name"] = old
		return nil
	}
	if a := req.Autonaming; a != nil && a.Mode == plugin.AutonamingModeDisabled {
		return errors.New("autonaming is disabled, resource requires the .name field to be set")
	} else if a != nil && a.ProposedName != "" {
		props["name"] = resource.NewProperty(a.ProposedName)
		return nil
	}
	n, err := resource.NewUniqueName(req.RandomSeed, req.URN.Name()+"-", 8, 0, []rune("0123456789abcdef"))
	if err != nil {
		return fmt.Errorf("auto-name %s: %w", req.URN.Name(), err)
	}
	props["name"] = resource.NewProperty(n)
	return nil
}

// mergeValueFiles puts valueYamlFiles under values: B.6.
func mergeValueFiles(props resource.PropertyMap) error {
	files := bare(props["valueYamlFiles"])
	if !files.IsArray() {
		return nil
	}
	merged := map[string]any{}
	for _, f := range files.ArrayValue() {
		f = bare(f)
		if !f.IsAsset() {
			return fmt.Errorf("unsupported type for 'valueYamlFiles' arg: %s", f.TypeString())
		}
		raw, err := f.AssetValue().Bytes()
		if err != nil {
			return fmt.Errorf("read a file of valueYamlFiles: %w", err)
		}
		var m map[string]any
		if err := yaml.Unmarshal(raw, &m); err != nil {
			return fmt.Errorf("parse a file of valueYamlFiles: %w", err)
		}
		maps.Copy(merged, m)
	}
	out := resource.NewPropertyValue(merged).ObjectValue()
	if v := bare(props["values"]); v.IsObject() {
		maps.Copy(out, v.ObjectValue())
	}
	props["values"] = resource.NewProperty(out)
	delete(props, "valueYamlFiles")
	return nil
}

// diffRelease: only name and namespace replace, and never delete-before-replace: B.3.
func diffRelease(req plugin.DiffRequest) plugin.DiffResult {
	old, new := req.OldInputs.Copy(), req.NewInputs.Copy()
	for _, m := range []resource.PropertyMap{old, new} {
		delete(m, "resourceNames")
		delete(m, "manifest")
	}
	return detailed(resource.NewProperty(old), resource.NewProperty(new), []string{"name", "namespace"})
}

// release is one Helm operation on the cluster.
type release struct {
	*api
	in    map[string]any
	chart *chart
	v     chartVersion
	r     render
	id    string
}

func (a *api) release(in map[string]any) (*release, error) {
	c, v, err := loadChart(nested.Text(in, "chart"), nested.Text(in, "repositoryOpts", "repo"), nested.Text(in, "version"))
	if err != nil {
		return nil, err
	}
	ns, name := nested.Text(in, "namespace"), nested.Text(in, "name")
	return &release{
		api: a, in: in, chart: c, v: v, id: objectID(ns, name),
		r: render{chart: c, release: name, namespace: ns, version: v.version, values: nested.Object(in, "values"), minor: a.minor},
	}, nil
}

func (rel *release) owner() string { return "service:helm:" + rel.id }

func (rel *release) flag(name string) bool {
	b, _ := rel.in[name].(bool)
	return b
}

func (rel *release) stored() (*world.Object, bool) {
	return rel.tx.Get(world.Key{Kind: kindRelease, Scope: rel.scope, ID: rel.id})
}

// install is `helm install`: B.8 to B.10.
func (rel *release) install() (*world.Object, []string, error) {
	if err := rel.installable(); err != nil {
		return nil, nil, err
	}
	if _, used := rel.stored(); used && rel.rules.On(ruleReleaseName) {
		return nil, nil, ruleReleaseName.Errorf()
	}
	ns := schema.GroupVersionKind{Version: "v1", Kind: "Namespace"}
	if _, ok := rel.find(ns, "", rel.r.namespace); !ok {
		switch {
		case rel.flag("createNamespace"):
			rel.ensure(plainObject("v1", "Namespace", "", rel.r.namespace), "service:helm-namespace")
		case rel.rules.On(ruleReleaseNamespace):
			return nil, nil, ruleReleaseNamespace.Errorf(rel.r.namespace)
		}
	}
	if !rel.flag("skipCrds") {
		for _, d := range rel.chart.crds {
			rel.ensure(d.object(), "service:helm-crds")
		}
	}
	return rel.apply(1)
}

// upgrade is `helm upgrade`: crds/ are never touched.
func (rel *release) upgrade() (*world.Object, []string, error) {
	old, ok := rel.stored()
	switch {
	case !ok && rel.rules.On(ruleReleaseGone):
		return nil, nil, fmt.Errorf("%q has no deployed releases", rel.r.release)
	case !ok:
		return rel.install()
	case pending(old) && rel.rules.On(rulePending):
		return nil, nil, rulePending.Errorf()
	}
	if err := rel.installable(); err != nil {
		return nil, nil, err
	}
	return rel.apply(number(old.Attrs, 1, "revision") + 1)
}

func pending(o *world.Object) bool {
	return o.State == statusInstalling || o.State == statusUpgrading || o.State == "pending-rollback"
}

func (rel *release) installable() error {
	if rel.chart.supports(rel.minor) || !rel.rules.On(ruleKubeVersion) {
		return nil
	}
	return ruleKubeVersion.Errorf(rel.chart.kubeVersion, fmt.Sprintf("1.%d.0", rel.minor))
}

// apply renders, checks and writes the objects, and waits for them.
func (rel *release) apply(revision float64) (*world.Object, []string, error) {
	if refuses := rel.chart.refuses; refuses != nil && rel.rules.On(ruleChartValues) {
		if err := refuses(rel.r); err != nil {
			return nil, nil, ruleChartValues.Errorf(err)
		}
	}
	objs, err := rel.chart.render(rel.r)
	if err != nil {
		return nil, nil, err
	}
	if on, _ := nested.At(rel.r.values, "serviceMonitor", "enabled").(bool); on { // none of the library's charts asks whether the kind exists
		objs = append(objs, plainObject("monitoring.coreos.com/v1", "ServiceMonitor", rel.r.namespace, rel.r.fullname()))
	}
	if err := rel.buildable(objs); err != nil {
		return nil, nil, err
	}
	wanted := map[string]bool{}
	var names []any
	for _, obj := range objs {
		o := rel.replace(obj, rel.owner(), rel.v.version)
		wanted[o.Kind+" "+o.ID] = true
		names = append(names, o.Kind+" "+o.ID)
	}
	for _, o := range rel.owned(rel.owner()) {
		if !wanted[o.Kind+" "+o.ID] && !keeps(o) {
			rel.remove(o)
		}
	}
	o := &world.Object{
		Kind: kindRelease, Scope: rel.scope, ID: rel.id, Name: rel.r.release, URN: rel.urn, Owner: world.OwnerPulumi, State: statusDeployed,
		Attrs: map[string]any{
			"chart": rel.chart.name, "version": rel.v.version, "appVersion": rel.v.app, "revision": revision, "objects": names,
			"inputs": rel.in,
		},
		Secret: []string{"inputs"}, Created: rel.tx.Now(),
	}
	rel.tx.Put(o)
	rel.reconcile()
	var reasons []string
	if !rel.flag("skipAwait") || rel.flag("atomic") {
		reasons = rel.waits(wanted)
	}
	if len(reasons) > 0 {
		o.State = statusFailed
		rel.tx.Put(o)
	}
	return o, reasons, nil
}

// buildable: every kind must exist, and no object may belong to somebody else.
func (rel *release) buildable(objs []map[string]any) error {
	own := map[string]bool{}
	for _, obj := range objs {
		if nested.Text(obj, "kind") == "CustomResourceDefinition" {
			own[nested.Text(obj, "spec", "group")+"/"+nested.Text(obj, "spec", "names", "kind")] = true
		}
	}
	for _, obj := range objs {
		gv, err := schema.ParseGroupVersion(nested.Text(obj, "apiVersion"))
		if err != nil {
			return err
		}
		gvk := gv.WithKind(nested.Text(obj, "kind"))
		ns, name := nested.Text(obj, "metadata", "namespace"), nested.Text(obj, "metadata", "name")
		if rel.served(gvk) != nil && !own[gvk.Group+"/"+gvk.Kind] && rel.rules.On(ruleReleaseKinds) {
			return ruleReleaseKinds.Errorf(name, ns, gvk.Kind, gvk.GroupVersion().String())
		}
		if o, ok := rel.find(gvk, ns, name); ok && o.Owner != rel.owner() && o.Owner != "service:helm-crds" && rel.rules.On(ruleOwnership) {
			return ruleOwnership.Errorf(gvk.Kind, name, ns, rel.r.release, rel.r.namespace)
		}
	}
	return nil
}

// waits are the objects of the release that do not become ready within its timeout: helm --wait.
func (rel *release) waits(wanted map[string]bool) []string {
	if !rel.rules.On(ruleReleaseReady) {
		return nil
	}
	var out []string
	placements := rel.schedule()
	for _, k := range sorted(wanted) {
		kind, id, _ := strings.Cut(k, " ")
		gvk := gvkOfWorld(kind)
		if p := placements[k]; p != nil && p.ready < p.desired && rel.rules.On(ruleReady) {
			why := strings.Join(p.reasons[:min(1, len(p.reasons))], "; ")
			out = append(out, fmt.Sprintf("context deadline exceeded: %s %s: %d of %d pods are ready: %s", gvk.Kind, id, p.ready, p.desired, why))
		}
		if o, ok := rel.tx.Get(world.Key{Kind: kind, Scope: rel.scope, ID: id}); ok && gvk.Group == "" && gvk.Kind == "Service" {
			for _, r := range rel.awaitService(o) {
				out = append(out, fmt.Sprintf("context deadline exceeded: Service %s: %s", id, r))
			}
		}
	}
	return out
}

func keeps(o *world.Object) bool {
	return nested.Text(o.Attrs, "metadata", "annotations", "helm.sh/resource-policy") == "keep"
}

// purge removes what a failed atomic install made.
func (rel *release) purge(o *world.Object) {
	for _, obj := range rel.owned(rel.owner()) {
		rel.remove(obj)
	}
	rel.tx.Delete(o.Key())
}

// uninstall removes the objects, workloads before CRDs as Helm orders them, and
// returns what stays by policy and what cannot go: B.10, B.11.
func (rel *release) uninstall(o *world.Object) (left, stuck []string) {
	var crds []*world.Object
	for _, obj := range rel.owned(rel.owner()) {
		gvk := gvkOfWorld(obj.Kind)
		switch {
		case keeps(obj):
			left = append(left, fmt.Sprintf("[%s] %s", gvk.Kind, obj.Name))
		case gvk.Kind == "CustomResourceDefinition":
			crds = append(crds, obj)
		default:
			stuck = append(stuck, rel.remove(obj)...)
		}
	}
	for _, obj := range crds {
		if s := rel.remove(obj); len(s) > 0 {
			stuck = append(stuck, fmt.Sprintf("%s: %s", obj.Name, strings.Join(s, ", ")))
		}
	}
	if len(stuck) > 0 {
		o.State = statusRemoving
		rel.tx.Put(o)
		return left, stuck
	}
	rel.tx.Delete(o.Key())
	rel.reconcile()
	return left, nil
}

// releaseTimeout is the release's own timeout: B.2.
func releaseTimeout(in map[string]any, custom float64) time.Duration {
	if custom > 0 {
		return time.Duration(custom * float64(time.Second))
	}
	if s := number(in, 0, "timeout"); s > 0 {
		return time.Duration(s * float64(time.Second))
	}
	return timeoutRelease
}

func (p *Provider) releaseOperation(urn resource.URN, verb, id string) *operation {
	return &operation{p: p, urn: urn, verb: verb, kind: tokenRelease, id: id, latency: latencyRelease}
}

func (op *operation) report() {
	op.p.deps.Report(deps.Operation{URN: string(op.urn), Verb: op.verb, Kind: op.kind, ID: op.id, Service: "helm", Latency: op.latency})
}
