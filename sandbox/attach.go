package sandbox

import "time"

// Attach serves the simulated cloud to an engine that somebody else runs, such
// as the ordinary CLI, for as long as use takes. debugProviders is the value of
// PULUMI_DEBUG_PROVIDERS; p says who the simulated credentials are. The virtual
// clock stands still: the timeline belongs to runs of this package.
func (s *Sandbox) Attach(p Program, use func(debugProviders string) error) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	server, err := s.serve(p, &stopwatch{faults: s.options.Faults, listener: s.options.OnOperation, taken: map[string]time.Duration{}})
	if err != nil {
		return err
	}
	defer server.Close()
	err = use(server.DebugProviders())
	server.Idle()
	return err
}
