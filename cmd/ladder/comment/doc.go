// Package comment turns previews into a pull-request comment for somebody who
// does not know Pulumi: the verdict first, then what stops and why, then what
// changes where, what it needs and what it costs; details are folded. What a
// change does to what runs is decided here, by tables of resource types and
// properties (effects.go), in the classes of a ladder plan.
//
// It is pure: plain values in, text out, no Pulumi SDK and no clock. The same
// input gives the same text, so that an updated comment shows a small
// difference; nothing that names things comes out of it unescaped.
package comment
