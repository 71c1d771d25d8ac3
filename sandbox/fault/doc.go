// Package fault makes the simulated cloud fail on purpose.
//
// A fault is data: which operation, on which resource, in which way. It never
// counts calls, so the same plan means the same thing when the order of
// parallel operations changes. Wrap puts a plan in front of any provider;
// previews are left alone.
//
// The ways:
//
//   - refuse: the cloud says no, and nothing has happened
//   - lost: it has happened, and the answer does not arrive
//   - slow: it takes so many times as long (virtual time)
//   - crash-before, crash-after: the engine is killed before the operation
//     reaches the cloud, or after it has happened there. A Helm release waits in
//     the provider's own process, so a crash-after finds it half way: pending
//
// Not modelled: any other operation that happens half way, unless the simulated
// service itself has such a state (CREATE_FAILED); network partitions between
// engine and program.
package fault
