package aws

import "time"

// simpleLatency is one call to an API that answers at once, as most do: about
// two seconds with the provider's read after it. Where facts has a measured
// figure, the kind has it.
const simpleLatency = 2 * time.Second

func orDefault(d time.Duration) time.Duration {
	if d == 0 {
		return simpleLatency
	}
	return d
}

// Measured in the apply logs of public repositories (facts, latencies, 2026-11).
const (
	clusterCreate   = 600 * time.Second
	clusterUpgrade  = 480 * time.Second
	clusterDelete   = 480 * time.Second
	nodeGroupCreate = 150 * time.Second
	nodeGroupRoll   = 400 * time.Second // for one node after another: per batch of maxUnavailable
	addonChange     = 40 * time.Second
	natCreate       = 130 * time.Second
)

// Not in facts; of the order that the providers' own acceptance logs show.
const (
	natDelete       = 60 * time.Second
	endpointCreate  = 60 * time.Second // an interface endpoint becomes available
	endpointDelete  = 60 * time.Second
	internetGateway = 5 * time.Second
	mountTarget     = 90 * time.Second // a mount target becomes available
	fileSystem      = 10 * time.Second
	instanceLaunch  = 15 * time.Second
	instanceStop    = 60 * time.Second
	keyCreate       = 10 * time.Second  // KMS waits for IAM to know the principals
	queueCreate     = 25 * time.Second  // SQS attributes propagate
	roleCreate      = 10 * time.Second  // facts: IAM role propagation
	clusterConfig   = 60 * time.Second  // a change of logs, endpoint or access
	nodeGroupConfig = 30 * time.Second  // a change of labels, taints or sizes
	nodeGroupDelete = 180 * time.Second // nodes drain and stop
	addonDelete     = 20 * time.Second
	kmsDelete       = 10 * time.Second
)
