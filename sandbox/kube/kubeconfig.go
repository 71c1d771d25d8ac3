package kube

import (
	"fmt"
	"os"
	"reflect"
	"strings"

	"sigs.k8s.io/yaml"
)

// kubeconfig is the part of a kubeconfig file that decides which cluster is talked to, and as whom.
type kubeconfig struct {
	Clusters []struct {
		Name    string         `json:"name"`
		Cluster map[string]any `json:"cluster"`
	} `json:"clusters"`
	Contexts []struct {
		Name    string `json:"name"`
		Context struct {
			Cluster   string `json:"cluster"`
			User      string `json:"user"`
			Namespace string `json:"namespace"`
		} `json:"context"`
	} `json:"contexts"`
	CurrentContext string `json:"current-context"`
	Users          []struct {
		Name string `json:"name"`
		User struct {
			Exec struct {
				Command string   `json:"command"`
				Args    []string `json:"args"`
			} `json:"exec"`
		} `json:"user"`
	} `json:"users"`
}

// parseKubeconfig reads contents (YAML or JSON), or a file when the text is a path: K:provider.go Configure.
func parseKubeconfig(text string) (*kubeconfig, error) {
	if !strings.ContainsAny(text, "\n{") && strings.ContainsAny(text, "/~") {
		raw, err := os.ReadFile(text)
		if err != nil {
			return nil, err
		}
		text = string(raw)
	}
	k := &kubeconfig{}
	if err := yaml.Unmarshal([]byte(text), k); err != nil {
		return nil, fmt.Errorf("yaml: %w", err)
	}
	return k, nil
}

// active is the cluster entry that current-context selects, overridden by context and cluster.
func (k *kubeconfig) active(context, cluster string) map[string]any {
	if context == "" {
		context = k.CurrentContext
	}
	if cluster == "" {
		for _, c := range k.Contexts {
			if c.Name == context {
				cluster = c.Context.Cluster
			}
		}
	}
	for _, c := range k.Clusters {
		if c.Name == cluster {
			return c.Cluster
		}
	}
	return nil
}

func sameCluster(a, b map[string]any) bool { return reflect.DeepEqual(a, b) }

// server is the URL of the API server.
func server(cluster map[string]any) string {
	s, _ := cluster["server"].(string)
	return s
}

// namespace is the context's namespace.
func (k *kubeconfig) namespace(context string) string {
	if context == "" {
		context = k.CurrentContext
	}
	for _, c := range k.Contexts {
		if c.Name == context {
			return c.Context.Namespace
		}
	}
	return ""
}

// role is the IAM role that `aws eks get-token` is told to assume, or "".
func (k *kubeconfig) role(context string) string {
	if context == "" {
		context = k.CurrentContext
	}
	user := ""
	for _, c := range k.Contexts {
		if c.Name == context {
			user = c.Context.User
		}
	}
	for _, u := range k.Users {
		if u.Name != user {
			continue
		}
		args := u.User.Exec.Args
		for i := range args[:max(0, len(args)-1)] {
			if args[i] == "--role" || args[i] == "--role-arn" {
				return args[i+1]
			}
		}
	}
	return ""
}
