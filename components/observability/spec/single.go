package spec

// Single is a part of which there is only one, and which could be doubled.
type Single struct {
	// Path below observability, and the one that acknowledges it with a reason.
	Path, Acknowledge string
	// Loses is what is lost while it is away.
	Loses string
}

// Single are the parts that nobody has acknowledged to be alone, defaults
// filled in. Whether a stage may have them is not decided here.
func (c Config) Single() []Single {
	var out []Single
	if c.Metrics != nil {
		out = append(out, c.Metrics.single()...)
	}
	if c.Grafana != nil {
		out = append(out, c.Grafana.single()...)
	}
	if c.Kiali != nil {
		out = append(out, c.Kiali.single()...)
	}
	if c.Logs != nil {
		out = append(out, c.Logs.single()...)
	}
	if c.Traces != nil {
		out = append(out, c.Traces.single()...)
	}
	return out
}

// single parts of logs.
func (l Logs) single() []Single { return nil }

// single parts of traces.
func (t Traces) single() []Single { return nil }
