package prometheus

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// Exporter is a Go module whose code says which metrics something has. It is
// read, not compiled.
type Exporter struct {
	Module, Version string
	// Sum is the module's hash, as go.sum would have it.
	Sum string
	// Dirs are the folders to read, with all below; none are the whole module.
	Dirs []string
	// Prefix that the program puts before names that the module has without it.
	Prefix string
	// Read is how; nil reads Go code.
	Read func(dir string) (map[string]bool, error)
}

// Exporters of everything that a stack's Prometheus scrapes and whose module
// the Go module proxy has. Versions follow the newest release of the catalogue.
var Exporters = []Exporter{
	{Module: "k8s.io/kube-state-metrics/v2", Version: "v2.18.0", Sum: "h1:3T0ydK17wNf+uYyxaTMg0vM0lyqWMAv8xDqZjheMdxk=", Dirs: []string{"internal/store"}},
	{Module: "github.com/prometheus/node_exporter", Version: "v1.12.1", Sum: "h1:LzcZ6SqJRH2EULBz3Paa1t1uzQaaoo9domuz8FQDkiY=", Read: exposition("collector/fixtures/e2e-output.txt")},
	{Module: "github.com/prometheus/node_exporter", Version: "v1.12.1", Sum: "h1:LzcZ6SqJRH2EULBz3Paa1t1uzQaaoo9domuz8FQDkiY=", Dirs: []string{"collector"}},
	{Module: "k8s.io/kubernetes", Version: "v1.36.3", Sum: "h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=", Read: documented("test/instrumentation/documentation/documentation-list.yaml")},
	{Module: "github.com/google/cadvisor", Version: "v0.57.0", Sum: "h1:2LoXUZIJPR3VQJC1bZmqAGdh09yPfpS7MEeC4fJy80k=", Dirs: []string{"metrics"}},
	{Module: "github.com/coredns/coredns", Version: "v1.14.3", Sum: "h1:hWWoTdONblKIWhC8QPkxLEGIbewhR5xyTedqLVPsvvE="},
	{Module: "github.com/aws/amazon-vpc-cni-k8s", Version: "v1.23.1", Sum: "h1:YzKMl0zoRGvwBqkkElBb2EdHxYB3IkI/ZMs4oG1+r4c=", Dirs: []string{"utils/prometheusmetrics"}},
	{Module: "github.com/prometheus/prometheus", Version: "v0.315.0", Sum: "h1:sFGZWmC2Hk9N1NBJGCnXYZb5hyLCq8yuAMoEjLAg6ac="},
	{Module: "github.com/prometheus/alertmanager", Version: "v0.34.2", Sum: "h1:4oOnHs4J41X9n+7MucFjA3I5i5MtasjWTnIY27q5Qkw="},
	{Module: "github.com/thanos-io/thanos", Version: "v0.42.0", Sum: "h1:9d+cAEq/lCuhQY6VK3FzxFmXhE/1Qy0Gv45xSYn1EAM=", Dirs: []string{"cmd", "pkg"}},
	{Module: "github.com/thanos-io/objstore", Version: "v0.0.0-20250804093838-71d60dfee488", Sum: "h1:khBsQLLRoF1KzXgTlwFZa6mC32bwYUUAu/AeP49V7UM=", Prefix: "thanos_"},
	{Module: "github.com/grafana/loki/v3", Version: "v3.7.8", Sum: "h1:bJ0WFWVOjgvG/jYmT9fIX15SYXXDwuEu/IMgTwMA97U=", Dirs: []string{"pkg/validation", "pkg/util/constants"}},
	{Module: "istio.io/istio", Version: "v0.0.0-20260827124520-eed52ebb66ad", Sum: "h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI=", Dirs: []string{"pilot", "security", "pkg"}},
	{Module: "istio.io/istio", Version: "v0.0.0-20260827124520-eed52ebb66ad", Sum: "h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI=", Read: proxies("pilot/pkg/model/telemetry.go")},
	{Module: "github.com/cert-manager/cert-manager", Version: "v1.21.2", Sum: "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=", Dirs: []string{"pkg/metrics", "internal/collectors"}},
	{Module: "github.com/external-secrets/external-secrets", Version: "v1.3.2", Sum: "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=", Dirs: []string{"pkg/controllers"}},
	{Module: "sigs.k8s.io/controller-runtime", Version: "v0.22.4", Sum: "h1:GEjV7KV3TY8e+tJ2LCTxUTanW4z/FmNB7l327UfMq9A=", Dirs: []string{"pkg/internal/controller/metrics"}},
	{Module: "go.opentelemetry.io/collector/exporter/exporterhelper", Version: "v0.164.0", Sum: "h1:aQPF3Lm+BkZzqcb+qVYTvsumreJaODrYROFYJ/lT5gQ=", Read: telemetry},
	{Module: "go.opentelemetry.io/collector/receiver/receiverhelper", Version: "v0.164.0", Sum: "h1:nkIBMnRPVzw7373aEMsa9lpqHnkgN3YkDKm7DiQp00o=", Read: telemetry},
}

// Listed are metrics that no module says in a form that can be read, with where
// they are said.
var Listed = map[string]string{
	"node_memory_MemAvailable_bytes":                  "node_exporter collector/meminfo_linux.go: the names of /proc/meminfo as they are",
	"up":                                              "Prometheus, \"Jobs and instances\": of every target",
	"ALERTS":                                          "Prometheus, \"Alerting rules\": of every active alert",
	"loki_request_duration_seconds":                   "grafana/dskit server/metrics.go: request_duration_seconds in the namespace that Loki gives it, loki",
	"external_dns_registry_errors_total":              "kubernetes-sigs/external-dns docs/monitoring/metrics.md; its module needs a newer Go",
	"external_dns_source_errors_total":                "kubernetes-sigs/external-dns docs/monitoring/metrics.md; its module needs a newer Go",
	"fluentbit_input_records_total":                   "Fluent Bit manual, \"Monitoring\": metrics in Prometheus format; written in C",
	"fluentbit_output_dropped_records_total":          "Fluent Bit manual, \"Monitoring\"",
	"fluentbit_output_proc_records_total":             "Fluent Bit manual, \"Monitoring\"",
	"fluentbit_output_retries_total":                  "Fluent Bit manual, \"Monitoring\"",
	"fluentbit_output_retries_failed_total":           "Fluent Bit manual, \"Monitoring\"",
	"istio_tcp_connections_opened_total":              "istio/ztunnel src/proxy/metrics.rs; written in Rust",
	"ladder_volumesnapshot_created_timestamp_seconds": "components/observability/alerts, StateMetrics: kube-state-metrics reads VolumeSnapshots by it",
	"ladder_volumesnapshot_error_timestamp_seconds":   "components/observability/alerts, StateMetrics: kube-state-metrics reads VolumeSnapshots by it",
}

// Metrics are the names that an exporter has.
func (e Exporter) Metrics() (map[string]bool, error) {
	dir, err := e.fetch()
	if err != nil {
		return nil, err
	}
	read := e.Read
	if read == nil {
		read = e.goCode
	}
	names, err := read(dir)
	if err != nil {
		return nil, fmt.Errorf("%s@%s: %w", e.Module, e.Version, err)
	}
	out := map[string]bool{}
	for name := range names {
		out[e.Prefix+name] = true
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s@%s: says no metric any more", e.Module, e.Version)
	}
	return out, nil
}

// fetch downloads the module through the ordinary client and refuses it when
// its contents are not those that Sum names.
func (e Exporter) fetch() (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", e.Module+"@"+e.Version)
	cmd.Dir = os.TempDir() // outside of any module
	out, err := cmd.Output()
	var answer struct{ Dir, Sum, Error string }
	if decode := json.Unmarshal(out, &answer); decode != nil || answer.Error != "" {
		return "", fmt.Errorf("%s@%s: go mod download: %v %s", e.Module, e.Version, err, answer.Error)
	}
	if answer.Sum != e.Sum {
		return "", fmt.Errorf("%s@%s: contents are %s, expected %s: somebody changed a published version", e.Module, e.Version, answer.Sum, e.Sum)
	}
	return answer.Dir, nil
}

var metricName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)+$`)

// goCode are names in Go code: literals that look like one, and namespace,
// subsystem and name put together where a composite literal or a call of
// BuildFQName has them.
func (e Exporter) goCode(dir string) (map[string]bool, error) {
	out, all := map[string]bool{}, map[string]string{}
	files, own := map[string][]*ast.File{}, map[string]map[string]string{} // by folder
	dirs := e.Dirs
	if len(dirs) == 0 {
		dirs = []string{"."}
	}
	for _, sub := range dirs {
		err := filepath.WalkDir(filepath.Join(dir, filepath.FromSlash(sub)), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return nil //nolint:nilerr // a template that is no Go is none of ours
			}
			at := filepath.Dir(path)
			files[at] = append(files[at], f)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for at, list := range files {
		own[at] = constants(list)
		maps.Copy(all, own[at])
	}
	for at, list := range files {
		for _, f := range list {
			known := maps.Clone(all)
			maps.Copy(known, own[at]) // those of the package before others', and of the file before both
			maps.Copy(known, constants([]*ast.File{f}))
			ast.Inspect(f, func(n ast.Node) bool {
				collect(n, known, out)
				return true
			})
		}
	}
	return out, nil
}

// constants are names with a text for a value.
func constants(files []*ast.File) map[string]string {
	out := map[string]string{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
				for i, v := range spec.Values {
					if text, ok := literal(v, nil); ok {
						out[spec.Names[i].Name] = text
					}
				}
			}
			if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.DEFINE && len(a.Lhs) == 1 {
				if name, ok := a.Lhs[0].(*ast.Ident); ok {
					if text, ok := literal(a.Rhs[0], nil); ok {
						out[name.Name] = text
					}
				}
			}
			return true
		})
	}
	return out
}

func collect(n ast.Node, constants map[string]string, out map[string]bool) {
	switch n := n.(type) {
	case *ast.BasicLit:
		if text, ok := literal(n, nil); ok && metricName.MatchString(text) {
			out[text] = true
		}
	case *ast.CompositeLit:
		parts := map[string]string{}
		for _, e := range n.Elts {
			pair, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			if key, ok := pair.Key.(*ast.Ident); ok {
				parts[key.Name], _ = literal(pair.Value, constants)
			}
		}
		if parts["Name"] != "" {
			out[join(parts["Namespace"], parts["Subsystem"], parts["Name"])] = true
		}
	case *ast.CallExpr:
		if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "BuildFQName" && len(n.Args) == 3 {
			var parts [3]string
			for i, a := range n.Args {
				parts[i], _ = literal(a, constants)
			}
			out[join(parts[0], parts[1], parts[2])] = true
		}
	}
}

// literal is the text of an expression: a literal, or a constant by its name.
func literal(e ast.Expr, constants map[string]string) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.Ident:
		text, ok := constants[e.Name]
		return text, ok
	case *ast.SelectorExpr:
		text, ok := constants[e.Sel.Name]
		return text, ok
	}
	return "", false
}

func join(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "_")
}

// exposition reads what an exporter answered in its own test.
func exposition(file string) func(string) (map[string]bool, error) {
	return func(dir string) (map[string]bool, error) {
		text, err := os.ReadFile(filepath.Join(dir, file))
		out := map[string]bool{}
		for _, line := range strings.Split(string(text), "\n") {
			if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
				out[strings.Fields(rest)[0]] = true
			}
		}
		return out, err
	}
}

// documented reads Kubernetes's list of its own metrics.
func documented(file string) func(string) (map[string]bool, error) {
	return func(dir string) (map[string]bool, error) {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			return nil, err
		}
		var list []struct{ Name, Namespace, Subsystem string }
		if err := yaml.Unmarshal(text, &list); err != nil {
			return nil, err
		}
		out := map[string]bool{}
		for _, m := range list {
			out[join(m.Namespace, m.Subsystem, m.Name)] = true
		}
		return out, nil
	}
}

// proxies reads the standard metrics that istiod names to proxies, which put
// istio_ before them.
func proxies(file string) func(string) (map[string]bool, error) {
	return func(dir string) (map[string]bool, error) {
		text, err := os.ReadFile(filepath.Join(dir, file))
		out := map[string]bool{}
		for _, m := range regexp.MustCompile(`"[A-Z_]+": +"([a-z_]+)",`).FindAllStringSubmatch(string(text), -1) {
			out["istio_"+m[1]] = true
		}
		return out, err
	}
}

// telemetry reads what the collector's helpers generate their metrics from. The
// collector's exporter for Prometheus appends _total to sums.
func telemetry(dir string) (map[string]bool, error) {
	out := map[string]bool{}
	text, err := os.ReadFile(filepath.Join(dir, "metadata.yaml"))
	if err != nil {
		return nil, err
	}
	var metadata struct {
		Telemetry struct {
			Metrics map[string]struct {
				Sum *struct{ Monotonic bool }
			}
		}
	}
	if err := yaml.Unmarshal(text, &metadata); err != nil {
		return nil, err
	}
	for name, m := range metadata.Telemetry.Metrics {
		if full := "otelcol_" + name; m.Sum != nil && m.Sum.Monotonic {
			out[full+"_total"] = true
		} else {
			out[full] = true
		}
	}
	return out, nil
}
