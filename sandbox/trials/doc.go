// Package trials breaks every operation of a run, one at a time, and asks
// whether the cloud ends up as an undisturbed run would have left it.
//
// Record runs a scenario once, one operation at a time, and keeps the world
// and Pulumi's state around every operation. A trial begins there: it never
// repeats what came before. Its fault is one of
//
//   - refuse: world and state as before the operation
//   - lost: the world as after it, the state as before it
//   - crash-before, crash-after: the same two, with the pending operation and
//     the lock that a killed engine leaves
//
// That is what the engine leaves behind (sandbox/recover_test.go kills it for
// real); with Real set, a trial runs the engine into the fault itself. Then
// come recover, refresh, up, and a comparison of worlds.
//
// Whoever sets Scenario.Watch looks on while a trial recovers, and says what
// broke meanwhile: the availability of workloads, for example.
//
// Worlds are compared without what may differ between two good runs: ids that
// count generations, times, and whatever Scenario.Normalize takes out.
package trials
