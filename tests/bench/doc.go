// Command bench measures what must not grow unseen: the cost of compiling the
// program, and the sandbox's overhead over the bare engine. `make bench` runs it;
// docs/benchmarks.md holds the last full result.
//
//	go run ./tests/bench [-json] [-short] [-sizes 50,200]
//
// Compile cost is processor time and memory of `go build ./infra` with an empty
// cache, beside a program that has only a cluster of pulumi-eks (floor) and one
// that imports every SDK package it uses (naive).
//
// Engine cost is the wall time of preview and up for a number of resources, once
// on the sandbox (the whole call) and once on the same engine (the CLI's own run
// only) with a provider that does nothing, both without checkpoints, as rehearsals
// run (docs/adr on the sandbox).
//
// The limits are printed with a verdict, and the exit code is 1 when one is
// broken: 0 within the limits, 1 over one or failed, 2 bad usage.
package main
