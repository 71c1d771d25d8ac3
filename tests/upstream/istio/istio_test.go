package istio

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"istio.io/istio/security/pkg/pki/util"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Variables of the judges: where the stacks' objects are, and where costs go (docs/judges.md).
const (
	manifestsVariable = "LADDER_MANIFESTS"
	costsVariable     = "LADDER_JUDGE_COSTS"
)

func stacks(t *testing.T) []Stack {
	t.Helper()
	folder := os.Getenv(manifestsVariable)
	t.Logf("manifests from %q (empty: the examples)", folder)
	if folder == "" {
		folder = "testdata/good"
	}
	out, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// report adds a row to the judges' table when the test ends.
func report(t *testing.T, judge string, judged func() string) {
	t.Helper()
	began, used := time.Now(), processor(t)
	t.Cleanup(func() {
		path := os.Getenv(costsVariable)
		if path == "" {
			return
		}
		line, err := json.Marshal(map[string]any{"judge": judge, "judged": judged(), "cpu": processor(t) - used, "wall": time.Since(began)})
		if err != nil {
			t.Fatal(err)
		}
		file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if _, err := file.Write(append(line, '\n')); err != nil {
			t.Error(err)
		}
	})
}

func processor(t *testing.T) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// ofEveryFilter is what Istio says of any EnvoyFilter, good or bad.
const ofEveryFilter = "EnvoyFilter exposes internal implementation details"

func TestIstioAcceptsWhatStacksRegister(t *testing.T) {
	all := stacks(t)
	total := 0
	report(t, "Istio's validating webhook", func() string { return fmt.Sprintf("%d objects of %d stacks", total, len(all)) })
	hook, err := NewWebhook()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			for _, o := range s.Objects {
				total++
				warnings, err := hook.Judge(o)
				if err != nil {
					t.Errorf("%s %s/%s: %v", o.GetKind(), o.GetNamespace(), o.GetName(), err)
				}
				for _, w := range warnings {
					if strings.HasPrefix(w, ofEveryFilter) {
						t.Logf("%s %s/%s: warning: %s", o.GetKind(), o.GetNamespace(), o.GetName(), w)
						continue
					}
					t.Errorf("%s %s/%s: warning: %s", o.GetKind(), o.GetNamespace(), o.GetName(), w)
				}
			}
		})
	}
	if total == 0 {
		t.Error("no stack has an object of Istio: nothing was judged")
	}
}

func TestIstioRefusesOneOfEachKind(t *testing.T) {
	text, err := os.ReadFile("testdata/bad.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Why, Refusal string
		Object       map[string]any
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	hook, err := NewWebhook()
	if err != nil {
		t.Fatal(err)
	}
	report(t, "bad objects, refused by Istio", func() string { return fmt.Sprintf("%d objects", len(cases)) })
	refused := map[string]bool{}
	for _, c := range cases {
		o := unstructured.Unstructured{Object: c.Object}
		refused[o.GroupVersionKind().Group+"/"+o.GetKind()] = true
		t.Run(c.Why, func(t *testing.T) {
			if _, err := hook.Judge(o); err == nil || !strings.Contains(err.Error(), c.Refusal) {
				t.Errorf("got %v, want a refusal with %q", err, c.Refusal)
			}
		})
	}
	for _, kind := range Kinds() {
		if !refused[kind] {
			t.Errorf("testdata/bad.json has no object of %s", kind)
		}
	}
}

func TestIstiodTakesItsMeshConfig(t *testing.T) {
	total := 0
	report(t, "Istio's mesh configuration", func() string { return fmt.Sprintf("%d releases", total) })
	for _, s := range stacks(t) {
		for release, told := range s.MeshConfigs {
			total++
			t.Run(s.Name+"/"+release, func(t *testing.T) {
				if warnings, err := JudgeMeshConfig(told); err != nil || warnings != "" {
					t.Errorf("got %v, warnings %q", err, warnings)
				}
			})
		}
	}
	if total == 0 {
		t.Error("no stack has a release of the chart istiod: nothing was judged")
	}
}

func TestIstiodRefusesBadMeshConfig(t *testing.T) {
	for name, c := range map[string]struct {
		told map[string]any
		want string
	}{
		"a good one":                         {map[string]any{"accessLogFile": "/dev/stdout", "outboundTrafficPolicy": map[string]any{"mode": "REGISTRY_ONLY"}}, ""},
		"a field that it does not have":      {map[string]any{"accessLogs": "/dev/stdout"}, `unknown field "accessLogs"`},
		"a mode that it does not have":       {map[string]any{"outboundTrafficPolicy": map[string]any{"mode": "REGISTRY"}}, "REGISTRY"},
		"an authorizer without a service":    {map[string]any{"extensionProviders": []any{map[string]any{"name": "a", "envoyExtAuthzGrpc": map[string]any{"port": 9000}}}}, "service"},
		"a proxy's field in the wrong place": {map[string]any{"holdApplicationUntilProxyStarts": true}, "unknown field"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := JudgeMeshConfig(c.told)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestIstiodTakesTheChains(t *testing.T) {
	all := stacks(t)
	chains := 0
	report(t, "Istio's key and certificate bundle", func() string { return fmt.Sprintf("%d chains", chains) })
	for _, s := range all {
		for cluster, dir := range s.Chains {
			chains++
			t.Run(s.Name+"/"+cluster, func(t *testing.T) {
				if err := JudgeChain(dir); err != nil {
					t.Error(err)
				}
				for other, signer := range s.Chains {
					if err := JudgeTrust(dir, signer); err != nil {
						t.Errorf("does not trust what %s signs: %v", other, err)
					}
				}
			})
		}
	}
	if os.Getenv(manifestsVariable) != "" && chains == 0 {
		t.Error("no stack has a Secret cacerts: nothing was judged")
	}
}

// authority writes a root and an intermediate below it in the layout of cacerts.
func authority(t *testing.T, change func(files map[string][]byte)) string {
	t.Helper()
	rootCert, rootKey, err := util.GenCertKeyFromOptions(util.CertOptions{TTL: 2 * time.Hour, Org: "root", IsCA: true, IsSelfSigned: true, ECSigAlg: util.EcdsaSigAlg})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := util.ParsePemEncodedCertificate(rootCert)
	if err != nil {
		t.Fatal(err)
	}
	signing, err := util.ParsePemEncodedKey(rootKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, key, err := util.GenCertKeyFromOptions(util.CertOptions{
		TTL: 2 * time.Hour, Org: "intermediate", IsCA: true, SignerCert: signer, SignerPriv: signing, ECSigAlg: util.EcdsaSigAlg,
	})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"ca-cert.pem": cert, "ca-key.pem": key, "root-cert.pem": rootCert, "cert-chain.pem": slices.Concat(cert, rootCert)}
	change(files)
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestIstiodRefusesBrokenChains(t *testing.T) {
	for name, c := range map[string]struct {
		change func(map[string][]byte)
		want   string
	}{
		"a whole one": {func(map[string][]byte) {}, ""},
		"another root": {func(f map[string][]byte) {
			other, _, _ := util.GenCertKeyFromOptions(util.CertOptions{TTL: time.Hour, Org: "other", IsCA: true, IsSelfSigned: true, ECSigAlg: util.EcdsaSigAlg})
			f["root-cert.pem"], f["cert-chain.pem"] = other, f["ca-cert.pem"]
		}, "certificate signed by unknown authority"},
		"another key": {func(f map[string][]byte) {
			_, other, _ := util.GenCertKeyFromOptions(util.CertOptions{TTL: time.Hour, Org: "other", IsCA: true, IsSelfSigned: true, ECSigAlg: util.EcdsaSigAlg})
			f["ca-key.pem"] = other
		}, "private key does not match public key"},
		"no key":  {func(f map[string][]byte) { delete(f, "ca-key.pem") }, "no such file"},
		"no root": {func(f map[string][]byte) { f["root-cert.pem"] = nil }, "root"},
	} {
		t.Run(name, func(t *testing.T) {
			err := JudgeChain(authority(t, c.change))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestTwoRootsDoNotTrustEachOther(t *testing.T) {
	unchanged := func(map[string][]byte) {}
	a, b := authority(t, unchanged), authority(t, unchanged)
	if err := JudgeTrust(a, a); err != nil {
		t.Errorf("its own: %v", err)
	}
	if err := JudgeTrust(a, b); err == nil {
		t.Error("a certificate below another root was trusted")
	}
}
