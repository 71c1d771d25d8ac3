package spec

import "github.com/ladder-platform/ladder/internal/finding"

// Traces of requests.
type Traces struct{}

func (t *Traces) defaults() {}

func (t Traces) validate(c Config, in Input) finding.List { return nil }

// needsOpenSearch says whether traces are stored in OpenSearch.
func (t Traces) needsOpenSearch() bool { return false }

// charts that traces install.
func (t Traces) charts() []string { return nil }
