// Package sample makes a small application that answers behind one host, so that
// the first up of a stack ends with a URL. It is also the smallest example of
// what an application team brings: an account of its own, a Deployment that
// survives the drain of a node, a budget that says so, and a Service.
//
// The namespace belongs to the mesh and the host to the edge: stacks/config adds
// both to those sections, so that nothing here is special to them. The
// configuration with its findings is components/sample/spec.
package sample
