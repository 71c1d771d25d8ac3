// Package scenario runs whole stacks on the sandbox, behind the real engine:
// what a preview says an up does, nothing is left to do after it, each change
// shows its true cost, and a destroy leaves nothing behind.
package scenario
