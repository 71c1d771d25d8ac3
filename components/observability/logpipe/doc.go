// Package logpipe builds the pipeline of logs as data: the configuration of
// Fluent Bit on the nodes and of the relay behind them, the script that drops
// and redacts, what reads the control plane's logs, what OpenSearch and Kafka
// are told before anybody writes, and the bound on what can be lost. It is pure:
// the same plan gives the same text, and what is known late (hosts, brokers)
// stands there as a variable of the container's environment.
//
//	pods, kubelet, containerd, kernel → agent on the node ─┬→ store
//	                                                       └→ Kafka → relay → store
//	CloudWatch (control plane) → collector → relay ─┬→ store
//	                                                └→ Kafka → relay → store
package logpipe
