package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/cmd/ladder/comment"
	"github.com/ladder-platform/ladder/cmd/ladder/progress"
	"github.com/ladder-platform/ladder/internal/golden"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/stacks/upgrade"
)

// reported is one change of a stack file and what its comment must say.
type pullRequest struct {
	file   string // testdata/report/<file>.md
	stack  string
	oldnew []string // every old text is replaced by the new one
	// worst is the class of the worst change; refused that there is no way.
	worst   upgrade.Disruption
	refused bool
	says    []string
	// try runs the up after the preview.
	try bool
}

// pullRequests are the changes whose comments are goldens. The base is the shipped
// dev without protection, and the shipped stg.
var pullRequests = []pullRequest{
	{file: "no-change", stack: "dev", worst: upgrade.None, says: []string{"Nothing changes"}},
	{file: "tag", stack: "dev", oldnew: []string{"cost-center: platform-dev", "cost-center: platform-42"}, worst: upgrade.PodsMove,
		says: []string{"launchTemplate.version"}}, // the tags of instances are in the launch template: their nodes roll
	{file: "size", stack: "dev", oldnew: []string{"max: 6", "max: 8"}, worst: upgrade.None, says: []string{"`scalingConfig.maxSize`: `6` → `8`"}},
	{file: "instance-type", stack: "dev", oldnew: []string{"instanceTypes: [m6i.large]\n", "instanceTypes: [m6i.xlarge]\n"}, refused: true,
		says: []string{"add a slot in place of changing this one"}},
	{file: "instance-type-by-slot", stack: "dev", worst: upgrade.None, oldnew: []string{
		"        system:\n          instanceTypes: [m6i.large]\n", "        system:\n          upgrade: blueGreen\n          slots: { main: { instanceTypes: [m6i.large], desired: 3 }, next: { instanceTypes: [m6i.xlarge], desired: 3 } }\n          instanceTypes: [m6i.large]\n"},
		says: []string{"cluster-main-ng-system-next"}},
	{file: "release", stack: "stg", oldnew: []string{`ladder:release: "2026.08"`, `ladder:release: "2026.11"`}, worst: upgrade.PodsMove,
		says: []string{"**Release `2026.08` → `2026.11`.**", "The gate is open", "Upgrade run 1", "Way back"}},
	{file: "node-group-removed", stack: "dev", refused: true, oldnew: []string{
		"        general:\n          instanceTypes: [m6i.xlarge, m5.xlarge, m7i.xlarge]\n          capacity: spot\n          min: 3\n          max: 6\n          labels: { role: general }\n", "", "          max: 4\n", "          max: 16\n"}, says: []string{"general"}},
	{file: "host-added", stack: "dev", oldnew: []string{"      redirects: {", "        blog.dev.example.com:\n          routes: [{ prefix: /, service: { namespace: apps, name: blog, port: 80 } }]\n      redirects: {"},
		says: []string{"blog.dev.example.com"}, worst: upgrade.Brief},
	{file: "waf-rule-to-block", stack: "dev", oldnew: []string{"AWSManagedRulesCommonRuleSet: { action: count }", "AWSManagedRulesCommonRuleSet: { action: block }"}, worst: upgrade.Brief,
		says: []string{"those that a blocking rule meets get 403"}},
	{file: "cluster-added", stack: "dev", oldnew: []string{"  ladder:mesh:\n", secondCluster + "  ladder:mesh:\n    clusters: { main: {} }\n", "    domain:\n", "    shift: { main: 100, second: 0 }\n    domain:\n"}, says: []string{"cluster-second"}},
	{file: "file-system-removed", stack: "dev", oldnew: []string{"      storage:\n        efs:\n          fileSystems:\n            shared: { throughput: elastic }\n", ""}, worst: upgrade.Data,
		says: []string{"delete EFS file system", "the files are deleted"}},
	{file: "log-store-switched", stack: "dev", oldnew: []string{"    logs:\n", "    logs:\n      store: loki\n      loki: {}\n"}, worst: upgrade.Outage, // roles that only the old store asked for
		says: []string{"loki.observability.svc.cluster.local", "change Helm release `observability-main-logs-agent`", "delete IAM role `observability-main-logs-agent`", "1 S3 bucket"}},
	{file: "protected-deleted", stack: "stg", oldnew: []string{"    differences:\n", "    differences:\n      - clusters.main.storage.efs.fileSystems.shared\n", "      storage:\n        efs:\n          fileSystems:\n            shared: { throughput: elastic }\n", ""}, refused: true,
		says: []string{"protected", "delete EFS file system"}},
	{file: "broken-config", stack: "dev", oldnew: []string{"cidr: 10.20.0.0/16", "cidr: 10.20.0.0/29", "region: ap-northeast-2\n    accountId", "regoin: ap-northeast-2\n    accountId"}, refused: true,
		says: []string{"environment.regoin", "networks.main.cidr"}},
	{file: "markdown-in-names", stack: "dev", oldnew: []string{"cost-center: platform-dev", "cost-center: \"`x` | <img src=x onerror=alert(1)> @everyone **y** --> </details>\""}, refused: true,
		says: []string{"cost-center"}},
	{file: "new-stack", stack: "new", worst: upgrade.None, says: []string{"The base does not have this stack", "first deployment"}},
	// The last one, because its up is tried: a preview lets it pass.
	{file: "cidr", stack: "dev", oldnew: []string{"cidr: 10.20.0.0/16", "cidr: 10.60.0.0/16"}, worst: upgrade.Outage, try: true, refused: true,
		says: []string{"replace VPC", "`10.20.0.0/16` → `10.60.0.0/16`", "the up fails in the simulated cloud"}},
}

const secondCluster = `    second:
      network: main
      serviceCidr: 172.21.0.0/16
      podAddressing: { mode: podSubnets }
      autoscaler: clusterAutoscaler
      nodeGroups:
        system: { instanceTypes: [m6i.xlarge], min: 3, max: 6 }
      externalSecrets: { secretPrefixes: [platform/dev/] }
`

func TestCommentsOfPullRequests(t *testing.T) {
	project := repository(t)
	var stderr bytes.Buffer
	g := &Global{Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &stderr, Getenv: os.Getenv, Project: project}
	r := &reporter{Global: g, o: reportOptions{boxOptions: boxOptions{seed: 7}, stacks: []string{"stg"}, base: "main", on: "2026-11-21"}}
	ctx := t.Context()
	if err := r.open(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.close(); err != nil {
			t.Error(err)
		}
	})
	err := r.inTemporary(ctx, r.now.Add(-24*time.Hour), func(box *sandbox.Sandbox, show *progress.Printer) error {
		s, err := r.read(ctx, "stg")
		if err != nil {
			return err
		}
		order, _ := chain([]sides{s})
		up := map[string]bool{}
		for _, b := range order {
			if err := r.bringUpBase(ctx, box, b, up); err != nil {
				return err
			}
			up[b.file.Name] = true
		}
		for _, pr := range pullRequests {
			t.Run(pr.file, func(t *testing.T) { pr.check(ctx, t, r, box, show) })
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
}

// check previews one change and compares its comment.
func (pr pullRequest) check(ctx context.Context, t *testing.T, r *reporter, box *sandbox.Sandbox, show *progress.Printer) {
	path := filepath.Join(r.project, "Pulumi."+pr.stack+".yaml")
	before, err := os.ReadFile(path)
	if err != nil { // a stack that the base does not have: dev in an account of its own
		if before, err = os.ReadFile(filepath.Join(r.project, "Pulumi.dev.yaml")); err != nil {
			t.Fatal(err)
		}
		before = bytes.ReplaceAll(bytes.ReplaceAll(before, []byte("111111111111"), []byte("444444444444")), []byte("dev.example.com"), []byte("new.example.com"))
		t.Cleanup(func() { _ = os.Remove(path) }) // the directory goes with the test
	}
	text := string(before)
	for i := 0; i < len(pr.oldnew); i += 2 {
		if !strings.Contains(text, pr.oldnew[i]) {
			t.Fatalf("%s has no text %q to edit", path, pr.oldnew[i])
		}
		text = strings.ReplaceAll(text, pr.oldnew[i], pr.oldnew[i+1])
	}
	write(t, path, text)
	defer write(t, path, string(before))
	s, err := r.read(ctx, pr.stack)
	if err != nil {
		t.Fatal(err)
	}
	in := r.input(s)
	if s.head != nil && s.base != nil {
		if in.Before.Outputs, err = box.Outputs(ctx, s.base.program(box)); err != nil {
			t.Fatal(err)
		}
	}
	if s.head != nil {
		if err := r.preview(ctx, box, show, s, &in); err != nil {
			t.Fatal(err)
		}
	}
	c := comment.Comment{Where: comment.Sandbox, Base: "main", Stacks: []comment.Stack{comment.NewStack(in)}}
	text = comment.Markdown(c, comment.GitHub)
	golden.File(t, filepath.Join("testdata", "report", pr.file+".md"), chosen.ReplaceAllString(text, "-<chosen>"))
	if pr.try { // which of the operations that run at a time fails first is no golden's matter
		if err := r.try(ctx, box, show, s, &in); err != nil {
			t.Fatal(err)
		}
		c.Stacks[0] = comment.NewStack(in)
		text = comment.Markdown(c, comment.GitHub)
	}
	got := c.Stacks[0]
	if (got.Refused != "") != pr.refused {
		t.Errorf("refused: %q, want %v", got.Refused, pr.refused)
	}
	if pr.worst != "" && got.Worst != pr.worst {
		t.Errorf("the worst is %q, want %q", got.Worst, pr.worst)
	}
	for _, part := range pr.says {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in\n%s", part, text)
		}
	}
	if again := comment.Markdown(comment.Comment{Where: comment.Sandbox, Base: "main", Stacks: []comment.Stack{comment.NewStack(in)}}, comment.GitHub); again != text {
		t.Error("the same input gives another comment")
	}
	for _, change := range got.Changes {
		if change.Op == "replace" && (len(change.Reasons) == 0 && !strings.HasPrefix(change.Because, "it goes with ")) {
			t.Errorf("%s is replaced and nobody says why: %q", change.Name, change.Because)
		}
	}
}

// chosen ends the names that the engine makes up, another one in each run.
var chosen = regexp.MustCompile(`-[0-9a-f]{7}\b`)

// replaced is a row of the comment that tells of a replacement.
var replaced = regexp.MustCompile(`^\| \S+ [a-z ]+ \| replace .+ \| (.*) \| (.*) \|$`)

// TestAReaderLearnsWhyAndWhat reads the comments as somebody would who has only
// them: every replacement names the property with both values and the consequence.
func TestAReaderLearnsWhyAndWhat(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "report", "*.md"))
	if err != nil || len(files) < 12 {
		t.Fatalf("%d comments, want 12 or more: %v", len(files), err)
	}
	reason := regexp.MustCompile("^`+ ?[A-Za-z].*`+: .+ → .+|^`+[A-Za-z].*`+: known after the up|^it goes with .+, which is replaced")
	read := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			m := replaced.FindStringSubmatch(line)
			if m == nil {
				if strings.Contains(line, "| replace ") {
					t.Errorf("%s: this row cannot be read: %s", file, line)
				}
				continue
			}
			read++
			if !reason.MatchString(m[1]) {
				t.Errorf("%s: no property with old and new: %s", file, line)
			}
			if len(strings.Fields(m[2])) < 4 || strings.Contains(m[2], "nobody has written down") {
				t.Errorf("%s: no consequence: %s", file, line)
			}
		}
	}
	if read < 10 {
		t.Errorf("%d replacements in all comments: the goldens show too few to prove anything", read)
	}
}

// repository is a project with the base committed as branch main.
func repository(t *testing.T) string {
	t.Helper()
	dir, root := t.TempDir(), filepath.Join("..", "..", "..")
	for _, name := range []string{"Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.stg.yaml"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		s := string(text)
		if name == "Pulumi.dev.yaml" { // protected resources are not replaced, and these comments show replacements
			s = strings.Replace(s, "protect: true", "protect: false", 1)
		}
		write(t, filepath.Join(dir, name), s)
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"commit", "-q", "-m", "base"}} {
		cmd := exec.Command("git", slices.Concat([]string{"-C", dir, "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"}, args)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
