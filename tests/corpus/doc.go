// Package corpus holds broken stack files, each with the exact findings that
// it must have. A case is one file of cases/, in txtar form: a sentence, the
// stack that it breaks (dev unless it says otherwise), edits of that stack's
// file in base/ as pairs of from and to, or a whole file, and the findings.
//
// LADDER_GOLDEN=1 writes the findings again; read the difference before you
// keep it. Cases whose findings are empty are near misses: what looks like a
// mistake and is none.
package corpus
