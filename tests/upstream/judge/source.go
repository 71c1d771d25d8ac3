package judge

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Source is a Go module that carries CRDs or charts. It is read, not compiled,
// so it is not in go.mod, where it would pull other versions into the API server.
type Source struct {
	Module, Version string
	// Sum is the module's hash, as go.sum would have it.
	Sum string
	// CRDs are globs of files in the module.
	CRDs []string
	// Charts are folders in the module by the chart's name.
	Charts map[string]string
	// Schemas says that the sandbox holds custom resources to these CRDs' schemas.
	Schemas bool
	// Modelled says that the sandbox makes exactly the objects that these charts render.
	Modelled bool
}

// Sources of the judges. Versions follow the newest release of the catalogue as
// far as the Go module proxy has them; a chart's own version is printed with it,
// because projects raise it some days after they tag the code.
var Sources = []Source{
	{
		Module: "github.com/aws/karpenter-provider-aws", Version: "v1.14.1",
		Sum:    "h1:WGtIQTQcxpElYMdWfWuPwaF2+9muR+hYhPZsTtoY8Gs=",
		CRDs:   []string{"pkg/apis/crds/karpenter*.yaml"},
		Charts: map[string]string{"karpenter": "charts/karpenter", "karpenter-crd": "charts/karpenter-crd"},
	},
	{
		Module: "github.com/aws/amazon-vpc-cni-k8s", Version: "v1.23.1",
		Sum:  "h1:YzKMl0zoRGvwBqkkElBb2EdHxYB3IkI/ZMs4oG1+r4c=",
		CRDs: []string{"charts/aws-vpc-cni/crds/customresourcedefinition.yaml"},
	},
	{
		Module: "github.com/kubernetes-csi/external-snapshotter/client/v8", Version: "v8.7.0",
		Sum:  "h1:HVaSUeRRHPu49aSiL8eXOjS9Re9G6pM0NzdTGI7mM14=",
		CRDs: []string{"config/crd/snapshot.storage.k8s.io_*.yaml"},
	},
	{
		// The last version that is published as a Go module: later tags are v2
		// without the /v2 in the module's path. The API external-secrets.io/v1,
		// which is all that we use, is the same.
		Module: "github.com/external-secrets/external-secrets", Version: "v1.3.2",
		Sum:    "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=",
		CRDs:   []string{"config/crds/bases/*external-secrets.io_*.yaml"},
		Charts: map[string]string{"external-secrets": "deploy/charts/external-secrets"},
	},
	{
		// Istio tags without the v that Go asks for, so a version is a commit's date;
		// this one, of the branch release-1.31 as 1.31.0 was made, is the newest that the proxy has.
		Module: "istio.io/istio", Version: "v0.0.0-20260827124520-eed52ebb66ad",
		Sum:  "h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI=",
		CRDs: []string{"manifests/charts/base/files/crd-all.gen.yaml"},
		Charts: map[string]string{
			"base": "manifests/charts/base", "istiod": "manifests/charts/istio-control/istio-discovery", "cni": "manifests/charts/istio-cni",
			"ztunnel": "manifests/charts/ztunnel", "gateway": "manifests/charts/gateway",
		},
		Schemas: true, Modelled: true,
	},
	{
		// The last version of the operator itself that the proxy serves; the
		// catalogue's charts bring newer definitions, which only add fields.
		Module: "github.com/prometheus-operator/prometheus-operator", Version: "v0.85.0",
		Sum:  "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
		CRDs: []string{"example/prometheus-operator-crd/monitoring.coreos.com_*.yaml"},
	},
	{
		Module: "github.com/cert-manager/cert-manager", Version: "v1.21.2",
		Sum:  "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
		CRDs: []string{"deploy/crds/*cert-manager.io_*.yaml"},
	},
	{
		Module: "sigs.k8s.io/gateway-api", Version: "v1.6.0",
		Sum:     "h1:735YBRj5NXFrOGX0GoSjwzUIzbz8kiEOfADsqHFmHgE=",
		CRDs:    []string{"config/crd/standard/gateway.networking.k8s.io_*.yaml"},
		Schemas: true,
	},
}

// Fetched is a source in the module cache.
type Fetched struct {
	Source
	Dir string
}

// Fetch downloads the source through the ordinary Go module client and refuses
// it when its contents are not those that Sum names.
func (s Source) Fetch() (Fetched, error) {
	cmd := exec.Command("go", "mod", "download", "-json", s.Module+"@"+s.Version)
	cmd.Dir = os.TempDir() // outside of any module
	out, err := cmd.Output()
	var answer struct{ Dir, Sum, Error string }
	if decode := json.Unmarshal(out, &answer); decode != nil {
		return Fetched{}, fmt.Errorf("%s@%s: go mod download: %w, %w", s.Module, s.Version, err, decode)
	}
	if answer.Error != "" {
		return Fetched{}, fmt.Errorf("%s@%s: go mod download: %s", s.Module, s.Version, answer.Error)
	}
	if answer.Sum != s.Sum {
		return Fetched{}, fmt.Errorf("%s@%s: contents are %s, expected %s: somebody changed a published version", s.Module, s.Version, answer.Sum, s.Sum)
	}
	return Fetched{Source: s, Dir: answer.Dir}, nil
}

// Definitions are the module's CustomResourceDefinitions.
func (f Fetched) Definitions() ([]Object, error) {
	var all []Object
	for _, glob := range f.CRDs {
		files, err := filepath.Glob(filepath.Join(f.Dir, filepath.FromSlash(glob)))
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", f.Module, glob, err)
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("%s@%s: no file matches %q: the project moved its CRDs", f.Module, f.Version, glob)
		}
		slices.Sort(files)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Module, err)
			}
			objects, err := SplitYAML(string(text))
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", f.Module, filepath.Base(file), err)
			}
			all = append(all, objects...)
		}
	}
	return slices.DeleteFunc(all, func(o Object) bool { return o.GetKind() != kindCRD }), nil
}

// ChartDir finds the folder of a chart that a release names: by the last part of
// the name, so oci://registry/karpenter/karpenter is "karpenter".
func ChartDir(sources []Fetched, chart string) (dir string, from Fetched, ok bool) {
	name := path.Base(strings.TrimSuffix(chart, "/"))
	for _, f := range sources {
		if folder, has := f.Charts[name]; has {
			return filepath.Join(f.Dir, filepath.FromSlash(folder)), f, true
		}
	}
	return "", Fetched{}, false
}

// KubernetesVersion is the version of the API server, such as v1.36.3, from go.mod.
// The server itself answers v0.0.0: only release builds are stamped, by linker flags.
func KubernetesVersion() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes").Output()
	if err != nil {
		return "", fmt.Errorf("version of k8s.io/kubernetes: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
