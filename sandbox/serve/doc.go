// Package serve offers simulated providers to a real engine on loopback ports.
//
// The engine dials a provider once per provider resource, so every connection
// is one configured instance: it gets a provider of its own from the factory,
// and configuration can be a plain field of that provider.
//
// Not modelled: parameterized packages, and a provider that goes away in the
// middle of a run (a crash of the engine is sandbox/fault's business).
package serve
