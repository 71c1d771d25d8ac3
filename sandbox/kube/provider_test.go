package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// unknown is a value that is not known yet.
func unknown() resource.PropertyValue { return resource.MakeComputed(resource.NewProperty("")) }

func TestProviderConfigReplacesOnlyForAnotherCluster(t *testing.T) {
	one, two := kubeconfigOf("https://one"), kubeconfigOf("https://two")
	user := strings.Replace(one, `"get-token"`, `"get-token","--debug"`, 1)
	for name, c := range map[string]struct {
		old, new map[string]any
		unknown  []string
		want     string
	}{
		"nothing changed":                                  {m{"kubeconfig": one}, m{"kubeconfig": one}, nil, "no change"},
		"another user of the same cluster":                 {m{"kubeconfig": one}, m{"kubeconfig": user}, nil, "update"},
		"another server":                                   {m{"kubeconfig": one}, m{"kubeconfig": two}, nil, "replace [kubeconfig]"},
		"a kubeconfig that is not known":                   {m{"kubeconfig": one}, m{}, []string{"kubeconfig"}, "replace [kubeconfig]"},
		"the same identifier beside another server":        {m{"kubeconfig": one, "clusterIdentifier": "a"}, m{"kubeconfig": two, "clusterIdentifier": "a"}, nil, "update"},
		"the same identifier beside an unknown kubeconfig": {m{"kubeconfig": one, "clusterIdentifier": "a"}, m{"clusterIdentifier": "a"}, []string{"kubeconfig"}, "update"},
		"another identifier":                               {m{"kubeconfig": one, "clusterIdentifier": "a"}, m{"kubeconfig": one, "clusterIdentifier": "b"}, nil, "replace [clusterIdentifier]"},
		"an identifier that is not known":                  {m{"kubeconfig": one, "clusterIdentifier": "a"}, m{"kubeconfig": one}, []string{"clusterIdentifier"}, "replace [clusterIdentifier]"},
		"an identifier that comes new":                     {m{"kubeconfig": one}, m{"kubeconfig": one, "clusterIdentifier": "a"}, nil, "update"},
		"another namespace":                                {m{"kubeconfig": one}, m{"kubeconfig": one, "namespace": "x"}, nil, "update"},
	} {
		t.Run(name, func(t *testing.T) {
			news := propertyMap(c.new)
			for _, k := range c.unknown {
				news[resource.PropertyKey(k)] = unknown()
			}
			d, err := (&Provider{}).DiffConfig(context.Background(), plugin.DiffConfigRequest{OldInputs: propertyMap(c.old), NewInputs: news})
			if err != nil {
				t.Fatal(err)
			}
			got := "no change"
			switch {
			case len(d.ReplaceKeys) > 0:
				got = fmt.Sprintf("replace %v", d.ReplaceKeys)
			case d.Changes == plugin.DiffSome:
				got = "update"
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestProviderConfigRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		provider string
		in       m
		want     string
	}{
		"an unknown key":                     {"p", m{"kubeConfig": "x"}, `unknown provider configuration "kubeConfig"`},
		"rendering to a directory":           {"p", m{"renderYamlToDirectory": "x"}, "not simulated"},
		"strict mode on a default provider":  {"default_4_30_0", m{"strictMode": true}, "strict mode prohibits default provider"},
		"strict mode without a kubeconfig":   {"p", m{"strictMode": true, "context": "x"}, "strict mode requires"},
		"nothing to refuse in a normal case": {"p", m{"kubeconfig": "x", "clusterIdentifier": "y", "enableServerSideApply": true}, ""},
	} {
		resp, err := (&Provider{}).CheckConfig(context.Background(), plugin.CheckConfigRequest{Name: c.provider, News: propertyMap(c.in)})
		if err != nil {
			t.Fatal(err)
		}
		var reasons []string
		for _, f := range resp.Failures {
			reasons = append(reasons, f.Reason)
		}
		if got := strings.Join(reasons, "\n"); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestCheckNamesAndPlacesObjects(t *testing.T) {
	b := newBench(t)
	in, err := b.check(typeConfigMap, "settings", propertyMap(m{"data": m{"k": "v"}}))
	if err != nil {
		t.Fatal(err)
	}
	plain, _ := plainMap(in)
	name := nested.Text(plain, "metadata", "name")
	if !strings.HasPrefix(name, "settings-") || len(name) != len("settings-")+8 || strings.Trim(name[9:], "0123456789abcdef") != "" {
		t.Errorf("auto-name %q, want settings- and 8 hexadecimal digits", name)
	}
	if nested.Text(plain, "metadata", "annotations", autonamed) != "true" || nested.Text(plain, "metadata", "namespace") != "default" {
		t.Errorf("metadata %v lacks the auto-name's annotation or the default namespace", plain["metadata"])
	}
	b.inputs[typeConfigMap+"settings"] = in
	again, err := b.check(typeConfigMap, "settings", propertyMap(m{"data": m{"k": "w"}}))
	if err != nil {
		t.Fatal(err)
	}
	if p, _ := plainMap(again); nested.Text(p, "metadata", "name") != name {
		t.Errorf("an update drew the new name %q", nested.Text(p, "metadata", "name"))
	}
	ns, err := b.check(typeNamespace, "n", propertyMap(m{}))
	if err != nil {
		t.Fatal(err)
	}
	if p, _ := plainMap(ns); nested.Text(p, "metadata", "namespace") != "" {
		t.Errorf("a Namespace was put into namespace %q", nested.Text(p, "metadata", "namespace"))
	}
	if _, err := b.check(typeConfigMap, "g", propertyMap(m{"metadata": m{"generateName": "x-"}})); err == nil || !strings.Contains(err.Error(), "not supported in Server-Side Apply mode") {
		t.Errorf("generateName: %v", err)
	}
}

func TestAutonamingModesOfTheEngine(t *testing.T) {
	p := &Provider{}
	req := func(a *plugin.AutonamingOptions) plugin.CheckRequest {
		return plugin.CheckRequest{URN: urnFor(typeNamespace, "n"), Name: "n", Type: typeNamespace, News: resource.PropertyMap{}, Autonaming: a, RandomSeed: []byte("x")}
	}
	resp, err := p.Check(context.Background(), req(&plugin.AutonamingOptions{Mode: plugin.AutonamingModePropose, ProposedName: "proposed"}))
	if err != nil {
		t.Fatal(err)
	}
	if in, _ := plainMap(resp.Properties); nested.Text(in, "metadata", "name") != "proposed" {
		t.Errorf("proposed name not taken: %v", in)
	}
	if _, err := p.Check(context.Background(), req(&plugin.AutonamingOptions{Mode: plugin.AutonamingModeDisabled})); err == nil ||
		err.Error() != "autonaming is disabled, resource requires the .metadata.name field to be set" {
		t.Errorf("disabled: %v", err)
	}
}

func TestTypesThatAreNotObjectsAreLoud(t *testing.T) {
	b := newBench(t)
	for typ, want := range map[string]string{
		"kubernetes:helm.sh/v4:Chart":        "is not simulated",
		"kubernetes:yaml:ConfigFile":         `resource type "kubernetes:yaml:ConfigFile" is not simulated`,
		"kubernetes:apps/v1:DeploymentPatch": "Patch resources",
		"kubernetes:core/v1:ConfigMapList":   "cannot be created directly",
	} {
		in := m{"kind": "Deployment", "apiVersion": "apps/v1", "metadata": m{"name": "x"}}
		if !strings.HasSuffix(typ, "Patch") {
			in = m{"metadata": m{"name": "x"}}
		}
		if _, err := b.check(typ, "x", propertyMap(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", typ, err, want)
		}
	}
}

// diffOf summarises a diff: what changes, what replaces, and the order of a replacement.
func diffOf(d plugin.DiffResult) string {
	paths := sorted(d.DetailedDiff)
	replaces := []string{}
	for _, k := range d.ReplaceKeys {
		replaces = append(replaces, string(k))
	}
	slices.Sort(replaces)
	return fmt.Sprintf("%v replaces %v deleteFirst %t", paths, replaces, d.DeleteBeforeReplace)
}

func TestDiffFollowsTheForceNewTable(t *testing.T) {
	class := m{"metadata": m{"name": "fast"}, "provisioner": "ebs.csi.aws.com", "parameters": m{"type": "gp3"}}
	job := with(inSystem("job"), m{"spec": m{"template": m{"spec": m{"restartPolicy": "Never", "containers": []any{m{"name": "c", "image": "i:1"}}}}}})
	jobOther := with(inSystem("job"), m{"spec": m{"template": m{"spec": m{"restartPolicy": "Never", "containers": []any{m{"name": "c", "image": "i:2"}}}}}})
	scaled := deploymentInputs("d", 2, "10m")
	selected := deploymentInputs("d", 1, "10m")
	selected["spec"].(m)["selector"] = m{"matchLabels": m{"app": "other"}}
	for name, c := range map[string]struct {
		typ      string
		old, new m
		want     string
	}{
		"nothing":                          {typeDeployment, deploymentInputs("d", 1, "10m"), deploymentInputs("d", 1, "10m"), "[] replaces [] deleteFirst false"},
		"replicas in place":                {typeDeployment, deploymentInputs("d", 1, "10m"), scaled, "[spec.replicas] replaces [] deleteFirst false"},
		"a selector replaces":              {typeDeployment, deploymentInputs("d", 1, "10m"), selected, "[spec.selector.matchLabels.app] replaces [spec.selector.matchLabels.app] deleteFirst true"},
		"another name makes before":        {typeConfigMap, inSystem("a"), inSystem("b"), "[metadata.name] replaces [metadata.name] deleteFirst false"},
		"data of a named ConfigMap":        {typeConfigMap, with(inSystem("a"), m{"data": m{"k": "1"}}), with(inSystem("a"), m{"data": m{"k": "2"}}), "[data.k] replaces [data.k] deleteFirst true"},
		"data of an auto-named ConfigMap":  {typeConfigMap, m{"data": m{"k": "1"}}, m{"data": m{"k": "2"}}, "[data.k] replaces [data.k] deleteFirst false"},
		"a label with dots in place":       {typeConfigMap, inSystem("a"), m{"metadata": m{"name": "a", "namespace": "kube-system", "labels": m{"a.b/c": "d"}}}, "[metadata.labels] replaces [] deleteFirst false"},
		"data of a Secret":                 {typeSecret, with(inSystem("a"), m{"stringData": m{"k": "1"}}), with(inSystem("a"), m{"stringData": m{"k": "2"}}), "[data.k] replaces [data.k] deleteFirst true"},
		"a class's parameters":             {typeClass, class, with(class, m{"parameters": m{"type": "io2"}}), "[parameters.type] replaces [parameters.type] deleteFirst true"},
		"a class's reclaim policy":         {typeClass, class, with(class, m{"reclaimPolicy": "Retain"}), "[reclaimPolicy] replaces [] deleteFirst false"},
		"a Job's template":                 {typeJob, job, jobOther, "[spec.template.spec.containers[0].image] replaces [spec.template.spec.containers[0].image] deleteFirst true"},
		"namespace default against absent": {typeConfigMap, m{"metadata": m{"name": "a", "namespace": "default"}}, m{"metadata": m{"name": "a"}}, "[] replaces [] deleteFirst false"},
		"a release's values in place":      {tokenRelease, externalSecrets(), with(externalSecrets(), m{"values": m{"concurrent": 2.}}), "[values.concurrent] replaces [] deleteFirst false"},
		"a release's chart version":        {tokenRelease, externalSecrets(), with(externalSecrets(), m{"version": "2.10.0"}), "[version] replaces [] deleteFirst false"},
		"a release's name":                 {tokenRelease, externalSecrets(), with(externalSecrets(), m{"name": "other"}), "[name] replaces [name] deleteFirst false"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.must(c.typ, "x", c.old)
			if got := diffOf(b.diff(c.typ, "x", c.new)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestConfigMapsMayBeMadeMutable(t *testing.T) {
	b := newBench(t)
	b.configure(m{"kubeconfig": kubeconfigOf(endpoint), "enableConfigMapMutable": "true"})
	b.must(typeConfigMap, "x", with(inSystem("a"), m{"data": m{"k": "1"}}))
	if got := diffOf(b.diff(typeConfigMap, "x", with(inSystem("a"), m{"data": m{"k": "2"}}))); got != "[data.k] replaces [] deleteFirst false" {
		t.Error(got)
	}
	b.must(typeConfigMap, "x", with(inSystem("a"), m{"data": m{"k": "2"}}))
	b.world.View(func(tx *world.Tx) {
		o, _ := tx.Get(world.Key{Kind: "kube:v1/ConfigMap", Scope: endpoint, ID: "kube-system/a"})
		if nested.Text(o.Attrs, "data", "k") != "2" {
			t.Errorf("the update did not arrive: %v", o.Attrs)
		}
	})
}

func TestSecretsStaySecret(t *testing.T) {
	b := newBench(t)
	b.must(typeSecret, "x", with(inSystem("a"), m{"stringData": m{"password": "hunter2"}}))
	key := typeSecret + "x"
	for what, props := range map[string]resource.PropertyMap{"inputs": b.inputs[key], "outputs": b.states[key]} {
		if !props["data"].IsSecret() {
			t.Errorf("data is not secret in the %s", what)
		}
		if _, ok := props["stringData"]; ok {
			t.Errorf("stringData is still in the %s", what)
		}
	}
	if p, _ := plainMap(b.inputs[key]); nested.Text(p, "data", "password") != "aHVudGVyMg==" {
		t.Errorf("data %v, want base64", p["data"])
	}
	if strings.Contains(fmt.Sprint(b.states[key]["__inputs"].Mappable()), "hunter2") {
		t.Error("__inputs gives the secret away")
	}
	resp, err := b.p.Read(context.Background(), plugin.ReadRequest{URN: urnFor(typeSecret, "x"), Type: typeSecret, ID: b.ids[key], Inputs: resource.PropertyMap{
		"apiVersion": resource.NewProperty("v1"), "kind": resource.NewProperty("Secret"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !resp.Outputs["data"].IsSecret() {
		t.Error("a refresh returned the data in plain text")
	}
}

func TestSecretInputsOfOtherKindsStaySecret(t *testing.T) {
	b := newBench(t)
	in := propertyMap(inSystem("a"))
	in["data"] = resource.NewProperty(resource.PropertyMap{"token": resource.MakeSecret(resource.NewProperty("t0ken"))})
	if err := b.applyMap(typeConfigMap, "x", in); err != nil {
		t.Fatal(err)
	}
	if !b.states[typeConfigMap+"x"]["data"].ObjectValue()["token"].IsSecret() {
		t.Error("a secret input came back in plain text")
	}
}

func TestPreviewCreatesNothing(t *testing.T) {
	b := newBench(t)
	in, err := b.check(typeNamespace, "x", propertyMap(m{"metadata": m{"name": "x"}}))
	if err != nil {
		t.Fatal(err)
	}
	before := b.world.Len()
	resp, err := b.p.Create(context.Background(), plugin.CreateRequest{URN: urnFor(typeNamespace, "x"), Type: typeNamespace, Properties: in, Preview: true})
	if err != nil || resp.ID != "" {
		t.Errorf("preview: id %q, error %v", resp.ID, err)
	}
	if b.world.Len() != before {
		t.Error("preview changed the world")
	}
	if len(b.ops) != 0 {
		t.Errorf("preview reported operations: %v", b.ops)
	}
	bad, err := b.check(typeDeployment, "x", propertyMap(with(inSystem("x"), m{"spec": m{"replica": 1.}})))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.p.Create(context.Background(), plugin.CreateRequest{URN: urnFor(typeDeployment, "x"), Type: typeDeployment, Properties: bad, Preview: true}); err == nil {
		t.Error("the server-side dry run let an unknown field pass")
	}
	bad["spec"] = unknown()
	if _, err := b.p.Create(context.Background(), plugin.CreateRequest{URN: urnFor(typeDeployment, "x"), Type: typeDeployment, Properties: bad, Preview: true}); err != nil {
		t.Errorf("unknown inputs cannot be judged: %v", err)
	}
}

func TestReleasePreviewKnowsNoStatus(t *testing.T) {
	b := newBench(t)
	in, err := b.check(tokenRelease, "x", propertyMap(with(externalSecrets(), m{"version": ">=2.0.0"})))
	if err != nil {
		t.Fatal(err)
	}
	if v := in["version"]; !v.IsString() || v.StringValue() != "2.11.0" {
		t.Errorf("version %v, want the exact one in the inputs", v)
	}
	resp, err := b.p.Create(context.Background(), plugin.CreateRequest{URN: urnFor(tokenRelease, "x"), Type: tokenRelease, Properties: in, Preview: true})
	if err != nil || resp.ID != "" || !resp.Properties["status"].IsComputed() || !resp.Properties["resourceNames"].IsComputed() {
		t.Errorf("preview: %v, %v", resp, err)
	}
}

func TestOperationsCostVirtualTime(t *testing.T) {
	b := newBench(t)
	b.must(typeNamespace, "n", m{"metadata": m{"name": "n"}})
	b.must(typeDeployment, "d", deploymentInputs("d", 1, "10m"))
	if err := b.apply(typeDeployment, "big", deploymentInputs("big", 1, "64")); err == nil {
		t.Fatal("64 cores fit nowhere")
	}
	if err := b.apply(typeNodePool, "p", nodePoolInputs("p")); err == nil {
		t.Fatal("there is no CRD")
	}
	want := []time.Duration{latencyObject, latencyRollout, timeoutDefault, latencyRetries}
	for i, op := range b.ops {
		if op.Latency != want[i] {
			t.Errorf("operation %d, %s of %s, took %s, want %s", i, op.Verb, op.Kind, op.Latency, want[i])
		}
	}
	if len(b.ops) != len(want) {
		t.Errorf("%d operations reported, want %d", len(b.ops), len(want))
	}
}

func TestAnUnreadyObjectIsSavedAndHealsOnTheNextUpdate(t *testing.T) {
	b := newBench(t)
	in := deploymentInputs("x", 1, "1500m")
	b.must(typeDeployment, "a", deploymentInputs("a", 2, "1500m"))
	if err := b.apply(typeDeployment, "x", in); err == nil || !strings.Contains(err.Error(), "was successfully created, but the Kubernetes API server reported") {
		t.Fatalf("got %v", err)
	}
	if _, saved := b.ids[typeDeployment+"x"]; !saved {
		t.Fatal("the state was not saved")
	}
	b.node("c", nil)
	if err := b.apply(typeDeployment, "x", in); err != nil {
		t.Errorf("with room on a new node: %v", err)
	}
}

func TestRefreshFindsDriftAndDeletion(t *testing.T) {
	b := newBench(t)
	in := with(inSystem("a"), m{"data": m{"k": "1"}})
	b.must(typeConfigMap, "x", in)
	key := typeConfigMap + "x"
	read := func() plugin.ReadResponse {
		resp, err := b.p.Read(context.Background(), plugin.ReadRequest{
			URN: urnFor(typeConfigMap, "x"), Type: tokens.Type(typeConfigMap), ID: b.ids[key], Inputs: b.inputs[key], State: b.states[key],
		})
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	b.tx(func(tx *world.Tx) {
		o, _ := tx.Get(world.Key{Kind: "kube:v1/ConfigMap", Scope: endpoint, ID: "kube-system/a"})
		o.Attrs["data"].(m)["k"] = "changed"
		o.Attrs["metadata"].(m)["labels"] = m{"by": "hand"}
		tx.Put(o)
	})
	r := read()
	b.states[key] = r.Outputs
	if got, _ := plainMap(r.Inputs); nested.Text(got, "data", "k") != "changed" || nested.At(got, "metadata", "labels") != nil {
		t.Errorf("refreshed inputs %v: want the drifted value, and nothing that the program never set", got)
	}
	if got := diffOf(b.diff(typeConfigMap, "x", in)); got != "[data.k] replaces [data.k] deleteFirst true" {
		t.Errorf("diff after the refresh: %s", got)
	}
	b.drop("kube:v1/ConfigMap", endpoint, "kube-system/a")
	if r := read(); r.ID != "" {
		t.Errorf("a deleted object was read as %q", r.ID)
	}
}

func TestImportReadsAnObjectWithoutWhatTheServerWrites(t *testing.T) {
	b := newBench(t)
	b.must(typeConfigMap, "x", with(inSystem("a"), m{"data": m{"k": "1"}}))
	resp, err := b.p.Read(context.Background(), plugin.ReadRequest{URN: urnFor(typeConfigMap, "y"), Type: typeConfigMap, ID: "kube-system/a"})
	if err != nil {
		t.Fatal(err)
	}
	in, _ := plainMap(resp.Inputs)
	if resp.ID != "kube-system/a" || nested.Text(in, "data", "k") != "1" || nested.At(in, "metadata", "uid") != nil {
		t.Errorf("id %q, inputs %v", resp.ID, in)
	}
}

func TestAnUnreachableCluster(t *testing.T) {
	const advice = "PULUMI_K8S_DELETE_UNREACHABLE"
	b := newBench(t)
	b.must(typeNamespace, "n", m{"metadata": m{"name": "n"}})
	b.must(tokenRelease, "r", externalSecrets())
	b.drop(kindCluster, awsScope, "prd")
	read := func() (plugin.ReadResponse, error) {
		return b.p.Read(context.Background(), plugin.ReadRequest{
			URN: urnFor(typeNamespace, "n"), Type: typeNamespace, ID: "n", Inputs: b.inputs[typeNamespace+"n"], State: b.states[typeNamespace+"n"],
		})
	}
	if _, err := read(); err == nil || !strings.Contains(err.Error(), "failed to read resource state due to unreachable cluster") || !strings.Contains(err.Error(), advice) {
		t.Errorf("read: %v", err)
	}
	if err := b.remove(typeNamespace, "n"); err == nil || !strings.Contains(err.Error(), "configured Kubernetes cluster is unreachable. If the cluster was deleted") {
		t.Errorf("delete: %v", err)
	}
	b.p.settings.skipUnreachable = true
	if r, err := read(); err != nil || r.ID != "n" {
		t.Errorf("skipUpdateUnreachable: %v, %v", r.ID, err)
	}
	b.p.settings.deleteUnreachable = true
	if r, err := read(); err != nil || r.ID != "" {
		t.Errorf("deleteUnreachable: %v, %v", r.ID, err)
	}
	if err := b.remove(tokenRelease, "r"); err == nil || !strings.HasPrefix(err.Error(), "can't delete Helm Release with unreachable cluster. Reason: ") {
		t.Errorf("a Release honours no such mode: %v", err)
	}
	if err := b.remove(typeNamespace, "n"); err != nil {
		t.Errorf("delete in that mode: %v", err)
	}
}

func TestABadKubeconfigFailsOnlyOnUse(t *testing.T) {
	for name, c := range map[string]struct{ kubeconfig, want string }{
		"none":       {"", "unable to load Kubernetes client configuration from kubeconfig file"},
		"not YAML":   {"{\n", "failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- "},
		"no context": {`{"clusters":[]}`, "configured Kubernetes cluster is unreachable"},
	} {
		b := newBench(t)
		b.configure(m{"kubeconfig": c.kubeconfig})
		if err := b.apply(typeNamespace, "n", m{"metadata": m{"name": "n"}}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
