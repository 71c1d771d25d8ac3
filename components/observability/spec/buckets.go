package spec

import (
	"github.com/ladder-platform/ladder/internal/finding"
)

// Buckets are the names of S3 buckets that the section gives, by the path that
// gives them, for the clusters that it watches. A bucket that AWS names is not
// among them.
func (c Config) Buckets(clusters []string) map[string]string {
	out := map[string]string{}
	for _, key := range c.On(clusters) {
		for path, name := range c.bucketsOf(key) {
			out[path+" of cluster "+key] = name
		}
	}
	return out
}

// bucketsOf are the buckets of one cluster, by path below the section.
func (c Config) bucketsOf(cluster string) map[string]string {
	out := map[string]string{}
	add := func(path, name string) {
		if name != "" {
			out[path] = name
		}
	}
	if c.Metrics != nil && c.Metrics.Thanos != nil {
		add("metrics.thanos.bucket", c.Metrics.Thanos.Name(cluster))
	}
	for _, part := range []any{c.Logs, c.Traces} {
		if named, ok := part.(interface {
			buckets(cluster string) map[string]string
		}); ok && !isNil(part) {
			for path, name := range named.buckets(cluster) {
				add(path, name)
			}
		}
	}
	return out
}

// isNil says whether a section is left out.
func isNil(part any) bool {
	switch p := part.(type) {
	case *Logs:
		return p == nil
	case *Traces:
		return p == nil
	}
	return part == nil
}

// bucketClashes: names of buckets are those of all of S3, so two of a stack
// cannot be the same.
func (c Config) bucketClashes(in Input) finding.List {
	var out finding.List
	first := map[string]string{}
	for _, cluster := range c.On(keys(in.Clusters)) {
		named := c.bucketsOf(cluster)
		for _, path := range keys(named) {
			name, what := named[path], path+" for cluster "+cluster
			if other, taken := first[name]; taken {
				out.Add(path, "give another name", "%q is the bucket of %s too", name, other)
				continue
			}
			first[name] = what
		}
	}
	return out
}
