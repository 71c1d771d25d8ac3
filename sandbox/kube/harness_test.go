package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

const (
	endpoint = "https://ABCDEF.gr7.ap-northeast-2.eks.amazonaws.com"
	awsScope = "111111111111/ap-northeast-2"
	deployer = "arn:aws:iam::111111111111:role/deployer"
)

var start = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// bench is one provider on one world, driven as the engine drives it.
type bench struct {
	*testing.T
	world  *world.World
	rules  *rule.Set
	p      *Provider
	inside *Inside
	ops    []deps.Operation
	ids    map[string]resource.ID
	inputs map[string]resource.PropertyMap
	states map[string]resource.PropertyMap
	driver Driver // nil calls the provider
}

type benchOption func(*bench)

// Driver carries out a case's steps in another way than by calling the provider: through the real engine.
type Driver interface {
	World() *world.World
	// Check, Apply and Remove preview, create or update, and delete one resource.
	Check(typ, name string, inputs map[string]any) error
	Apply(typ, name string, inputs map[string]any) error
	Remove(typ, name string) error
	// Configure sets the provider's configuration.
	Configure(config map[string]any)
}

// newBench has a cluster of 1.36 with an administrator's access entry and two nodes.
func newBench(t *testing.T, opts ...benchOption) *bench {
	t.Helper()
	return benchOn(t, world.New(1, start), nil, opts...)
}

func benchOn(t *testing.T, w *world.World, d Driver, opts ...benchOption) *bench {
	t.Helper()
	b := &bench{
		T: t, world: w, driver: d, rules: &rule.Set{},
		ids: map[string]resource.ID{}, inputs: map[string]resource.PropertyMap{}, states: map[string]resource.PropertyMap{},
	}
	b.inside = NewInside(b.rules)
	b.p = New(deps.Deps{
		World: b.world, Rules: b.rules, AccountID: "111111111111", CallerARN: deployer, Kube: b.inside,
		Record: func(o deps.Operation) { b.ops = append(b.ops, o) },
	}).(*Provider)
	b.putCluster("1.36")
	b.put(kindEntry, "prd:"+deployer, map[string]any{"clusterName": "prd", "principalArn": deployer})
	b.put(kindPolicy, "prd:"+deployer+":admin", map[string]any{
		"clusterName": "prd", "principalArn": deployer, "accessScope": map[string]any{"type": "cluster"},
		"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
	})
	b.node("a", nil)
	b.node("b", nil)
	for _, o := range opts {
		o(b)
	}
	b.configure(map[string]any{"kubeconfig": kubeconfigOf(endpoint)})
	return b
}

func kubeconfigOf(server string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","clusters":[{"cluster":{"server":%q,"certificate-authority-data":"Q0E="},"name":"k"}],
"contexts":[{"context":{"cluster":"k","user":"u"},"name":"c"}],"current-context":"c","kind":"Config",
"users":[{"name":"u","user":{"exec":{"command":"aws","args":["eks","get-token","--cluster-name","prd"]}}}]}`, server)
}

func (b *bench) tx(f func(*world.Tx)) {
	b.Helper()
	if err := b.world.Tx(func(tx *world.Tx) error { f(tx); return nil }); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) put(kind, id string, attrs map[string]any) {
	b.Helper()
	b.tx(func(tx *world.Tx) { tx.Put(&world.Object{Kind: kind, Scope: awsScope, ID: id, Attrs: attrs}) })
}

func (b *bench) drop(kind, scope, id string) {
	b.Helper()
	b.tx(func(tx *world.Tx) { tx.Delete(world.Key{Kind: kind, Scope: scope, ID: id}) })
}

func (b *bench) putCluster(version string) {
	b.Helper()
	b.put(kindCluster, "prd", map[string]any{"name": "prd", "endpoint": endpoint, "version": version, "status": "ACTIVE"})
}

// node adds a node of 2 vCPU, 8 GiB and 29 pods.
func (b *bench) node(name string, taints []any) {
	b.Helper()
	b.tx(func(tx *world.Tx) {
		b.inside.NodeAdded(tx, endpoint, &world.Object{Kind: "kube:v1/Node", Scope: endpoint, ID: name, Name: name, Attrs: map[string]any{
			"labels": map[string]any{"zone": "z" + name}, "taints": taints, "ready": true,
			"allocatable": map[string]any{"cpu": "1930m", "memory": "7000Mi", "pods": 29},
		}})
	})
}

func (b *bench) configure(config map[string]any) {
	b.Helper()
	if b.driver != nil {
		b.driver.Configure(config)
	}
	if _, err := b.p.Configure(context.Background(), plugin.ConfigureRequest{Inputs: resource.NewPropertyMapFromMap(config)}); err != nil {
		b.Fatal(err)
	}
}

func urnFor(typ, name string) resource.URN {
	return resource.NewURN("dev", "test", "", tokens.Type(typ), name)
}

// check runs Check as the engine does and fails on check failures.
func (b *bench) check(typ, name string, in resource.PropertyMap) (resource.PropertyMap, error) {
	resp, err := b.p.Check(context.Background(), plugin.CheckRequest{
		URN: urnFor(typ, name), Name: name, Type: tokens.Type(typ), Olds: b.inputs[typ+name], News: in, AllowUnknowns: true, RandomSeed: []byte(typ + name),
	})
	if err != nil {
		return nil, err
	}
	for _, f := range resp.Failures {
		return nil, fmt.Errorf("%s: %s", f.Property, f.Reason)
	}
	return resp.Properties, nil
}

// apply creates or updates a resource; what a partial failure leaves is remembered as the engine does.
func (b *bench) apply(typ, name string, inputs map[string]any) error {
	if b.driver != nil {
		return b.driver.Apply(typ, name, inputs)
	}
	return b.applyMap(typ, name, resource.NewPropertyMapFromMap(inputs))
}

func (b *bench) applyMap(typ, name string, inputs resource.PropertyMap) error {
	in, err := b.check(typ, name, inputs)
	if err != nil {
		return err
	}
	key := typ + name
	if _, exists := b.ids[key]; exists {
		resp, err := b.p.Update(context.Background(), plugin.UpdateRequest{
			URN: urnFor(typ, name), Name: name, Type: tokens.Type(typ), ID: b.ids[key],
			OldInputs: b.inputs[key], OldOutputs: b.states[key], NewInputs: in,
		})
		b.remember(key, b.ids[key], in, resp.Properties, err)
		return flat(err)
	}
	resp, err := b.p.Create(context.Background(), plugin.CreateRequest{URN: urnFor(typ, name), Name: name, Type: tokens.Type(typ), Properties: in})
	b.remember(key, resp.ID, in, resp.Properties, err)
	return flat(err)
}

func (b *bench) remember(key string, id resource.ID, in, out resource.PropertyMap, err error) {
	if err != nil && !isInit(err) {
		return
	}
	b.ids[key], b.inputs[key], b.states[key] = id, in, out
}

func isInit(err error) bool {
	var e *plugin.InitError
	return errors.As(err, &e)
}

// flat writes an init error with all its reasons.
func flat(err error) error {
	var e *plugin.InitError
	if errors.As(err, &e) {
		return errors.New(strings.Join(e.Reasons, "\n"))
	}
	return err
}

func (b *bench) remove(typ, name string) error {
	if b.driver != nil {
		return b.driver.Remove(typ, name)
	}
	key := typ + name
	_, err := b.p.Delete(context.Background(), plugin.DeleteRequest{
		URN: urnFor(typ, name), Name: name, Type: tokens.Type(typ), ID: b.ids[key], Inputs: b.inputs[key], Outputs: b.states[key],
	})
	if err == nil {
		delete(b.ids, key)
	}
	return err
}

func (b *bench) diff(typ, name string, inputs map[string]any) plugin.DiffResult {
	b.Helper()
	in, err := b.check(typ, name, resource.NewPropertyMapFromMap(inputs))
	if err != nil {
		b.Fatal(err)
	}
	d, err := b.p.Diff(context.Background(), plugin.DiffRequest{
		URN: urnFor(typ, name), Name: name, Type: tokens.Type(typ), ID: b.ids[typ+name],
		OldInputs: b.inputs[typ+name], OldOutputs: b.states[typ+name], NewInputs: in, AllowUnknowns: true,
	})
	if err != nil {
		b.Fatal(err)
	}
	return d
}

// must applies and fails the test on an error.
func (b *bench) must(typ, name string, inputs map[string]any) {
	b.Helper()
	if err := b.apply(typ, name, inputs); err != nil {
		b.Fatalf("%s %s: %v", typ, name, err)
	}
}

func (b *bench) exists(kind, id string) bool {
	found := false
	b.world.View(func(tx *world.Tx) { _, found = tx.Get(world.Key{Kind: kind, Scope: endpoint, ID: id}) })
	return found
}

// Shorthands for inputs.
type m = map[string]any

const (
	typeNamespace  = "kubernetes:core/v1:Namespace"
	typeConfigMap  = "kubernetes:core/v1:ConfigMap"
	typeSecret     = "kubernetes:core/v1:Secret"
	typeService    = "kubernetes:core/v1:Service"
	typeClaim      = "kubernetes:core/v1:PersistentVolumeClaim"
	typeDeployment = "kubernetes:apps/v1:Deployment"
	typeJob        = "kubernetes:batch/v1:Job"
	typeClass      = "kubernetes:storage.k8s.io/v1:StorageClass"
	typeNodePool   = "kubernetes:karpenter.sh/v1:NodePool"
	typeNodeClass  = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
	typeCRD        = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
)

func inSystem(name string) m { return m{"metadata": m{"name": name, "namespace": "kube-system"}} }

func with(base m, more m) m {
	out := m{}
	for k, v := range base {
		out[k] = v
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}

func deploymentInputs(name string, replicas float64, cpu string) m {
	labels := m{"app": name}
	return with(inSystem(name), m{"spec": m{
		"replicas": replicas, "selector": m{"matchLabels": labels},
		"template": m{"metadata": m{"labels": labels}, "spec": m{"containers": []any{
			m{"name": "main", "image": "nginx:1", "resources": m{"requests": m{"cpu": cpu, "memory": "64Mi"}}},
		}}},
	}})
}

func nodePoolInputs(name string) m {
	return m{"metadata": m{"name": name}, "spec": m{
		"limits": m{"cpu": "64"},
		"template": m{"metadata": m{"labels": m{"pool": name}}, "spec": m{
			"requirements": []any{m{"key": "kubernetes.io/arch", "operator": "In", "values": []any{"amd64"}}},
			"nodeClassRef": m{"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
		}},
	}}
}

func nodeClassInputs() m {
	return m{"metadata": m{"name": "default"}, "spec": m{
		"amiSelectorTerms": []any{m{"id": "ami-1"}}, "subnetSelectorTerms": []any{m{"id": "subnet-1"}},
		"securityGroupSelectorTerms": []any{m{"id": "sg-1"}}, "role": "karpenter-node",
	}}
}

func chartRelease(name, chart, repo, version string, values m) m {
	out := m{"name": name, "namespace": "kube-system", "chart": chart, "version": version, "values": values}
	if repo != "" {
		out["repositoryOpts"] = m{"repo": repo}
	}
	return out
}

func karpenterRelease() m {
	return chartRelease("karpenter", "oci://public.ecr.aws/karpenter/karpenter", "", "1.14.1", m{"settings": m{"clusterName": "prd"}})
}

func externalSecrets() m {
	return chartRelease("external-secrets", "external-secrets", "https://charts.external-secrets.io", "2.11.0", m{})
}

// identity gives a service account of kube-system an IAM role.
func identity(b *bench, account string) {
	b.tx(func(tx *world.Tx) { b.inside.InstallAddon(tx, endpoint, "eks-pod-identity-agent", "v1", nil) })
	b.put(kindAssociation, "prd:"+account, m{"clusterName": "prd", "namespace": "kube-system", "serviceAccount": account})
}

func propertyMap(in m) resource.PropertyMap { return resource.NewPropertyMapFromMap(in) }

// RuleCases are the names of the cases that break the rules, for a test through the engine.
func RuleCases() []string { return sorted(ruleCases) }

// BreakRule runs one case by a driver and returns the text that its error must contain, and the error.
func BreakRule(t *testing.T, name string, d Driver) (want string, err error) {
	t.Helper()
	c := ruleCases[name]
	return c.want, c.do(benchOn(t, d.World(), d))
}

// Account and caller of the benches.
const (
	Account  = "111111111111"
	Deployer = deployer
)
