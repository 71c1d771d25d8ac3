package cost

import (
	"fmt"

	observability "github.com/ladder-platform/ladder/components/observability/spec"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/stacks/config"
)

// Services of the price collection that only stores of logs and traces use.
const (
	search = "opensearch"
	kafka  = "msk"
)

// stores lists what keeps metrics, logs and traces, for each watched cluster. A store
// that nothing is written to any more costs as before.
func (in *Input) stores(s config.Stack) {
	c := s.WithDefaults().Observability
	for _, key := range s.Observed() {
		at := "observability of " + key
		zones := len(observability.StoreZones(s.Networks[s.Clusters[key].Network].WithDefaults().Zones))
		if c.Metrics != nil {
			in.metrics(at, *c.Metrics)
		}
		if c.OpenSearch != nil {
			in.search(at, *c.OpenSearch, zones)
		}
		if c.Kafka != nil {
			in.kafka(at, *c.Kafka, zones)
		}
		if c.OpenSearch != nil || c.Kafka != nil {
			in.add(Item{Component: at, What: "KMS key of stores", Service: kms, Key: "key_month", Count: 1, Each: 1})
		}
		if c.Logs != nil && c.Logs.Loki != nil {
			in.add(Item{Component: at, What: "logs in S3", Service: objects, Key: "standard_gb_month", PerUse: true})
		}
		if c.Traces != nil && c.Traces.Tempo != nil {
			in.add(Item{Component: at, What: "traces in S3", Service: objects, Key: "standard_gb_month", PerUse: true})
		}
	}
}

// metrics are the volumes of what scrapes and of what reads the store, and the store by use.
func (in *Input) metrics(at string, m observability.Metrics) {
	disks := func(what string, n, gib int) {
		in.add(Item{Component: at, What: fmt.Sprintf("%s: %s of %d GiB", what, count(n, "volume"), gib), Service: ebs, Key: "gp3_gb_month", Count: n, Each: gib})
	}
	disks("Prometheus", m.Prometheus.Replicas, m.Prometheus.VolumeGiB)
	disks("Alertmanager", m.Alertmanagers, observability.AlertmanagerGiB)
	if t := m.Thanos; t != nil {
		disks("Thanos store gateway", t.Replicas, observability.StoreGatewayGiB)
		disks("Thanos compactor", 1, t.CompactorVolumeGiB)
		in.add(Item{Component: at, What: "metrics in S3", Service: objects, Key: "standard_gb_month", PerUse: true})
	}
	if m.Managed != nil {
		in.add(Item{Component: at, What: "metrics in Managed Prometheus", Unknown: "depends on use"})
	}
}

// search is a domain: nodes by the hour, disks by the GiB.
func (in *Input) search(at string, o observability.OpenSearch, zones int) {
	hourly := func(what, instance string, n int) {
		in.add(Item{Component: at, What: fmt.Sprintf("OpenSearch: %s %s", count(n, what), instance), Service: search, Key: instance, Count: n, Each: facts.HoursPerMonth})
	}
	hourly("data node", o.InstanceType, o.NodesIn(zones))
	hourly("master", o.MasterType, observability.Masters)
	in.add(Item{Component: at, What: fmt.Sprintf("OpenSearch: disks of %d GiB", o.VolumeGiB), Service: search, Key: "storage_gp3_gb_month", Count: o.NodesIn(zones), Each: o.VolumeGiB})
	in.add(Item{Component: at, What: "3 alarms on OpenSearch", Service: cloudwatch, Key: "alarm_month", Count: 3, Each: 1})
	if w := o.Warm; w != nil {
		hourly("warm node", w.InstanceType, w.Nodes)
		in.add(Item{Component: at, What: "OpenSearch: warm and cold storage", Unknown: "depends on use"})
	}
}

// kafka is an MSK cluster: brokers by the hour, disks by the GiB.
func (in *Input) kafka(at string, k observability.Kafka, zones int) {
	brokers := k.BrokersIn(zones)
	in.add(Item{Component: at, What: fmt.Sprintf("Kafka: %s %s", count(brokers, "broker"), k.InstanceType), Service: kafka, Key: k.InstanceType, Count: brokers, Each: facts.HoursPerMonth})
	in.add(Item{Component: at, What: fmt.Sprintf("Kafka: disks of %d GiB", k.VolumeGiB), Service: kafka, Key: "storage_gb_month", Count: brokers, Each: k.VolumeGiB})
	in.add(Item{Component: at, What: count(brokers+1, "alarm") + " on Kafka", Service: cloudwatch, Key: "alarm_month", Count: brokers + 1, Each: 1})
}
