package spec

import "github.com/ladder-platform/ladder/internal/finding"

// Alerts and who gets them.
type Alerts struct{}

func (a *Alerts) defaults() {}

func (a Alerts) validate(c Config, in Input) finding.List { return nil }

// charts that alerts install.
func (a Alerts) charts() []string { return nil }
