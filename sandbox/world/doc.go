// Package world is the one persisted state of the simulated cloud: objects
// with a kind, a scope, an id and JSON attributes. It knows no service, no
// engine and no gRPC; the providers give the objects their meaning.
//
// # Promises
//
//   - One process at a time: a directory is locked, and the error names the
//     process that has it.
//   - A transaction happens wholly or not at all, in memory and on disk: it is
//     one line of the journal. A crash in the middle of a line loses that line
//     only.
//   - Ids depend on the seed, on the URN that asks and on how often it asked,
//     not on the order in which parallel operations arrive.
//   - Attributes are the same before and after a restart: Put brings them to
//     the form that JSON would give back (numbers are float64, lists are []any).
//   - The clock stands still until somebody calls Advance.
//
// # Not modelled
//
// Eventual consistency, throttling, and what other people do in the same
// account, unless a test does it with a transaction of its own.
//
// # The file
//
// world.jsonl: a header line, then one line per transaction. Close rewrites it
// as a header and one line per object, through a temporary file and a rename.
package world
