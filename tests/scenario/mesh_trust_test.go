//go:build trials

package scenario

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/reach"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks"
	"github.com/ladder-platform/ladder/tests/rig"
)

// What mesh-sidecars-linked says of its roots, and how a rotation changes it.
const (
	rootsFirst = `        r1: arn:aws:acm-pca:ap-northeast-2:444444444503:certificate-authority/6c1b2f6e-0f3d-4c1a-9a57-3f1d2b7c8e90
      issuing: r1`
	secondRoot  = `        r2: arn:aws:acm-pca:ap-northeast-2:444444444503:certificate-authority/0d9e8f7a-6b5c-4d3e-8f21-a0b1c2d3e4f5`
	linkedStack = "mesh-sidecars-linked"
)

// TestARootIsRotatedInThreeSteps: each step is an up after which the clusters
// still reach each other; a step that is skipped is refused before anything changes.
func TestARootIsRotatedInThreeSteps(t *testing.T) {
	t.Parallel()
	var shown papers
	r := rig.New(t, rig.Options{OnEvent: func(e sandbox.Event) { shown.add("an event", e) }})
	seed(t, r, linkedStack)
	edited := func(roots, issuing string) sandbox.Program {
		return r.Edited(linkedStack, rootsFirst, roots+"\n      issuing: "+issuing)
	}
	firstRoot, _, _ := strings.Cut(rootsFirst, "\n")
	both := firstRoot + "\n" + secondRoot
	refused := func(p sandbox.Program, want string) {
		t.Helper()
		if _, err := r.Preview(t.Context(), p); err == nil || !strings.Contains(strings.Join(strings.Fields(err.Error()), " "), want) {
			t.Errorf("the step is answered by %v\nwant it to contain: %s", err, want)
		}
	}
	up := func(what string, p sandbox.Program, roots ...string) {
		t.Helper()
		shown.add("the result of "+what, r.MustUp(p))
		for _, w := range reach.Ways(r.World()) {
			if !w.Reaches {
				t.Errorf("after %s %s does not reach %s: %v", what, w.From, w.To, w.Broken())
			}
		}
		for _, cluster := range []string{"main", "data"} {
			mustChain(t, r, cluster, roots...)
		}
	}

	up("the first up", r.Program(linkedStack), "mesh root 1")
	refused(edited(secondRoot, "r2"), `mesh.ca.issuing: switches to root "r2", which no workload trusts yet`)
	refused(edited(both, "r2"), `first add root "r2" beside "r1" and run up, then switch`)
	up("adding a root", edited(both, "r1"), "mesh root 1", "mesh root 2")
	refused(edited(secondRoot, "r2"), `mesh.ca.roots: drops root "r1" in the same step as the switch away from it`)
	up("switching", edited(both, "r2"), "mesh root 2", "mesh root 1")
	up("dropping the old root", edited(secondRoot, "r2"), "mesh root 2")
	mustBeEmpty(t, "the preview after a rotation", r.MustPreview(edited(secondRoot, "r2")))
	mustHideKeys(t, r, edited(secondRoot, "r2"), &shown)
	mustMindTheEnd(t, r, edited(secondRoot, "r2"))
}

// cacerts is the Secret of a cluster's mesh, decoded.
func cacerts(t *testing.T, r *rig.Rig, cluster string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	r.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("kube:v1/Secret", "", func(o *world.Object) bool {
			return o.ID == "istio-system/cacerts" && strings.HasSuffix(o.URN, "::mesh-"+cluster+"-ca")
		}) {
			for key, v := range o.Attrs["data"].(map[string]any) {
				text, err := base64.StdEncoding.DecodeString(v.(string))
				if err != nil {
					t.Error(err)
				}
				out[key] = text
			}
		}
	})
	if len(out) != 4 {
		t.Fatalf("secret cacerts of %s has %d files, want 4", cluster, len(out))
	}
	return out
}

// mustChain verifies the files as Go reads X.509: the key is the certificate's,
// it may sign for workloads and for nobody else, and it leads to the first of roots.
func mustChain(t *testing.T, r *rig.Rig, cluster string, roots ...string) {
	t.Helper()
	files := cacerts(t, r, cluster)
	trusted := certificates(t, files["root-cert.pem"])
	var names []string
	for _, c := range trusted {
		names = append(names, c.Subject.CommonName)
	}
	if strings.Join(names, ", ") != strings.Join(roots, ", ") {
		t.Errorf("%s trusts %v, want %v", cluster, names, roots)
	}
	chain, own := certificates(t, files["cert-chain.pem"]), certificates(t, files["ca-cert.pem"])
	if len(own) != 1 || len(chain) != 2 || !chain[0].Equal(own[0]) || !chain[1].Equal(trusted[0]) {
		t.Fatalf("%s: the chain is not its certificate and its root: %d and %d certificates", cluster, len(own), len(chain))
	}
	pool := x509.NewCertPool()
	pool.AddCert(trusted[0])
	if _, err := own[0].Verify(x509.VerifyOptions{Roots: pool, CurrentTime: r.World().Now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		t.Errorf("%s: the chain does not verify: %v", cluster, err)
	}
	block, _ := pem.Decode(files["ca-key.pem"])
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil || !key.PublicKey.Equal(own[0].PublicKey) {
		t.Errorf("%s: the key is not the certificate's: %v", cluster, err)
	}
	if !own[0].IsCA || !own[0].MaxPathLenZero || own[0].Subject.CommonName != "mesh "+linkedStack+"-"+cluster {
		t.Errorf("%s: it is no authority of this cluster for workloads alone: %v", cluster, own[0].Subject)
	}
}

func certificates(t *testing.T, text []byte) []*x509.Certificate {
	t.Helper()
	var out []*x509.Certificate
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return out
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
}

// mustHideKeys looks for the signing keys and the tokens of remote secrets in
// all that is written or shown.
func mustHideKeys(t *testing.T, r *rig.Rig, p sandbox.Program, shown *papers) {
	t.Helper()
	hidden := map[string]string{}
	for _, cluster := range []string{"main", "data"} {
		lines := bytes.Split(cacerts(t, r, cluster)["ca-key.pem"], []byte("\n"))
		hidden["the key of "+cluster] = string(lines[1])
	}
	r.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("kube:v1/Secret", "", func(o *world.Object) bool { return o.Attrs["type"] == "kubernetes.io/service-account-token" }) {
			token, err := base64.StdEncoding.DecodeString(o.Attrs["data"].(map[string]any)["token"].(string))
			if err != nil {
				t.Error(err)
			}
			hidden["the token "+o.ID] = string(token)
		}
	})
	if len(hidden) != 4 {
		t.Fatalf("%d secrets are known, want two keys and two tokens", len(hidden))
	}
	shown.addFiles(t, "the last up", r.Dir)
	export, err := r.Export(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	shown.addText("the export", export)
	outputs, err := r.Outputs(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	shown.add("the outputs", outputs)
	for what, plain := range hidden {
		for _, place := range shown.with(plain) {
			t.Errorf("%s stands in plain text in %s", what, place)
		}
	}
}

// mustMindTheEnd: near the end of the intermediates the program warns, then refuses.
func mustMindTheEnd(t *testing.T, r *rig.Rig, p sandbox.Program) {
	t.Helper()
	at := func(day string) (*sandbox.Result, error) {
		now, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		p.Run = stacks.Program{Now: func() time.Time { return now }}.Deploy
		return r.Preview(t.Context(), p)
	}
	result, err := at("2029-09-15")
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(result.Diagnostics, "\n"); !strings.Contains(text, "the clusters' intermediates end in 76 days, on 2029-11-30") {
		t.Errorf("76 days before the end nobody is warned: %s", text)
	}
	if _, err := at("2029-11-20"); err == nil || !strings.Contains(err.Error(), "mesh.ca.until: 2029-11-30 is 10 days away") {
		t.Errorf("ten days before the end the program says %v", err)
	}
}
