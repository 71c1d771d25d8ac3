// Package tls is the tls provider of the simulated cloud: PrivateKey,
// SelfSignedCert, CertRequest and LocallySignedCert as pulumi-tls 5.2 has them,
// with real cryptography. Keys and serial numbers come from the world's seed and
// signatures are deterministic (RFC 6979 for ECDSA), so a rehearsal repeats.
// Validity follows the world's clock. Keys made here are predictable: they are
// for the simulated cloud only.
//
// Not modelled: the getCertificate and getPublicKey functions, and proxies.
package tls
