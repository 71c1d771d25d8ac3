// Package trust decides who a mesh trusts: which roots, which of them issues,
// how one root is replaced by another without a moment in which two workloads
// do not trust each other, and when a certificate authority is too close to its
// end. It puts the files of a `cacerts` Secret together from what certificate
// authorities answer. It is pure: no Pulumi, no clock of its own.
package trust
