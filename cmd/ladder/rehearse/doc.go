// Package rehearse climbs releases in the sandbox: every stage up at the first
// release, or as a real environment's state has it, then rung by rung, stage by
// stage, with the soak between them on the virtual clock. A rung is the runs of
// the stage's own upgrade plan, made by the plan's own edits: one up, or with
// blue/green groups the new slot, the drain, the removal; clusters that have a
// release of their own follow the others.
//
// After every up it asserts the order of the engine's own events, that no
// workload fell below its budget, an empty second preview and that nothing was
// left over. It measures skew, ready nodes, replicas, room and free addresses
// between operations and inside those that move pods. With faults it breaks the
// operations of each up, one at a time, on a copy, and asserts that recovery
// ends where the undisturbed up ends.
//
// Options.Rules and Options.Mutate make a rehearsal go wrong on purpose: the
// tests that prove that each of these assertions notices live in tests/scenario.
package rehearse
