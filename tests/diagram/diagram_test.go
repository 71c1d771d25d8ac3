package diagram_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/cmd/ladder/cli"
	"github.com/ladder-platform/ladder/internal/golden"
	"github.com/ladder-platform/ladder/internal/svg/svgtest"
	"github.com/ladder-platform/ladder/tests/rig"
)

// draw runs ladder diagram in a sandbox directory.
func draw(t *testing.T, dir, stack, view string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args := []string{"diagram", stack, "--view", view, "--project", rig.Root(), "--dir", dir}
	if code := cli.Main(args, strings.NewReader(""), &stdout, &stderr); code != 0 {
		t.Fatalf("ladder %s: exit code %d\n%s", strings.Join(args, " "), code, stderr.String())
	}
	return stdout.Bytes()
}

// look fails for everything that a reader would stumble over.
func look(t *testing.T, document []byte) svgtest.Picture {
	t.Helper()
	p, err := svgtest.Read(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.Faults() {
		t.Error(f)
	}
	return p
}

// says fails for every text that the picture lacks.
func says(t *testing.T, p svgtest.Picture, texts ...string) {
	t.Helper()
	all := strings.Join(p.Says(), "\n")
	for _, text := range texts {
		if !strings.Contains(all, text) {
			t.Errorf("the picture does not say %q; it says\n%s", text, all)
		}
	}
}

// TestThePicturesOfTheReadmeAreFresh draws dev, with a bastion, one NAT gateway
// and a file system, and keeps what docs/pictures holds.
func TestThePicturesOfTheReadmeAreFresh(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, view := range []string{"network", "request"} {
		picture := draw(t, dir, "dev", view)
		look(t, picture)
		golden.File(t, filepath.Join(rig.Root(), "docs", "pictures", view+".svg"), string(picture))
	}
}

// TestNothingOverlapsInTheWidestStack: three zones, two clusters, four node groups
// each, and long names.
func TestNothingOverlapsInTheWidestStack(t *testing.T) {
	t.Parallel()
	dir, stack := t.TempDir(), filepath.Join(rig.Root(), "tests", "diagram", "testdata", "wide.yaml")
	network := look(t, draw(t, dir, stack, "network"))
	says(t, network, "apne2-az1", "apne2-az2", "apne2-az3", "wide-main", "wide-batch", "EKS, Kubernetes 1.36", "EKS, Kubernetes 1.35")
	groups := map[string]int{}
	for _, text := range network.Says() {
		groups[text]++
	}
	// memory-optimized is in the first and the last zone: two pieces in each cluster.
	want := map[string]int{"general": 2, "memory-optimized": 4, "recommendations-batch": 2, "system": 2, "NAT gateway": 3}
	for name, n := range want {
		if groups[name] != n {
			t.Errorf("%q is drawn %d times, want %d", name, groups[name], n)
		}
	}
	request := look(t, draw(t, dir, stack, "request"))
	says(t, request, "gateway-application", "wide-main", "wide-batch", "web firewall, ", "redirected by the load balancer", "cart.shop:8080")
}

// TestEveryVariantIsDrawn: other ways to build a stack make other pictures, and
// none has a fault.
func TestEveryVariantIsDrawn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ network, request []string }{
		"existing-vpc":     {network: []string{"existing VPC vpc-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60001", "general"}},
		"node-subnets":     {network: []string{"node"}},
		"two-networks":     {network: []string{"VPC two-networks-"}},
		"edge-nlb":         {network: []string{"internal application load balancer · port 443"}, request: []string{"80 TCP", "TLS", "raw.shop:8443", "cart.shop:8080"}},
		"edge-gateway-api": {network: []string{"Istio"}, request: []string{"*.shops.dev.example.com", "catchall.shop:80", "/cart"}},
		"sidecar":          {network: []string{"sidecars"}},
	}
	for stack, tt := range tests {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			dir, file := t.TempDir(), rig.StackFile(stack)
			if world := strings.Replace(file, stack+".yaml", "seed-"+stack+".json", 1); exists(world) {
				seed(t, dir, world)
			}
			says(t, look(t, draw(t, dir, file, "network")), tt.network...)
			if len(tt.request) > 0 {
				says(t, look(t, draw(t, dir, file, "request")), tt.request...)
			}
		})
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func seed(t *testing.T, dir, world string) {
	t.Helper()
	var stderr bytes.Buffer
	if code := cli.Main([]string{"sandbox", "seed", world, "--dir", dir}, strings.NewReader(""), &bytes.Buffer{}, &stderr); code != 0 {
		t.Fatalf("ladder sandbox seed %s: exit code %d\n%s", world, code, stderr.String())
	}
}

// TestAPictureOfAStackThatIsUpIsTheSame: the graph is the preview's, whether the
// stack exists or not.
func TestAPictureOfAStackThatIsUpIsTheSame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	before := draw(t, dir, rig.StackFile("edge-nlb"), "network")
	var stdout, stderr bytes.Buffer
	if code := cli.Main([]string{"up", rig.StackFile("edge-nlb"), "--sandbox", "--json", "--project", rig.Root(), "--dir", dir}, strings.NewReader(""), &stdout, &stderr); code != 0 {
		t.Fatalf("ladder up: exit code %d\n%s", code, stderr.String())
	}
	if diff := cmp.Diff(strings.Split(string(before), "\n"), strings.Split(string(draw(t, dir, rig.StackFile("edge-nlb"), "network")), "\n")); diff != "" {
		t.Errorf("(-before up +after):\n%s", diff)
	}
}

// TestWhatCannotBeDrawnSaysSo: a stack without an entrance, a view that does not
// exist, a file that cannot be written.
func TestWhatCannotBeDrawnSaysSo(t *testing.T) {
	t.Parallel()
	dir, file := t.TempDir(), rig.StackFile("two-clusters")
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"no entrance":        {[]string{"--view", "request"}, 1, "there is nothing to draw of two-clusters: its preview has no load balancer"},
		"no such view":       {[]string{"--view", "packets"}, 2, `--view \"packets\": there is no such view; use one of network, request`},
		"no place to put it": {[]string{"--svg", filepath.Join(dir, "none", "x.svg")}, 1, "no such file or directory"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			args := append([]string{"diagram", file, "--project", rig.Root(), "--dir", dir, "--json"}, tt.args...)
			code := cli.Main(args, strings.NewReader(""), &stdout, &stderr)
			if code != tt.code || !strings.Contains(stdout.String(), tt.says) {
				t.Errorf("exit code %d, want %d; stdout %s, stderr %s", code, tt.code, stdout.String(), stderr.String())
			}
		})
	}
	var stdout, stderr bytes.Buffer
	picture := filepath.Join(dir, "x.svg")
	if code := cli.Main([]string{"diagram", file, "--project", rig.Root(), "--dir", dir, "--svg", picture, "--json"}, strings.NewReader(""), &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr.String())
	}
	var said map[string]string
	if err := json.Unmarshal(stdout.Bytes(), &said); err != nil || said["file"] != picture || said["view"] != "network" || said["svg"] != "" {
		t.Errorf("%v in %s", err, stdout.String())
	}
	text, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	look(t, text)
}
