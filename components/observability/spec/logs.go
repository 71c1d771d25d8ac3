package spec

import "github.com/ladder-platform/ladder/internal/finding"

// Logs of pods, nodes and control planes.
type Logs struct{}

func (l *Logs) defaults() {}

func (l Logs) validate(c Config, in Input) finding.List { return nil }

// needsOpenSearch says whether logs are stored in OpenSearch.
func (l Logs) needsOpenSearch() bool { return false }

// charts that logs install.
func (l Logs) charts() []string { return nil }
