// Package toy is the smallest provider of the simulated cloud: one resource
// type that keeps its inputs. Tests of the engine room, of the facade and of
// the trials harness run on it, where aws and kubernetes would only be slow.
//
// Not modelled: everything. Any input is accepted, and no law is enforced
// except that of the input "refuse".
package toy
