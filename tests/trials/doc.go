// Package trials runs the harness of sandbox/trials over the shipped stacks:
// faults at operations of an up, a climb, a blue/green climb and a destroy; and,
// in a sweep only, of two clusters whose meshes are linked.
package trials
