package config

// Where the record of the stage before is read from.
const (
	ReadSSM            = "ssm"
	ReadStackReference = "stackReference"
)

// Stages, first to last.
const (
	Dev = "dev"
	Stg = "stg"
	Prd = "prd"
)

var stages = []string{Dev, Stg, Prd}

// WithDefaults is the stack with everything filled in that a stack file may
// leave out. It is the only place where defaults come from; what a network or
// a cluster leaves out is filled in by its own package. s itself stays as it is.
func (s Stack) WithDefaults() Stack {
	if s.Environment.Protect == nil {
		on := true
		s.Environment.Protect = &on
	}
	if s.Promotion.Read == "" {
		s.Promotion.Read = ReadSSM
	}
	networks := s.Networks
	s.Networks = filled(networks, func(_ string, n networkConfig) networkConfig { return n.WithDefaults() })
	s.Clusters = filled(s.Clusters, func(_ string, c clusterConfig) clusterConfig {
		return c.WithDefaults(networks[c.Network].HasPodSubnets())
	})
	if s.Edge != nil {
		e := s.Edge.WithDefaults(sortedKeys(s.Clusters))
		s.Edge = &e
	}
	if s.Mesh != nil {
		m := s.Mesh.WithDefaults()
		s.Mesh = &m
	}
	if s.Sample != nil {
		c := s.Sample.WithDefaults()
		s.Sample = &c
	}
	if s.Observability != nil {
		o := s.Observability.WithDefaults()
		s.Observability = &o
	}
	return s
}

// filled is a copy of m with f applied to each entry; nil stays nil.
func filled[V any](m map[string]V, f func(string, V) V) map[string]V {
	if m == nil {
		return nil
	}
	out := make(map[string]V, len(m))
	for k, v := range m {
		out[k] = f(k, v)
	}
	return out
}
