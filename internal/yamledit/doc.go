// Package yamledit changes single entries of a YAML text and leaves every other
// byte as it is: comments, order, quoting and blank lines. It works on lines and
// columns of the parsed text, and refuses what it cannot do without touching
// more: anchors, aliases, several documents, entries over several lines in a flow
// mapping with comments. Whatever it did is checked: the result must decode to
// the old value with exactly these edits.
package yamledit
