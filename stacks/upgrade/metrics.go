package upgrade

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// requestedMetric is the API server's own list of deprecated APIs that were
// asked for since it started. Source: Kubernetes metrics reference, 1.36.
const requestedMetric = "apiserver_requested_deprecated_apis"

// maxLine is the longest line of a dump that is read; an API server's own are
// below 4 KiB.
const maxLine = 1 << 20

// Request is a deprecated API that clients asked a live server for.
type Request struct {
	Group       string `json:"group"`
	Version     string `json:"version"`
	Resource    string `json:"resource"`
	Subresource string `json:"subresource,omitempty"`
	// Removed is the minor that no longer serves it; "" means that none is set.
	Removed string `json:"removed,omitempty"`
}

func (r Request) resource() string {
	if r.Subresource == "" {
		return r.Resource
	}
	return r.Resource + "/" + r.Subresource
}

// The text format: name{label="value",…} value [timestamp]. Source:
// prometheus.io, "Exposition formats", read 2026-11.
var (
	sample = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?[0-9]+)?$`)
	label  = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"`)
)

// ReadMetrics finds the deprecated APIs in what kubectl get --raw /metrics
// prints. A dump without that metric is one of a server that nobody asked for
// a deprecated API; what is no dump is refused.
func ReadMetrics(r io.Reader) ([]Request, error) {
	const advice = "give what kubectl get --raw /metrics prints"
	out, samples := []Request{}, 0
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		m := sample.FindStringSubmatch(line)
		if m == nil {
			return nil, fmt.Errorf("metrics: line %d is no sample of a metric; %s", n, advice)
		}
		value, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return nil, fmt.Errorf("metrics: line %d: %q is no number; %s", n, m[3], advice)
		}
		samples++
		if m[1] == requestedMetric && value != 0 {
			out = append(out, requestOf(m[2]))
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("metrics: %w; %s", err, advice)
	}
	if samples == 0 {
		return nil, fmt.Errorf("metrics: there is none in it; %s", advice)
	}
	slices.SortFunc(out, func(a, b Request) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Version, b.Version), cmp.Compare(a.resource(), b.resource()))
	})
	return out, nil
}

func requestOf(labels string) Request {
	var r Request
	into := map[string]*string{"group": &r.Group, "version": &r.Version, "resource": &r.Resource, "subresource": &r.Subresource, "removed_release": &r.Removed}
	for _, m := range label.FindAllStringSubmatch(labels, -1) {
		if to := into[m[1]]; to != nil {
			*to = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n").Replace(m[2])
		}
	}
	return r
}
