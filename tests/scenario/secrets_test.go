package scenario

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// What the program is given; quote, newline and non-ASCII make every escaped
// form differ from the plain one.
const (
	plantedParameter  = "hunter2-parameter-\"q\"\n-ü"
	plantedKubernetes = "hunter2-kubernetes-<&>-\\"
	plantedManager    = "hunter2-manager-{\"a\":1}"
	plantedUnmarked   = "hunter2-unmarked-%s"
)

// TestNoSecretIsWrittenInPlainText runs the platform beside resources that
// hold secrets, with the state written after every operation, and looks for
// every planted secret in all that is written or shown.
//
// The world's own file is left out of the search: it is the cloud, and a cloud
// does hold what it was given. What shows world objects masks them, which is
// searched too. That the search finds what is not marked was proved by taking
// the two ToSecret below away: plan, state, its copies and history, results,
// outputs, export and Masked were all reported.
func TestNoSecretIsWrittenInPlainText(t *testing.T) {
	t.Parallel()
	var shown papers
	r := rig.New(t, rig.Options{Checkpoints: true, OnEvent: func(e sandbox.Event) { shown.add("an event", e) }})
	planted := &secrets{plain: map[string]string{}}
	p := r.Program("dev")
	p.Run = beside(planted.plant)

	for _, step := range []struct {
		name string
		run  func(sandbox.Program) *sandbox.Result
	}{{"preview", r.MustPreview}, {"up", r.MustUp}, {"refresh", r.MustRefresh}, {"second preview", r.MustPreview}} {
		shown.add("the result of the "+step.name, step.run(p))
		shown.addFiles(t, step.name, r.Dir)
	}
	outputs, err := r.Outputs(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	shown.add("the outputs", outputs)
	export, err := r.Export(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	shown.addText("the export", export)
	var cloud papers
	r.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("", "", nil) {
			cloud.add(o.ID, o.Attrs)
			shown.add("the masked object "+o.Kind+" "+o.ID, o.Masked())
		}
	})

	if len(planted.plain) != 6 {
		t.Fatalf("%d secrets are known in plain text, want 6: this test would look for too little", len(planted.plain))
	}
	for name, plain := range planted.plain {
		if outputs[name] != "[secret]" {
			t.Errorf("output %q reads %v, want it masked", name, outputs[name])
		}
		for _, place := range shown.with(plain) {
			t.Errorf("%s has the %s secret in plain text", place, name)
		}
	}
	for _, name := range []string{"parameter", "kubernetes", "manager", "unmarked"} {
		if len(cloud.with(planted.plain[name])) == 0 {
			t.Errorf("the cloud does not hold the %s secret: the search looks for the wrong thing", name)
		}
	}
}

// secrets are what the program plants, in plain text.
type secrets struct {
	lock  sync.Mutex
	plain map[string]string
}

// plant registers secrets in every kind of package, and exports them. What a
// provider makes is known once it is made.
func (s *secrets) plant(ctx *pulumi.Context, on map[string]pulumi.ProviderResource) error {
	for _, pkg := range []string{"random", "tls"} {
		provider := &pulumi.ProviderResourceState{}
		if err := ctx.RegisterResource("pulumi:providers:"+pkg, pkg, pulumi.Map{}, provider); err != nil {
			return err
		}
		on[pkg] = provider
	}
	for name, x := range map[string]struct {
		pkg, token string
		props      pulumi.Map
		secret     func(*holder) pulumi.StringOutput
	}{
		"password": {"random", "random:index/randomPassword:RandomPassword",
			pulumi.Map{"length": pulumi.Int(24)}, func(h *holder) pulumi.StringOutput { return h.Result }},
		"key": {"tls", "tls:index/privateKey:PrivateKey",
			pulumi.Map{"algorithm": pulumi.String("ECDSA")}, func(h *holder) pulumi.StringOutput { return h.PrivateKeyPem }},
		"parameter": {"aws", "aws:ssm/parameter:Parameter", pulumi.Map{
			"name": pulumi.String("/platform/dev/planted"), "type": pulumi.String("SecureString"),
			"value": pulumi.ToSecret(pulumi.String(plantedParameter)),
		}, func(h *holder) pulumi.StringOutput { return h.Value }},
		// The program marks neither of the two: the provider's schema does.
		"manager": {"aws", "aws:secretsmanager/secretVersion:SecretVersion", pulumi.Map{
			"secretId": pulumi.String("planted"), "secretString": pulumi.String(plantedManager),
		}, func(h *holder) pulumi.StringOutput { return h.SecretString }},
		"unmarked": {"aws", "aws:ssm/parameter:Parameter", pulumi.Map{
			"name": pulumi.String("/platform/dev/unmarked"), "type": pulumi.String("SecureString"), "value": pulumi.String(plantedUnmarked),
		}, func(h *holder) pulumi.StringOutput { return h.Value }},
		"kubernetes": {"kubernetes", "kubernetes:core/v1:Secret", pulumi.Map{
			"apiVersion": pulumi.String("v1"), "kind": pulumi.String("Secret"),
			"metadata":   pulumi.Map{"name": pulumi.String("planted"), "namespace": pulumi.String("default")},
			"stringData": pulumi.ToSecret(pulumi.StringMap{"planted": pulumi.String(plantedKubernetes)}),
		}, func(h *holder) pulumi.StringOutput { return h.StringData.MapIndex(pulumi.String("planted")) }},
	} {
		h := &holder{}
		if err := ctx.RegisterResource(x.token, "planted-"+name, x.props, h, pulumi.Provider(on[x.pkg])); err != nil {
			return fmt.Errorf("plant %s: %w", name, err)
		}
		ctx.Export(name, x.secret(h).ApplyT(func(plain string) string {
			s.lock.Lock()
			defer s.lock.Unlock()
			s.plain[name] = plain
			return plain
		}))
	}
	return nil
}

// holder is a resource of any of the types that plant registers.
type holder struct {
	pulumi.CustomResourceState
	Result        pulumi.StringOutput    `pulumi:"result"`
	PrivateKeyPem pulumi.StringOutput    `pulumi:"privateKeyPem"`
	Value         pulumi.StringOutput    `pulumi:"value"`
	SecretString  pulumi.StringOutput    `pulumi:"secretString"`
	StringData    pulumi.StringMapOutput `pulumi:"stringData"`
}

// papers are all that was written or shown, each with where.
type papers struct {
	lock  sync.Mutex
	texts map[string][]byte
}

func (p *papers) addText(where string, text []byte) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.texts == nil {
		p.texts = map[string][]byte{}
	}
	p.texts[where] = append(append(p.texts[where], text...), '\n')
}

// add takes a value both as JSON has it and as a person reads it.
func (p *papers) add(where string, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // only values that the sandbox itself encodes are added
	}
	p.addText(where, text)
	p.addText(where, fmt.Appendf(nil, "%+v", v))
}

// addFiles takes every file under a directory but the world's own.
func (p *papers) addFiles(t *testing.T, when, dir string) {
	t.Helper()
	states := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == world.FileName {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(path, string(filepath.Separator)+"stacks"+string(filepath.Separator)) {
			states++
		}
		p.addText("after "+when+", "+strings.TrimPrefix(path, dir), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if states == 0 {
		t.Fatalf("after %s: no state file is under %s", when, dir)
	}
}

// with lists where a secret stands: plain, in base64, or escaped as in JSON
// (once, and twice as JSON inside JSON is), in Go and in URLs.
func (p *papers) with(plain string) []string {
	forms := map[string]bool{plain: true, url.QueryEscape(plain): true, url.PathEscape(plain): true, strings.Trim(strconv.Quote(plain), `"`): true}
	for _, html := range []bool{true, false} {
		once := escaped(plain, html)
		forms[once], forms[escaped(once, html)] = true, true
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		// Two bytes at either end are left off: in the middle of a longer text
		// they depend on their neighbours.
		for skip := range 3 {
			coded := enc.EncodeToString([]byte(plain)[skip:])
			forms[coded[:len(coded)-4]] = true
		}
	}
	var places []string
	for where, text := range p.texts {
		for form := range forms {
			if bytes.Contains(text, []byte(form)) {
				places = append(places, where)
				break
			}
		}
	}
	slices.Sort(places)
	return places
}

// escaped is a text between the quotes of a JSON string.
func escaped(s string, html bool) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(html)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
}

// TestTheSearchFindsEveryForm keeps papers.with from passing by looking badly.
func TestTheSearchFindsEveryForm(t *testing.T) {
	for name, text := range map[string]string{
		"plain":                 "x" + plantedParameter,
		"JSON":                  mustJSON(t, map[string]string{"a": plantedParameter}),
		"JSON inside JSON":      mustJSON(t, mustJSON(t, plantedParameter)),
		"base64":                base64.StdEncoding.EncodeToString([]byte(plantedParameter)),
		"base64 of longer text": base64.StdEncoding.EncodeToString([]byte("user:" + plantedParameter + "; more")),
		"a Go string":           fmt.Sprintf("%q", plantedParameter),
		"a URL":                 "?q=" + url.QueryEscape(plantedParameter),
	} {
		var p papers
		p.addText(name, []byte(text))
		if len(p.with(plantedParameter)) != 1 {
			t.Errorf("%s: the secret is not found in %s", name, text)
		}
		if len(p.with(plantedKubernetes)) != 0 {
			t.Errorf("%s: another secret is found in %s", name, text)
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
