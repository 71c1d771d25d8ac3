package logpipe

import "time"

// Bound is what can be lost, reckoned from the plan: how long something may be
// away before the first record is gone, and how much goes with a machine.
type Bound struct {
	// StoreAway is how long the store may be away: until the buffer of the node
	// that logs most is full, or until Kafka forgets.
	StoreAway time.Duration
	// KafkaAway is how long Kafka may be away; 0 without it.
	KafkaAway time.Duration
	// NodeGoneMB is what goes with a node while everything else works: one flush
	// of its chunks, and with Kafka the queue of its client.
	NodeGoneMB int
	// NodeGoneAwayMB is what goes with a node while nothing can be sent: all that
	// its buffer holds.
	NodeGoneAwayMB int
	// RelayGoneMB is what goes with a relay that Kafka thinks has it; 0 without Kafka.
	RelayGoneMB int
}

// Bound of the plan. The worst case is a node that alone writes all of
// dailyGiB; n nodes that share it evenly last n times as long.
func (p Plan) Bound() Bound {
	l := p.logs()
	buffer := time.Duration(l.BufferGiB) * 24 * time.Hour / time.Duration(l.DailyGiB)
	out := Bound{
		StoreAway: buffer, NodeGoneAwayMB: l.BufferGiB * 1024,
		// A flush each second, of at most one chunk for each kind on the node.
		NodeGoneMB: ChunkMB * len(p.OnNodes()),
	}
	if l.Kafka && p.Config.Kafka != nil {
		out.KafkaAway = buffer
		out.StoreAway = time.Duration(p.Config.Kafka.RetentionHours) * time.Hour
		out.NodeGoneMB += KafkaQueueMB
		out.RelayGoneMB = relayChunksUp * ChunkMB
	}
	return out
}
