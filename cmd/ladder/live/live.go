package live

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/ladder-platform/ladder/stacks/upgrade"
)

const (
	// patience is for one answer; a private endpoint that cannot be reached
	// would be waited for much longer otherwise.
	patience = 30 * time.Second
	// page is how many objects are asked for at a time, as kubectl does.
	page = 500
	// mostBytes of one answer: the metrics of a large API server have some tens of megabytes.
	mostBytes = 256 << 20
)

// Cluster is a live API server.
type Cluster struct {
	server string
	http   *http.Client
}

// Open reads a kubeconfig; context "" is its current one.
func Open(kubeconfig, context string) (*Cluster, error) {
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		&clientcmd.ClientConfigLoadingRules{ExplicitPath: kubeconfig}, &clientcmd.ConfigOverrides{CurrentContext: context}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("kubeconfig %s: %w", kubeconfig, err)
	}
	return New(config)
}

// New is Open for a configuration that is read already.
func New(config *rest.Config) (*Cluster, error) {
	config = rest.CopyConfig(config)
	config.Timeout = patience
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", config.Host, err)
	}
	server := config.Host
	if !strings.Contains(server, "://") {
		server = "https://" + server
	}
	return &Cluster{server: strings.TrimSuffix(server, "/"), http: client}, nil
}

// Requested are the deprecated APIs that clients asked this server for.
func (c *Cluster) Requested(ctx context.Context) ([]upgrade.Request, error) {
	body, err := c.get(ctx, "/metrics")
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return upgrade.ReadMetrics(body)
}

// Workloads are the Deployments, StatefulSets and budgets of every namespace.
func (c *Cluster) Workloads(ctx context.Context) (upgrade.Workloads, error) {
	var out upgrade.Workloads
	for _, kind := range []struct{ path, apiVersion, kind string }{
		{"/apis/apps/v1/deployments", "apps/v1", "Deployment"},
		{"/apis/apps/v1/statefulsets", "apps/v1", "StatefulSet"},
		{"/apis/policy/v1/poddisruptionbudgets", "policy/v1", "PodDisruptionBudget"},
	} {
		err := c.list(ctx, kind.path, func(item map[string]any) error {
			item["apiVersion"], item["kind"] = kind.apiVersion, kind.kind // a list leaves both out
			text, err := json.Marshal(item)
			if err != nil {
				return err
			}
			return out.Add(text)
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// Slots counts the nodes of each slot, by "<group>/<slot>".
func (c *Cluster) Slots(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	return out, c.list(ctx, "/api/v1/nodes", func(item map[string]any) error {
		meta, _ := item["metadata"].(map[string]any)
		labels, _ := meta["labels"].(map[string]any)
		group, _ := labels["ladder/group"].(string)
		slot, _ := labels["ladder/slot"].(string)
		if group != "" && slot != "" {
			out[group+"/"+slot]++
		}
		return nil
	})
}

// list asks for a kind page by page.
func (c *Cluster) list(ctx context.Context, path string, each func(map[string]any) error) error {
	for next := ""; ; {
		body, err := c.get(ctx, path+"?limit="+fmt.Sprint(page)+"&continue="+url.QueryEscape(next))
		if err != nil {
			return err
		}
		var answer struct {
			Metadata struct {
				Continue string `json:"continue"`
			} `json:"metadata"`
			Items []map[string]any `json:"items"`
		}
		err = json.NewDecoder(body).Decode(&answer)
		body.Close()
		if err != nil {
			return fmt.Errorf("%s%s: read the answer: %w", c.server, path, err)
		}
		for _, item := range answer.Items {
			if err := each(item); err != nil {
				return fmt.Errorf("%s%s: %w", c.server, path, err)
			}
		}
		if next = answer.Metadata.Continue; next == "" {
			return nil
		}
	}
}

type limited struct {
	io.Reader
	io.Closer
}

// get answers with the body of a success; a refusal is an error in the server's words.
func (c *Cluster) get(ctx context.Context, path string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.server+path, nil)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", c.server, err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the API server: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return limited{io.LimitReader(resp.Body, mostBytes), resp.Body}, nil
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<16)) // the status alone says enough
	var status struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(text, &status) != nil || status.Message == "" {
		status.Message = resp.Status
	}
	return nil, fmt.Errorf("%s%s: %s", c.server, path[:max(strings.IndexByte(path+"?", '?'), 0)], status.Message)
}
