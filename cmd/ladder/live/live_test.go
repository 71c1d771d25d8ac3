package live

import (
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// api is an API server that answers what a real one would; what it lacks is forbidden.
func api(t *testing.T, answers map[string]string) *Cluster {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"kind":"Status","message":"Unauthorized","code":401}`)
			return
		}
		path := r.URL.Path
		if token := r.URL.Query().Get("continue"); token != "" {
			path += "#" + token
		}
		text, ok := answers[path]
		if !ok {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, `{"kind":"Status","message":"forbidden: User \"x\" cannot get path \"%s\"","code":403}`, path)
			return
		}
		fmt.Fprint(w, text)
	}))
	t.Cleanup(server.Close)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	authority = base64.StdEncoding.EncodeToString(ca)
	return open(t, kubeconfig(t, server.URL, "secret"))
}

// authority is that of the last test server: a token goes over TLS only.
var authority string

func kubeconfig(t *testing.T, server, token string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: c, clusters: [{name: k, cluster: {server: %q, certificate-authority-data: %q}}],
contexts: [{name: c, context: {cluster: k, user: u}}], users: [{name: u, user: {token: %s}}]}`, server, authority, token)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string) *Cluster {
	t.Helper()
	c, err := Open(path, "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestALiveClusterIsAsked(t *testing.T) {
	deployment := `{"metadata":{"name":"%s","namespace":"shop"},"spec":{"replicas":2,"template":{"metadata":{"labels":{"app":"web"}}}}}`
	c := api(t, map[string]string{
		"/metrics":                             `apiserver_requested_deprecated_apis{group="policy",removed_release="1.25",resource="podsecuritypolicies",subresource="",version="v1beta1"} 1` + "\n",
		"/apis/apps/v1/deployments":            fmt.Sprintf(`{"kind":"DeploymentList","metadata":{"continue":"more+1"},"items":[`+deployment+`]}`, "web"),
		"/apis/apps/v1/deployments#more+1":     fmt.Sprintf(`{"kind":"DeploymentList","metadata":{},"items":[`+deployment+`]}`, "web2"),
		"/apis/apps/v1/statefulsets":           `{"kind":"StatefulSetList","metadata":{},"items":[]}`,
		"/apis/policy/v1/poddisruptionbudgets": `{"kind":"PodDisruptionBudgetList","metadata":{},"items":[{"metadata":{"name":"web","namespace":"shop"},"spec":{"minAvailable":4,"selector":{"matchLabels":{"app":"web"}}},"status":{"observedGeneration":1,"expectedPods":4}}]}`,
		"/api/v1/nodes": `{"kind":"NodeList","metadata":{},"items":[{"metadata":{"labels":{"ladder/group":"general","ladder/slot":"blue"}}},
			{"metadata":{"labels":{"ladder/group":"general","ladder/slot":"blue"}}},{"metadata":{"labels":{"karpenter.sh/nodepool":"x"}}}]}`,
	})
	requested, err := c.Requested(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]upgrade.Request{{Group: "policy", Version: "v1beta1", Resource: "podsecuritypolicies", Removed: "1.25"}}, requested); diff != "" {
		t.Errorf("requested (-want +got):\n%s", diff)
	}
	w, err := c.Workloads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if w.String() != "2 workloads, 1 budget" {
		t.Errorf("read %s", w)
	}
	if found := w.Blocking("clusters.main"); len(found) != 1 || !strings.Contains(found[0].Message, "shop/web (minAvailable 4) can never let a pod go: it selects 4 of Deployment web, Deployment web2") {
		t.Errorf("findings %v", found)
	}
	slots, err := c.Slots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"general/blue": 2}, slots); diff != "" {
		t.Errorf("slots (-want +got):\n%s", diff)
	}
}

func TestWhatAClusterRefusesIsSaid(t *testing.T) {
	c := api(t, map[string]string{"/apis/apps/v1/deployments": "<html>", "/metrics": "<html>"})
	for want, ask := range map[string]func() error{
		`/api/v1/nodes: forbidden: User "x" cannot get path "/api/v1/nodes"`: func() error { _, err := c.Slots(t.Context()); return err },
		"/apis/apps/v1/deployments: read the answer: invalid character":      func() error { _, err := c.Workloads(t.Context()); return err },
		"line 1 is no sample of a metric":                                    func() error { _, err := c.Requested(t.Context()); return err },
		"ask the API server:": func() error {
			_, err := open(t, kubeconfig(t, "https://127.0.0.1:1", "secret")).Slots(t.Context())
			return err
		},
		"Unauthorized": func() error {
			_, err := open(t, kubeconfig(t, c.server, "other")).Slots(t.Context())
			return err
		},
		"no such file": func() error { _, err := Open("nowhere", ""); return err },
	} {
		if err := ask(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}
