// Package links follows every relative link of the README and the docs: the file
// must be there, and so must the heading or line that an anchor names. Pages that
// nothing leads to are found as well.
package links
