package mesh

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRemoteKubeconfig(t *testing.T) {
	text, err := remoteKubeconfig("prd-data")([]any{"https://api.example", "Y2E=", "secret"})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": "prd-data", "preferences": map[string]any{},
		"clusters": []any{map[string]any{"name": "prd-data", "cluster": map[string]any{"server": "https://api.example", "certificate-authority-data": "Y2E="}}},
		"users":    []any{map[string]any{"name": "prd-data", "user": map[string]any{"token": "secret"}}},
		"contexts": []any{map[string]any{"name": "prd-data", "context": map[string]any{"cluster": "prd-data", "user": "prd-data"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kubeconfig (-want +got):\n%s", diff)
	}
	for what, values := range map[string][]any{"no endpoint": {"", "Y2E=", "t"}, "no certificate": {"https://x", "", "t"}, "no token": {"https://x", "Y2E=", ""}} {
		if _, err := remoteKubeconfig("prd-data")(values); err == nil {
			t.Errorf("%s is accepted", what)
		}
	}
}

func TestAnswered(t *testing.T) {
	if got, err := answered(map[string]any{"succeeded": 1.}); err != nil || got != "answered" {
		t.Errorf("a Job that has succeeded: %q, %v", got, err)
	}
	for what, status := range map[string]map[string]any{"a failed Job": {"failed": 1.}, "a Job without a status": nil} {
		if _, err := answered(status); err == nil {
			t.Errorf("%s counts as an answer", what)
		}
	}
}

func TestLoadBalancerName(t *testing.T) {
	long := "mesh-two-networks-with-a-long-cluster"
	for cluster, want := range map[string]string{
		"dev-main": "dev-main-ew", strings.Repeat("a", 29): strings.Repeat("a", 29) + "-ew",
		long + "-a": "mesh-two-networks-with-" + digestOf(long+"-a"), long + "-b": "mesh-two-networks-with-" + digestOf(long+"-b"),
	} {
		got := loadBalancerName(cluster)
		if len(got) > maxLoadBalancerName || !strings.HasPrefix(got, want[:min(len(want), 20)]) || !strings.HasSuffix(got, "-ew") {
			t.Errorf("%s: %q", cluster, got)
		}
	}
	if loadBalancerName(long+"-a") == loadBalancerName(long+"-b") {
		t.Error("two long names are cut to one")
	}
}

// The Secret is put together from answers whose types the engine chose.
func TestSecretFiles(t *testing.T) {
	cert := "-----BEGIN CERTIFICATE-----\nb3du\n-----END CERTIFICATE-----\n"
	root := "-----BEGIN CERTIFICATE-----\ncjEx\n-----END CERTIFICATE-----\n"
	got, err := secretFiles("r1")([]any{map[string]any{"r1": map[string]any{"certificate": cert, "chain": root}}, "key"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"ca-cert.pem": cert, "ca-key.pem": "key\n", "root-cert.pem": root, "cert-chain.pem": cert + root}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := secretFiles("r2")([]any{map[string]any{}, "key"}); err == nil {
		t.Error("no answer at all is accepted")
	}
}
