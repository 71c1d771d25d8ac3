package config

import (
	"fmt"

	"github.com/ladder-platform/ladder/internal/finding"
)

// validateAlertStage: somebody hears what is bad in this stage. In prd nobody
// may be an oversight; elsewhere it may be meant.
func (s Stack) validateAlertStage() finding.List {
	var out finding.List
	if s.Observability == nil || s.Observability.Alerts == nil {
		return out
	}
	for _, severity := range s.Observability.WithDefaults().Alerts.Unheard(s.Environment.Stage) {
		fix, said := "add a route for it", fmt.Sprintf("no route takes alerts of severity %s in %s: nobody is told", severity, s.Environment.Stage)
		if s.Environment.Stage == Prd {
			out.Add("observability.alerts.routes", fix, "%s", said)
		} else {
			out.Warn("observability.alerts.routes", fix, "%s", said)
		}
	}
	return out
}
