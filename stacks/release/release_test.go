package release

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/internal/finding"
)

func ship(t *testing.T) Catalogue {
	t.Helper()
	c, found := Shipped()
	if len(found) > 0 {
		t.Fatalf("the shipped catalogue has findings:\n%v", found)
	}
	return c
}

func TestShipped(t *testing.T) {
	c := ship(t)
	if diff := cmp.Diff([]string{"2026.05", "2026.08", "2026.11"}, c.Names()); diff != "" {
		t.Errorf("releases (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2026.05", "2026.08", "2026.11"}, c.Path("2026.05", "2026.11")); diff != "" {
		t.Errorf("the climb (-want +got):\n%s", diff)
	}
	if c.Path("2026.11", "2026.08") != nil || c.Path("x", "2026.08") != nil || !c.Before("2026.05", "2026.11") || c.Before("2026.05", "2026.05") {
		t.Error("nothing climbs down, and nothing is before itself")
	}
	if c.Reachable("2026.05", "2026.11") || !c.Reachable("2026.08", "2026.11") || !c.Reachable("2026.08", "2026.08") {
		t.Error("one step leads from 2026.08 to 2026.11, none from 2026.05")
	}
	full := cluster.Config{Autoscaler: cluster.AutoscalerKarpenter, ExternalSecrets: &cluster.ExternalSecrets{}, Storage: cluster.Storage{EFS: &cluster.EFS{}},
		Karpenter: &cluster.Karpenter{NodePools: map[string]cluster.NodePool{"a": {}, "b": {AMIFamily: cluster.FamilyBottlerocket}}}}
	for _, name := range c.Names() {
		r, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, config := range []cluster.Config{full, {Autoscaler: cluster.AutoscalerCluster}} {
			if found := config.CheckRelease("c", r.ForCluster(), nil); len(found) > 0 {
				t.Errorf("a cluster that uses everything lacks something: %v", found)
			}
		}
	}
}

// unseen are pins that the collection of facts has no build for; their own
// source says where they were read.
var unseen = []string{cluster.AddonSnapshots}

// TestPinsWereSeen: every build is one that the facts have, so that a slip of
// the keyboard is no release.
func TestPinsWereSeen(t *testing.T) {
	c := ship(t)
	for _, name := range c.Names() {
		r, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		for addon, pin := range r.Addons {
			seen := slices.ContainsFunc(facts.AddonBuilds(addon), func(b facts.AddonBuild) bool { return b.Version == pin.Version })
			if seen == slices.Contains(unseen, addon) {
				t.Errorf("%s: %s %s: seen is %v", name, addon, pin.Version, seen)
			}
		}
	}
}

func TestFindSuggests(t *testing.T) {
	_, err := Find("2026.8")
	if err == nil || err.Error() != `release "2026.8" is not in the catalogue; did you mean "2026.08"?` {
		t.Errorf("%v", err)
	}
}

func TestFindGivesACopy(t *testing.T) {
	r, err := Find("2026.08")
	if err != nil {
		t.Fatal(err)
	}
	before := r.Digest()
	r.Addons["vpc-cni"] = Pin{Version: "changed"}
	r.From[0] = "changed"
	again, _ := Find("2026.08")
	if again.Digest() != before || again.From[0] != "2026.05" {
		t.Error("a caller changed the catalogue")
	}
}

func TestDigest(t *testing.T) {
	r, _ := Find("2026.08")
	digest := r.Digest()
	if len(digest) != 64 {
		t.Fatalf("digest %q", digest)
	}
	same, _ := Find("2026.08")
	same.Summary = "other words"
	same.Addons["coredns"] = Pin{Version: same.Addons["coredns"].Version, Confidence: facts.Low, Source: "elsewhere"}
	if same.Digest() != digest {
		t.Error("words about a release are not the release")
	}
	changes := map[string]func(*Release){
		"an add-on":  func(r *Release) { r.Addons["coredns"] = Pin{Version: "v1.14.3-eksbuild.12"} },
		"an image":   func(r *Release) { r.Images[ImageKubectl] = Pin{Version: "x"} },
		"an AMI":     func(r *Release) { r.AMIs["al2023"] = Pin{Version: "x"} },
		"a chart":    func(r *Release) { c := r.Charts["karpenter"]; c.Version = "9"; r.Charts["karpenter"] = c },
		"a registry": func(r *Release) { c := r.Charts["karpenter"]; c.Name = "oci://x"; r.Charts["karpenter"] = c },
		"the minor":  func(r *Release) { r.Kubernetes.Version = "1.36" },
		"a CRD set":  func(r *Release) { delete(r.CRDs, "karpenter") },
	}
	for name, change := range changes {
		other, _ := Find("2026.08")
		change(&other)
		if other.Digest() == digest {
			t.Errorf("%s changed, and the digest did not", name)
		}
	}
}

// lines are findings without their fixes.
func lines(t *testing.T, found finding.List) []string {
	t.Helper()
	var out []string
	for _, f := range found {
		if f.Fix == "" {
			t.Errorf("%s: says nothing about what to do", f)
		}
		f.Fix = ""
		out = append(out, f.String())
	}
	return out
}

func TestCheck(t *testing.T) {
	pin := func(v string) Pin { return Pin{Version: v, Confidence: facts.High, Source: "s"} }
	tests := map[string]struct {
		change func(*Release)
		want   []string
	}{
		"a name that is none":            {func(r *Release) { r.Name = "2026-08" }, []string{`name: "2026-08" is not a release's name`}},
		"a month that is none":           {func(r *Release) { r.Name = "2026.13" }, []string{`name: "2026.13" is not a release's name`}},
		"an AMI of another minor":        {func(r *Release) { r.AMIs["al2023"] = pin("1.36.4-20261003") }, []string{`amis.al2023.version: "1.36.4-20261003" has a kubelet of 1.36, the release is Kubernetes 1.35`}},
		"the latest AMI":                 {func(r *Release) { r.AMIs["bottlerocket"] = pin("latest") }, []string{`amis.bottlerocket.version: "latest" is not an AMI release of Bottlerocket`}},
		"kube-proxy of another minor":    {func(r *Release) { r.Addons["kube-proxy"] = pin("v1.34.6-eksbuild.13") }, []string{`addons.kube-proxy.version: "v1.34.6-eksbuild.13" is for Kubernetes 1.34, the release is 1.35`}},
		"a build without EKS's number":   {func(r *Release) { r.Addons["coredns"] = pin("v1.14.3") }, []string{`addons.coredns.version: "v1.14.3" is not a build of an EKS add-on`}},
		"an add-on that nobody uses":     {func(r *Release) { r.Addons["corends"] = pin("v1.14.3-eksbuild.1") }, []string{`addons.corends: nothing uses "corends"`}},
		"an add-on that is missing":      {func(r *Release) { delete(r.Addons, "coredns") }, []string{`addons: has no "coredns"`}},
		"an autoscaler of another minor": {func(r *Release) { r.Images[ImageAutoscaler] = pin("v1.36.1") }, []string{`images.cluster-autoscaler.version: "v1.36.1" does not follow the cluster's minor 1.35`}},
		"kubectl without a tag":          {func(r *Release) { r.Images[ImageKubectl] = pin("registry.k8s.io/kubectl") }, []string{`images.kubectl.version: "registry.k8s.io/kubectl" has no tag`}},
		"a confidence that is none":      {func(r *Release) { r.Addons["coredns"] = Pin{"v1.14.3-eksbuild.11", "sure", ""} }, []string{`addons.coredns.confidence: "sure" is no confidence`, `addons.coredns.source: is missing`}},
		"a floating chart": {func(r *Release) {
			c := r.Charts["external-secrets"]
			c.Version = "2.x"
			r.Charts["external-secrets"] = c
		}, []string{`charts.external-secrets.version: "2.x" is not an exact version`}},
		"a chart that refuses the minor": {func(r *Release) {
			c := r.Charts["external-secrets"]
			c.Kubernetes = "< 1.35.0-0"
			r.Charts["external-secrets"] = c
		},
			[]string{`charts.external-secrets.kubernetes: chart external-secrets 2.10.0 wants Kubernetes "< 1.35.0-0", the cluster has 1.35`}},
		"a chart that says where twice": {func(r *Release) { c := r.Charts["karpenter"]; c.Repository = "https://x"; r.Charts["karpenter"] = c },
			[]string{`charts.karpenter.repository: name "oci://public.ecr.aws/karpenter/karpenter" and repository "https://x" do not say where the chart is`}},
		"Karpenter too old for the minor": {func(r *Release) {
			for _, n := range []string{"karpenter", "karpenter-crd"} {
				c := r.Charts[n]
				c.Version = "1.8.9"
				r.Charts[n] = c
			}
		}, []string{`charts.karpenter.version: Karpenter 1.8.9 does not support Kubernetes 1.35, which needs 1.9.0`}},
		"Istio on a minor that it does not support": {func(r *Release) { istio(r, "1.28.10", "1.4.1") },
			[]string{`charts.istiod.version: Istio 1.28.10 is not supported on Kubernetes 1.35, only on 1.30, 1.31, 1.32, 1.33, 1.34`}},
		"Istio that nothing is known of": {func(r *Release) { istio(r, "1.32.0", "1.6.0") },
			[]string{`charts.istiod.version: nothing is known of Istio 1.32; known are 1.28, 1.29, 1.30, 1.31`}},
		"Istio with a known hole": {func(r *Release) { istio(r, "1.30.4", "1.5.1") },
			[]string{`charts.istiod.version: Istio 1.30.4 has a hole that 1.30.5 closes (ISTIO-SECURITY-2026-006)`}},
		"another Gateway API than Istio's": {func(r *Release) { istio(r, "1.30.5", "1.6.0") },
			[]string{`crds.gateway-api.version: Istio 1.30.5 is built with the Gateway API 1.5.1, the release has "1.6.0"`}},
		"charts of two Istios": {func(r *Release) { c := r.Charts["ztunnel"]; c.Version = "1.31.1"; r.Charts["ztunnel"] = c },
			[]string{`charts.ztunnel.version: "1.31.1" is not istiod's "1.30.5"; they are one release of Istio`}},
		"CRDs that two things bring": {func(r *Release) {
			r.CRDs["istio"] = CRDSet{Chart: "istio-base", Version: "1", Kinds: []string{"Gateway"}}
		},
			[]string{`crds.istio: needs exactly one of chart, addon and version`}},
		"Karpenter and its CRDs apart": {func(r *Release) { c := r.Charts["karpenter-crd"]; c.Version = "1.13.0"; r.Charts["karpenter-crd"] = c },
			[]string{`charts.karpenter-crd.version: "1.13.0" is not karpenter's "1.13.1"; definitions and controller belong together`}},
		"CRDs that nothing brings": {func(r *Release) { r.CRDs["karpenter"] = CRDSet{Chart: "karpenter-crds"} },
			[]string{`crds.karpenter.chart: "karpenter-crds" is not in charts`, `crds.karpenter.kinds: is empty`}},
		"nothing": {func(r *Release) {}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := Find("2026.08")
			if err != nil {
				t.Fatal(err)
			}
			tt.change(&r)
			if diff := cmp.Diff(tt.want, lines(t, Check(r))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// istio puts another Istio into a release, whole.
func istio(r *Release, version, gatewayAPI string) {
	for _, name := range []string{"istio-base", "istiod", "istio-cni", "ztunnel", "istio-gateway"} {
		c := r.Charts[name]
		c.Version = version
		r.Charts[name] = c
	}
	set := r.CRDs["gateway-api"]
	set.Version = gatewayAPI
	r.CRDs["gateway-api"] = set
}

func TestCheckRung(t *testing.T) {
	chart := func(r *Release, name string, f func(*Chart)) { c := r.Charts[name]; f(&c); r.Charts[name] = c }
	tests := map[string]struct {
		from, to string
		change   func(a, b *Release)
		want     []string
	}{
		"one minor up": {"2026.08", "2026.11", func(a, b *Release) {}, nil},
		"two minors up": {"2026.05", "2026.11", func(a, b *Release) {}, []string{`from: "2026.05" to "2026.11" is a climb of 2 minors; EKS upgrades one at a time`,
			`from: during the climb from "2026.05": Istio 1.29.8 is not supported on Kubernetes 1.36, only on 1.31, 1.32, 1.33, 1.34, 1.35`,
			`charts.istiod.version: "1.31.1" skips a minor after "1.29.8" of release "2026.05"; Istio moves one at a time`}},
		"Istio of below on the API server of above": {"2026.08", "2026.11", func(a, b *Release) { istio(a, "1.29.8", "1.4.1") },
			[]string{`from: during the climb from "2026.08": Istio 1.29.8 is not supported on Kubernetes 1.36, only on 1.31, 1.32, 1.33, 1.34, 1.35`,
				`charts.istiod.version: "1.31.1" skips a minor after "1.29.8" of release "2026.08"; Istio moves one at a time`}},
		"Istio that goes backwards": {"2026.08", "2026.11", func(a, b *Release) { istio(b, "1.30.4", "1.5.1") },
			[]string{`charts.istiod.version: "1.30.4" is older than "1.30.5" of release "2026.08"`}},
		"down": {"2026.11", "2026.08", func(a, b *Release) {}, []string{`from: release "2026.08" has Kubernetes 1.35, older than 1.36 of "2026.11"`}},
		"Karpenter of below on the API server of above": {"2026.08", "2026.11", func(a, b *Release) { chart(a, "karpenter", func(c *Chart) { c.Version = "1.12.9" }) },
			[]string{`from: during the climb from "2026.08": Karpenter 1.12.9 does not support Kubernetes 1.36, which needs 1.13.0`}},
		"exactly the oldest Karpenter is enough": {"2026.08", "2026.11", func(a, b *Release) { chart(a, "karpenter", func(c *Chart) { c.Version = "1.13.0" }) }, nil},
		"a chart of below on the API server of above": {"2026.08", "2026.11", func(a, b *Release) { chart(a, "external-secrets", func(c *Chart) { c.Kubernetes = "< 1.36.0-0" }) },
			[]string{`from: during the climb from "2026.08": chart external-secrets 2.10.0 wants Kubernetes "< 1.36.0-0", the cluster has 1.36`}},
		"a build that goes backwards, compared as a number": {"2026.08", "2026.11", func(a, b *Release) {
			a.Addons["coredns"], b.Addons["coredns"] = Pin{Version: "v1.14.3-eksbuild.11"}, Pin{Version: "v1.14.3-eksbuild.3"}
		}, []string{`addons.coredns.version: "v1.14.3-eksbuild.3" is older than "v1.14.3-eksbuild.11" of release "2026.08"`}},
		"the CNI skips a minor": {"2026.08", "2026.11", func(a, b *Release) { a.Addons["vpc-cni"] = Pin{Version: "v1.21.1-eksbuild.1"} },
			[]string{`addons.vpc-cni.version: "v1.23.1-eksbuild.1" skips a minor after "v1.21.1-eksbuild.1" of release "2026.08"; the CNI moves one at a time`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := Find(tt.from)
			if err != nil {
				t.Fatal(err)
			}
			b, err := Find(tt.to)
			if err != nil {
				t.Fatal(err)
			}
			tt.change(&a, &b)
			if diff := cmp.Diff(tt.want, lines(t, CheckRung(a, b))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSupport(t *testing.T) {
	tests := map[string]struct {
		release, on string
		want        []string
	}{
		"91 days before the end, nothing": {"2026.11", "2027-05-03", nil},
		"90 days before the end": {"2026.11", "2027-05-04",
			[]string{`warning: release: standard support of Kubernetes 1.36, which release "2026.11" has, ends on 2027-08-02, in 90 days; after it the control plane costs six times as much`}},
		"extended": {"2026.05", "2026-12-02",
			[]string{`warning: release: Kubernetes 1.34, which release "2026.05" has, is in extended support since 2026-12-02, which costs six times as much, and until 2027-12-02`}},
		"the last day of extended support": {"2026.05", "2027-12-01",
			[]string{`warning: release: Kubernetes 1.34, which release "2026.05" has, is in extended support since 2026-12-02, which costs six times as much, and until 2027-12-02`}},
		"over": {"2026.05", "2027-12-02",
			[]string{`release: extended support of Kubernetes 1.34, which release "2026.05" has, ended on 2027-12-02; EKS upgrades such clusters by itself`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := Find(tt.release)
			if err != nil {
				t.Fatal(err)
			}
			on, err := time.Parse(time.DateOnly, tt.on)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, lines(t, r.Support("release", on))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadBroken(t *testing.T) {
	good, err := embedded.ReadFile("catalogue/2026.08.yaml")
	if err != nil {
		t.Fatal(err)
	}
	alone := strings.Replace(string(good), `from: ["2026.05"]`, `from: []`, 1)
	tests := map[string]struct {
		files map[string]string
		want  []string
	}{
		"alone it is whole":                {map[string]string{"2026.08.yaml": alone}, nil},
		"no file":                          {nil, []string{"the release catalogue has no file"}},
		"an unknown key":                   {map[string]string{"2026.08.yaml": strings.Replace(alone, "addons:", "addon:", 1)}, []string{"2026.08.yaml:10: addon: is not a known key"}},
		"from a release that is not there": {map[string]string{"2026.08.yaml": string(good)}, []string{`2026.08.yaml:5: from[0]: release "2026.05" is not in the catalogue`}},
		"from itself":                      {map[string]string{"2026.08.yaml": strings.Replace(alone, "from: []", `from: ["2026.08"]`, 1)}, []string{"2026.08.yaml:5: from[0]: a release is not reached from itself"}},
		"a file by another name":           {map[string]string{"2026.09.yaml": alone}, []string{`2026.09.yaml:3: name: "2026.08" is not the file's name "2026.09"`}},
		"two mistakes in one file": {map[string]string{"2026.08.yaml": strings.NewReplacer("v1.35.3-eksbuild.13", "v1.34.3-eksbuild.13", "v1.35.2", "v1.34.2").Replace(alone)},
			[]string{`2026.08.yaml:13: addons.kube-proxy.version: "v1.34.3-eksbuild.13" is for Kubernetes 1.34, the release is 1.35`,
				`2026.08.yaml:44: images.cluster-autoscaler.version: "v1.34.2" does not follow the cluster's minor 1.35`}},
		"not YAML": {map[string]string{"2026.08.yaml": "a: ["}, []string{"2026.08.yaml:1: is not YAML: did not find expected node content"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := fstest.MapFS{}
			for file, text := range tt.files {
				dir[file] = &fstest.MapFile{Data: []byte(text)}
			}
			_, found := Load(dir)
			if diff := cmp.Diff(tt.want, lines(t, found)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
