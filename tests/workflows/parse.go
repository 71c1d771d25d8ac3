package workflows

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Step is one script with its environment.
type Step struct {
	Name, Script string
	Env          map[string]string
}

type gitHub struct {
	Env  map[string]string
	Jobs map[string]struct {
		Env   map[string]string
		Steps []struct {
			Name, Run, Uses string
			Env             map[string]string
		}
	}
}

var expression = regexp.MustCompile(`\$\{\{ *([^}]*?) *\}\}`)

// GitHubSteps are the run steps of a job. Expressions are what values say; one that
// they do not know is an error.
func GitHubSteps(file, job string, values map[string]string) ([]Step, error) {
	var w gitHub
	if err := read(file, &w); err != nil {
		return nil, err
	}
	j, ok := w.Jobs[job]
	if !ok {
		return nil, fmt.Errorf("%s has no job %q", file, job)
	}
	var out []Step
	for i, s := range j.Steps {
		if s.Run == "" {
			continue
		}
		if expression.MatchString(s.Run) {
			return nil, fmt.Errorf("%s: %s: step %d: an expression in a script is filled in before the shell reads it, so what others write could be run; use env", file, job, i+1)
		}
		step := Step{Name: s.Name, Script: s.Run, Env: map[string]string{}}
		for _, env := range []map[string]string{w.Env, j.Env, s.Env} {
			for k, v := range env {
				var missing error
				step.Env[k] = expression.ReplaceAllStringFunc(v, func(e string) string {
					name := expression.FindStringSubmatch(e)[1]
					value, known := values[name]
					if !known {
						missing = fmt.Errorf("%s: %s: nobody says what %s is", file, job, e)
					}
					return value
				})
				if missing != nil {
					return nil, missing
				}
			}
		}
		out = append(out, step)
	}
	return out, nil
}

// GitLabJob is what a job of .gitlab-ci.yml runs, with what it extends.
type GitLabJob struct {
	Before, Script, After []string
	Variables             map[string]string
}

// GitLab reads a job. Keys of the job win over what it extends, the last template
// over those before it. Source: docs.gitlab.com, CI/CD YAML syntax, extends, read 2026-11.
func GitLab(file, name string) (GitLabJob, error) {
	var doc map[string]yaml.Node
	if err := read(file, &doc); err != nil {
		return GitLabJob{}, err
	}
	return gitLab(doc, file, name)
}

func gitLab(doc map[string]yaml.Node, file, name string) (GitLabJob, error) {
	node, ok := doc[name]
	if !ok {
		return GitLabJob{}, fmt.Errorf("%s has no job %q", file, name)
	}
	var own struct {
		Extends   yaml.Node
		Before    []string `yaml:"before_script"`
		After     []string `yaml:"after_script"`
		Script    []string
		Variables map[string]string
	}
	if err := node.Decode(&own); err != nil {
		return GitLabJob{}, fmt.Errorf("%s: %s: %w", file, name, err)
	}
	var parents []string
	switch own.Extends.Kind {
	case yaml.ScalarNode:
		parents = []string{own.Extends.Value}
	case yaml.SequenceNode:
		if err := own.Extends.Decode(&parents); err != nil {
			return GitLabJob{}, fmt.Errorf("%s: %s: extends: %w", file, name, err)
		}
	}
	out := GitLabJob{Variables: map[string]string{}}
	merge := func(j GitLabJob) {
		if j.Before != nil {
			out.Before = j.Before
		}
		if j.Script != nil {
			out.Script = j.Script
		}
		if j.After != nil {
			out.After = j.After
		}
		maps.Copy(out.Variables, j.Variables)
	}
	for _, p := range parents {
		j, err := gitLab(doc, file, p)
		if err != nil {
			return out, err
		}
		merge(j)
	}
	merge(GitLabJob{own.Before, own.Script, own.After, own.Variables})
	return out, nil
}

// Jobs are the names of the jobs of .gitlab-ci.yml that run: no templates.
func Jobs(file string) ([]string, error) {
	var doc map[string]yaml.Node
	if err := read(file, &doc); err != nil {
		return nil, err
	}
	var out []string
	for name := range doc {
		if !strings.HasPrefix(name, ".") && !slices.Contains([]string{"workflow", "stages", "default", "variables", "include"}, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

func read(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
