// Package collector builds the pipeline of traces as data: the configuration of
// the collectors on the nodes and of the gateways behind them, of Jaeger and of
// Tempo, the values of their charts, and the bound on what can be lost. Pure:
// what is known late (hosts, brokers, a bucket) is a variable of the container's
// environment or handed in by whoever registers it.
//
//	mesh, applications → collector on the node ─(by trace)→ gateway ─┬→ Jaeger → OpenSearch
//	                                                                 ├→ Kafka → Jaeger → OpenSearch
//	                                                                 └→ Tempo → S3
//
// A trace is judged when its spans are in one place: the collectors on the
// nodes choose a gateway by the trace's ID.
package collector
