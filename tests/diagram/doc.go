// Package diagram draws stacks through the engine: the pictures that the README
// shows, kept fresh as goldens, and the widest stack that pictures are promised
// for. Every picture is looked at by internal/svg/svgtest.
package diagram
