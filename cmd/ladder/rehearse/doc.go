// Package rehearse climbs releases in the sandbox: every stage up at the first
// release, then rung by rung, stage by stage, with the soak between them on the
// virtual clock. After every up it asserts the order of the engine's own events,
// an empty second preview and that nothing was left over, and after every
// operation it measures skew, ready nodes, free addresses and the replicas of a
// small workload that it puts into each cluster.
//
// Not modelled, and said in every report: what happens inside the roll of a node
// group (the sandbox exchanges its nodes in one operation), spreading of
// replicas over zones, and the time that pods take to start.
package rehearse
