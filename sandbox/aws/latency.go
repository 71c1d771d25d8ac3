package aws

import (
	"slices"
	"time"

	"github.com/ladder-platform/ladder/internal/facts"
)

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

// Measured in the apply logs of public repositories (facts, latencies).
var (
	clusterCreate   = measured(facts.LatencyClusterCreate)
	clusterUpgrade  = measured(facts.LatencyClusterUpgrade)
	clusterDelete   = measured(facts.LatencyClusterDelete)
	nodeGroupCreate = measured(facts.LatencyNodeGroupCreate)
	nodeGroupRoll   = measured(facts.LatencyNodeRoll) // one batch of maxUnavailable after another
	addonChange     = measured(facts.LatencyAddon)
	natCreate       = measured(facts.LatencyNATGateway)
	roleCreate      = measured(facts.LatencyIAMPropagation)

	loadBalancerCreate = measured(facts.LatencyLoadBalancer)
	certificateIssued  = measured(facts.LatencyACMValidation)
)

func measured(operation string) time.Duration {
	l, ok := facts.Latency(operation)
	if !ok {
		panic("sandbox/aws: facts have no latency of " + operation)
	}
	return l.Typical
}

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
	clusterConfig   = 60 * time.Second  // a change of logs, endpoint or access
	nodeGroupConfig = 30 * time.Second  // a change of labels, taints or sizes
	nodeGroupDelete = 180 * time.Second // nodes drain and stop
	addonDelete     = 20 * time.Second
	kmsDelete       = 10 * time.Second

	loadBalancerDelete  = 20 * time.Second // its interfaces go, which the provider waits for
	certificateTimeout  = 75 * time.Minute // how long the provider waits for a validation (facts, providers D6.13)
	certificateRequest  = 10 * time.Second // until the validation records are known
	recordChange        = 35 * time.Second // until every name server has it: INSYNC
	zoneCreate          = 40 * time.Second // likewise
	aclChange           = 5 * time.Second
	bucketCreate        = 4 * time.Second
	listenerCertificate = time.Second

	domainDelete = 15 * time.Minute // the provider waits up to 90
	streamUpdate = 20 * time.Minute // brokers one after another
	streamDelete = 5 * time.Minute
)

// Latency is what an operation of a type takes on a real account, before it
// ran: verb is create, update or delete, changed are the properties that an
// update changes. How many nodes a node group has is not known here, so a
// rolling update counts as one batch.
func Latency(token, verb string, changed []string) time.Duration {
	k := kindOf(token)
	switch verb {
	case "create":
		return orDefault(k.createTime)
	case "update":
		return updateLatency(token, k, changed)
	case "delete":
		return orDefault(k.deleteTime)
	}
	return simpleLatency
}

func updateLatency(token string, k *kind, changed []string) time.Duration {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(changed, n) })
	}
	switch {
	case token == typeCluster && has("version"):
		return clusterUpgrade
	case token == typeNodeGroup && has("version", "releaseVersion", "launchTemplate"):
		return nodeGroupRoll
	}
	return orDefault(k.updateTime)
}
