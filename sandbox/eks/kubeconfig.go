package eks

import (
	"bytes"
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// kubeconfig is the component's kubeconfig object; the profile goes only into the one that the component uses itself.
func (c *component) kubeconfig(cluster *node, withProfile bool) value {
	return apply(func(in []resource.PropertyValue) resource.PropertyValue {
		args := []any{"eks", "get-token", "--cluster-name", in[0].StringValue(), "--output", "json"}
		env := []any{map[string]any{"name": "KUBERNETES_EXEC_INFO", "value": `{"apiVersion": "client.authentication.k8s.io/v1beta1"}`}}
		if in[3].IsObject() {
			opts := in[3].ObjectValue()
			if r := opts["roleArn"]; r.IsString() {
				args = append(args, "--role", r.StringValue())
			}
			if p := opts["profileName"]; withProfile && p.IsString() {
				env = append(env, map[string]any{"name": "AWS_PROFILE", "value": p.StringValue()})
			}
		}
		target := map[string]any{"server": in[1].StringValue()}
		if in[2].IsObject() && in[2].ObjectValue()["data"].IsString() {
			target["certificate-authority-data"] = in[2].ObjectValue()["data"].StringValue()
		}
		return resource.NewPropertyValue(map[string]any{
			"apiVersion": "v1", "kind": "Config", "current-context": "aws",
			"clusters": []any{map[string]any{"name": "kubernetes", "cluster": target}},
			"contexts": []any{map[string]any{"name": "aws", "context": map[string]any{"cluster": "kubernetes", "user": "aws"}}},
			"users": []any{map[string]any{"name": "aws", "user": map[string]any{"exec": map[string]any{
				"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws", "args": args, "env": env,
			}}}},
		})
	}, cluster.out("name"), cluster.out("endpoint"), cluster.out("certificateAuthority"), c.arg("providerCredentialOpts"))
}

// The order of the fields is the order in which the component's literal has them: JSON.stringify keeps it.
type kubeconfigJSON struct {
	APIVersion string `json:"apiVersion"`
	Clusters   []struct {
		Cluster struct {
			Server string `json:"server"`
			CA     string `json:"certificate-authority-data,omitempty"`
		} `json:"cluster"`
		Name string `json:"name"`
	} `json:"clusters"`
	Contexts []struct {
		Context struct {
			Cluster string `json:"cluster"`
			User    string `json:"user"`
		} `json:"context"`
		Name string `json:"name"`
	} `json:"contexts"`
	CurrentContext string `json:"current-context"`
	Kind           string `json:"kind"`
	Users          []struct {
		Name string `json:"name"`
		User struct {
			Exec struct {
				APIVersion string   `json:"apiVersion"`
				Command    string   `json:"command"`
				Args       []string `json:"args"`
				Env        []struct {
					Name  string `json:"name"`
					Value string `json:"value"`
				} `json:"env"`
			} `json:"exec"`
		} `json:"user"`
	} `json:"users"`
}

func stringified(kubeconfig value) value {
	return apply(func(in []resource.PropertyValue) resource.PropertyValue {
		raw, err := json.Marshal(in[0].Mappable())
		if err != nil {
			panic("eks: a kubeconfig object always marshals: " + err.Error())
		}
		var k kubeconfigJSON
		if err := json.Unmarshal(raw, &k); err != nil {
			panic("eks: a kubeconfig object always has this shape: " + err.Error())
		}
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(k); err != nil {
			panic("eks: a kubeconfig always marshals: " + err.Error())
		}
		return resource.NewProperty(string(bytes.TrimRight(out.Bytes(), "\n")))
	}, kubeconfig)
}
