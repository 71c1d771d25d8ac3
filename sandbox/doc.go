// Package sandbox is a simulated cloud behind the real Pulumi engine: what
// ladder preview, up, refresh, destroy and recover run on, and what every
// scenario test runs on.
//
//	box, err := sandbox.Open(ctx, sandbox.Options{Dir: ".ladder/sandbox", Seed: 1})
//	result, err := box.Up(ctx, sandbox.Program{Project: ".", StackFile: "Pulumi.dev.yaml", Stack: "dev",
//		AccountID: "111111111111", CallerARN: "arn:…", Run: stacks.Deploy})
//
// Rooms: world (the state of the cloud), rule (its laws), aws, kube, eks, tls,
// random (the providers), deps (what they are made of), serve (how the engine
// reaches them), fault (what goes wrong on purpose), engine (the real engine,
// its state and the virtual timeline). This package puts them together and
// recovers what an interrupted run left behind.
//
// The virtual clock stands still while a run is under way and moves on by the
// run's makespan when it ends.
//
// docs/sandbox.md says what is not modelled.
package sandbox
