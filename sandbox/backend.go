package sandbox

// Backend is the environment in which an ordinary CLI finds the stacks of the
// sandbox, so that another project's program can read them through a
// StackReference. Providers are attached by Attach.
func (s *Sandbox) Backend() map[string]string { return s.engine.Backend() }
