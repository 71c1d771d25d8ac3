package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// Runner runs a tool and gives its standard output.
type Runner interface {
	Run(ctx context.Context, name string, args ...string) (string, error)
}

// Path runs the tools that are on PATH.
type Path struct{}

// Run runs a tool without input.
func (Path) Run(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) && len(failed.Stderr) > 0 {
		return string(out), fmt.Errorf("%w: %s", err, firstLine(string(failed.Stderr)))
	}
	return string(out), err
}

// Versions that are needed. The engine's is what the program was measured with
// (tools/go.mod). pulumi-eks asserts those of aws and kubectl in every run.
// Source: pulumi-eks v2.8.1, nodejs/eks/dependencies.ts, read 2026-11.
const (
	minPulumi  = "3.250.0"
	minAWSOne  = "1.24.0"
	minAWSTwo  = "2.7.0"
	minKubectl = "1.24.0"
	minGo      = "1.26.0" // go.mod
)

// kubectlSkew is how many minors kubectl may be away from the API server.
// Source: Kubernetes version skew policy.
const kubectlSkew = 1

var (
	goVersion  = regexp.MustCompile(`\bgo(\d+\.\d+(?:\.\d+)?)`)
	awsVersion = regexp.MustCompile(`\baws-cli/(\d+\.\d+\.\d+)`)
)

func tools(ctx context.Context, r Runner, need Need) []Check {
	return []Check{
		tool(ctx, r, "pulumi", "make pulumi builds it and prints where it is", pulumiVersion, "version"),
		tool(ctx, r, "go", "install Go "+minGo+" or newer: the ordinary CLI compiles the program", atLeast(goVersion, minGo), "version"),
		tool(ctx, r, "aws", "install the AWS CLI "+minAWSTwo+" or newer: pulumi-eks runs it", awsTool, "--version"),
		tool(ctx, r, "kubectl", "install kubectl "+need.Kubernetes+": pulumi-eks runs it", kubectlTool(need.Kubernetes), "version", "--client", "--output=json"),
	}
}

// tool runs one and judges what it says of itself.
func tool(ctx context.Context, r Runner, name, install string, judge func(string) (version string, level Level, do string), args ...string) Check {
	out, err := r.Run(ctx, name, args...)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return Check{"tools", Failed, name + " is not on PATH", install}
	case err != nil:
		return Check{"tools", Failed, fmt.Sprintf("%s %s fails: %s", name, strings.Join(args, " "), err), "run it by hand"}
	}
	version, level, do := judge(out)
	if version == "" {
		return Check{"tools", Failed, fmt.Sprintf("%s %s says %q, which names no version", name, strings.Join(args, " "), firstLine(out)), "run it by hand, and see what is first on PATH"}
	}
	return Check{"tools", level, name + " " + version, do}
}

func pulumiVersion(out string) (string, Level, string) {
	return newer(strings.TrimPrefix(strings.TrimSpace(out), "v"), minPulumi)
}

func atLeast(form *regexp.Regexp, minimum string) func(string) (string, Level, string) {
	return func(out string) (string, Level, string) {
		m := form.FindStringSubmatch(out)
		if m == nil {
			return "", Failed, ""
		}
		return newer(m[1], minimum)
	}
}

func awsTool(out string) (string, Level, string) {
	m := awsVersion.FindStringSubmatch(out)
	if m == nil {
		return "", Failed, ""
	}
	if strings.HasPrefix(m[1], "1.") {
		return newer(m[1], minAWSOne)
	}
	return newer(m[1], minAWSTwo)
}

func kubectlTool(kubernetes string) func(string) (string, Level, string) {
	return func(out string) (string, Level, string) {
		var said struct {
			ClientVersion struct {
				GitVersion string `json:"gitVersion"`
			} `json:"clientVersion"`
		}
		if json.Unmarshal([]byte(out), &said) != nil {
			return "", Failed, ""
		}
		v, err := semver.NewVersion(strings.TrimPrefix(said.ClientVersion.GitVersion, "v"))
		if err != nil {
			return "", Failed, ""
		}
		server, err := semver.NewVersion(kubernetes)
		if err == nil && (v.Minor() > server.Minor()+kubectlSkew || v.Minor()+kubectlSkew < server.Minor()) {
			return v.String(), Warning, fmt.Sprintf("use %s: it is more than one minor away from the API server", kubernetes)
		}
		return newer(v.String(), minKubectl)
	}
}

// newer judges a version against the oldest that will do. A build of one's own,
// such as 3.250.0-dev.1, counts as what it leads to.
func newer(version, minimum string) (string, Level, string) {
	v, err := semver.NewVersion(version)
	if err != nil {
		return "", Failed, ""
	}
	if core, err := v.SetPrerelease(""); err == nil && core.LessThan(semver.MustParse(minimum)) {
		return version, Failed, "use " + minimum + " or newer"
	}
	return version, OK, ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
