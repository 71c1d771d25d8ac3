// Package scaffold writes new stack files: one that begins a ladder, from a
// template, and one that follows another stack, from that one's text, since
// stages have one shape. It chooses address blocks that no other stack has. It
// is pure: whoever calls it asks the questions, and checks and keeps the result.
package scaffold
