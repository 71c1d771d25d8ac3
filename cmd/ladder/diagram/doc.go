// Package diagram draws a stack from what the engine's preview registers, not
// from its file: what a picture shows is what an up makes. A view first collects
// what it shows from the graph, then lays it out with measured text. Pure.
package diagram
