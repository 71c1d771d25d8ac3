package spec

import (
	"fmt"
	"regexp"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/internal/finding"
)

// Kafka is an Amazon MSK cluster for each watched cluster, between collectors
// and stores: what a store cannot take waits there. As long as the section is
// there it stays, and what is in it goes on to the store. Config:
// observability.kafka.
type Kafka struct {
	// Version of Apache Kafka; empty means 3.8.x. The topics need 3.6.0 or newer.
	Version string `json:"version,omitempty"`
	// InstanceType of the brokers; empty means kafka.m7g.large.
	InstanceType string `json:"instanceType,omitempty"`
	// Brokers, a multiple of the zones; 0 means one in each zone.
	Brokers int `json:"brokers,omitempty" jsonschema:"minimum=0"`
	// VolumeGiB of each broker; 0 means 100.
	VolumeGiB int `json:"volumeGiB,omitempty" jsonschema:"minimum=0"`
	// RetentionHours of what nobody has read: how long a store may be down; 0
	// means 72.
	RetentionHours int `json:"retentionHours,omitempty" jsonschema:"minimum=0"`
	// Partitions of each topic: as many consumers can share the work; 0 means 12.
	Partitions int `json:"partitions,omitempty" jsonschema:"minimum=0"`
}

// Limits and defaults with their sources.
const (
	// defaultKafkaVersion is the one that AWS recommends. Source: MSK developer
	// guide, "Supported Apache Kafka versions", read 2026-11.
	defaultKafkaVersion   = "3.8.x"
	defaultBrokerInstance = "kafka.m7g.large"
	defaultBrokerVolume   = 100 // GiB
	defaultKafkaRetention = 72  // hours: a weekend
	defaultPartitions     = 12
	// minBrokerVolume and maxBrokerVolume in GiB, maxBrokers, maxKafkaHours.
	// Source: MSK developer guide, "Amazon MSK Standard broker quota": 1 to
	// 16,384 GiB, 30 brokers per cluster with ZooKeeper; a month is our own limit.
	minBrokerVolume, maxBrokerVolume = 1, 16384
	maxBrokers                       = 30
	maxKafkaHours                    = 30 * 24
	maxPartitions                    = 200
	// brokerUsable is the share of a volume that may be full. Source: MSK
	// developer guide, "Best practices": alarm at 85 % of KafkaDataLogsDiskUsed.
	brokerUsable = 85 // percent
)

var kafkaVersion = regexp.MustCompile(`^([3-9])\.([0-9]+)\.(x|[0-9]+)(?:\.kraft)?$`)

// BrokersIn is the number of brokers in so many zones.
func (k Kafka) BrokersIn(zones int) int { return orZones(k.Brokers, zones) }

// Replicas of each partition: one in each zone.
func (k Kafka) Replicas(zones int) int { return zones }

// InSync is how many replicas must have a record before a producer goes on: all
// but one, so that a zone may fail and nothing is lost with it.
func (k Kafka) InSync(zones int) int { return max(1, zones-1) }

func (k *Kafka) defaults() {
	if k.Version == "" {
		k.Version = defaultKafkaVersion
	}
	if k.InstanceType == "" {
		k.InstanceType = defaultBrokerInstance
	}
	for field, value := range map[*int]int{&k.VolumeGiB: defaultBrokerVolume, &k.RetentionHours: defaultKafkaRetention, &k.Partitions: defaultPartitions} {
		if *field == 0 {
			*field = value
		}
	}
}

func (k Kafka) validate(c Config, in Input) finding.List {
	var out finding.List
	if m := kafkaVersion.FindStringSubmatch(k.Version); m == nil {
		out.Add("version", "use for example "+defaultKafkaVersion, "%q is not a version of Kafka that MSK has", k.Version)
	} else if m[1] == "3" && len(m[2]) == 1 && m[2] < "6" {
		out.Add("version", "use 3.6.0 or newer, for example "+defaultKafkaVersion, "MSK makes topics from Kafka 3.6.0 on, not %s", k.Version)
	}
	if !facts.StreamInstance(k.InstanceType) {
		out.Add("instanceType", "use for example "+defaultBrokerInstance, "%q is not a broker of MSK", k.InstanceType)
	}
	between(&out, "volumeGiB", k.VolumeGiB, minBrokerVolume, maxBrokerVolume, "GiB")
	between(&out, "retentionHours", k.RetentionHours, 1, maxKafkaHours, "hours")
	between(&out, "partitions", k.Partitions, 1, maxPartitions, "partitions")
	for _, key := range c.On(keys(in.Clusters)) {
		zones := len(StoreZones(in.Clusters[key].Zones))
		if zones == 0 {
			continue // the network has findings of its own
		}
		brokers := k.BrokersIn(zones)
		switch {
		case zones < 2:
			out.Add("", "use a network with two zones or more", "the network of cluster %q has one zone, and MSK spreads over two or three", key)
		case brokers%zones != 0:
			out.Add("brokers", fmt.Sprintf("use %d or %d", max(1, brokers/zones)*zones, (brokers/zones+1)*zones),
				"%d brokers are not a multiple of the %d zones of cluster %q", brokers, zones, key)
		case brokers > maxBrokers:
			out.Add("brokers", fmt.Sprintf("use %d at most", maxBrokers), "%d brokers are more than an MSK cluster may have", brokers)
		}
		if need, have := k.NeedGiB(c, zones), brokers*k.VolumeGiB*brokerUsable/100; c.Logs != nil && c.Logs.Kafka && need > have {
			out.Add("retentionHours", fmt.Sprintf("use volumes of %d GiB, or keep less", (need*100/brokerUsable+brokers-1)/brokers),
				"%d h of %d GiB a day in %d copies are %d GiB, and %d brokers of %d GiB may hold %d",
				k.RetentionHours, c.Logs.DailyGiB, k.Replicas(zones), need, brokers, k.VolumeGiB, have)
		}
	}
	return out
}

// NeedGiB is what the brokers of so many zones must hold of the logs.
func (k Kafka) NeedGiB(c Config, zones int) int {
	if c.Logs == nil {
		return 0
	}
	return (c.Logs.DailyGiB*k.RetentionHours*k.Replicas(zones) + 23) / 24
}
