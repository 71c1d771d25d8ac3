// Package observability watches one cluster: metrics, logs, traces and alerts,
// each optional, none of them single but where its design says so.
//
// What decides is in spec and in the pure packages beside it, without Pulumi;
// this package registers it in an order that is in the dependency graph: stores
// in AWS beside the cluster, then namespace and definitions, then what runs
// inside, once cluster and mesh are ready.
package observability
