package alerts

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const runbooks = "../../../docs/runbooks"

var heading = regexp.MustCompile(`(?m)^## (.+)$`)

// sections of a page: what stands below each heading.
func sections(t *testing.T, page string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(runbooks, page+".md"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	at := heading.FindAllStringSubmatchIndex(string(text), -1)
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		out[string(text[m[2]:m[3]])] = strings.TrimSpace(string(text[m[1]:end]))
	}
	return out
}

// short is less than anybody could act on.
const short = 60

// TestEveryAlertHasARunbook: the page of its group has a section of its name,
// which says something, and no page has a section of an alert that is gone.
func TestEveryAlertHasARunbook(t *testing.T) {
	groups := append(Groups(everything()), Group{Page: "observability", Rules: Watchers{RemoteWrite: true}.store()})
	pages, alerts := map[string]map[string]string{}, map[string]string{}
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Alert == "" {
				continue
			}
			if pages[g.Page] == nil {
				pages[g.Page] = sections(t, g.Page)
			}
			if text := pages[g.Page][r.Alert]; len(text) < short {
				t.Errorf("docs/runbooks/%s.md has no section %s that says what to do (%d characters)", g.Page, r.Alert, len(text))
			}
			alerts[r.Alert] = g.Page
		}
	}
	for page, all := range pages {
		for name := range all {
			if alerts[name] != page {
				t.Errorf("docs/runbooks/%s.md has a section %s, and no alert of that page has the name", page, name)
			}
		}
	}
	if len(alerts) < 100 {
		t.Errorf("%d alerts, expected more: the pages are not read", len(alerts))
	}
}

// TestEveryRunbookIsLinked: each page is in the list that people begin with.
func TestEveryRunbookIsLinked(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(runbooks, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(runbooks, "*.md"))
	if err != nil || len(files) < 11 {
		t.Fatalf("%d pages, %v", len(files), err)
	}
	for _, f := range files {
		if name := filepath.Base(f); name != "README.md" && !strings.Contains(string(index), "("+name+")") {
			t.Errorf("README.md does not lead to %s", name)
		}
	}
}

// TestEveryAlarmOfAWSHasARunbook reads which alarms stacks register from the
// goldens of their resources.
func TestEveryAlarmOfAWSHasARunbook(t *testing.T) {
	all := sections(t, "aws")
	files, err := filepath.Glob("../../../tests/scenario/testdata/*.golden")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	found := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^\s*(?:aws:)?cloudwatch/metricAlarm:MetricAlarm (\S+-\S+)`).FindAllStringSubmatch(string(text), -1) {
			found++
			covered := false
			for name := range all {
				for _, part := range strings.Split(name, " and ") {
					covered = covered || strings.Contains(m[1]+"-", "-"+part+"-")
				}
			}
			if !covered {
				t.Errorf("%s: docs/runbooks/aws.md has no section for the alarm %s", filepath.Base(f), m[1])
			}
		}
	}
	if found < 5 {
		t.Errorf("%d alarms in the goldens, expected more", found)
	}
}

// TestLabelsOfAlerts: no alert passes without what routes go by, and none is
// there twice.
func TestLabelsOfAlerts(t *testing.T) {
	in, seen := everything(), map[string]bool{}
	for _, g := range Groups(in) {
		for _, r := range g.Spec("https://x", in.Labels())["rules"].([]any) {
			rule := r.(map[string]any)
			name, ok := rule["alert"].(string)
			if !ok {
				continue
			}
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
			labels := rule["labels"].(map[string]any)
			for _, want := range []string{"severity", "stage", "cluster", "stack"} {
				if labels[want] == nil || labels[want] == "" {
					t.Errorf("%s has no label %s", name, want)
				}
			}
			if !slices.Contains(Severities(), labels["severity"].(string)) {
				t.Errorf("%s has the severity %v", name, labels["severity"])
			}
		}
	}
}

// TestWhatAStackDoesWithout: silent alerts and parts that are not there make no rules.
func TestWhatAStackDoesWithout(t *testing.T) {
	in := everything()
	in.Silent, in.Mesh, in.Backups = []string{"NodeClockWrong"}, nil, nil
	in.Own = []Own{{Name: "QueueGrows", Expr: "queue > 1", Severity: Warning, Summary: "it grows", Runbook: "https://example.com/q"}}
	names := map[string]Rule{}
	for _, g := range Groups(in) {
		for _, r := range g.Rules {
			names[r.Alert] = r
		}
	}
	for _, gone := range []string{"NodeClockWrong", "MeshErrorBudgetBurnsFast", "BackupTooOld"} {
		if _, there := names[gone]; there {
			t.Errorf("%s is there", gone)
		}
	}
	if r := names["QueueGrows"]; r.spec("page", nil)["annotations"].(map[string]any)["runbook_url"] != "https://example.com/q" {
		t.Errorf("an alert of the stack's own leads to %v", r.spec("page", nil)["annotations"])
	}
}
