package spec

// Buckets are the names of S3 buckets that the section gives, for the clusters
// that it watches, by cluster. Buckets that AWS names are not among them: their
// names are unique.
func (c Config) Buckets(clusters []string) map[string]string {
	out := map[string]string{}
	if c.Metrics == nil || c.Metrics.Thanos == nil {
		return out
	}
	for _, key := range c.On(clusters) {
		if name := c.Metrics.Thanos.Name(key); name != "" {
			out[key] = name
		}
	}
	return out
}
