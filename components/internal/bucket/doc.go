// Package bucket makes private S3 buckets: encrypted, owned by their account,
// reached by TLS only, emptied by age. The resources are registered by their
// type, because the SDK's package costs 8 CPU-seconds to compile and is used
// nowhere else (docs/adr/0001-compile-cost.md).
package bucket
