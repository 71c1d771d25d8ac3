package spec

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var threeZones = Input{Stack: "dev", Region: "ap-northeast-2", AccountID: "111111111111", Clusters: map[string]ClusterInput{
	"main": {Network: "main", Zones: []string{"z1", "z2", "z3"}},
}}

// said are the findings below observability, as path: message.
func said(c Config, in Input) []string {
	var out []string
	for _, f := range c.Validate("observability", in) {
		out = append(out, strings.TrimPrefix(f.Path, "observability.")+": "+f.Message)
	}
	slices.Sort(out)
	return out
}

func TestLogsFindings(t *testing.T) {
	loki := &Loki{}
	two := Input{Stack: "dev", Clusters: map[string]ClusterInput{"main": {Network: "main", Zones: []string{"z1", "z2"}}}}
	for sentence, c := range map[string]struct {
		config Config
		in     Input
		want   []string
	}{
		"logs in OpenSearch":       {Config{Logs: &Logs{}, OpenSearch: &OpenSearch{VolumeGiB: 200}}, threeZones, nil},
		"logs in Loki":             {Config{Logs: &Logs{Loki: loki}}, threeZones, nil},
		"a move, and Kafka drains": {Config{Logs: &Logs{Store: LogsOpenSearch, RetentionDays: 14, Loki: loki}, OpenSearch: &OpenSearch{}, Kafka: &Kafka{}}, threeZones, nil},
		"nobody keeps them": {Config{Logs: &Logs{}}, threeZones,
			[]string{"logs.store: logs are collected, and neither OpenSearch nor Loki keeps them"}},
		"two stores and no word": {Config{Logs: &Logs{RetentionDays: 14, Loki: loki}, OpenSearch: &OpenSearch{}}, threeZones,
			[]string{"logs.store: there are two stores, and nothing says which one gets new logs"}},
		"a store that is not there": {Config{Logs: &Logs{Store: LogsOpenSearch, Loki: loki}}, threeZones,
			[]string{"logs.store: new logs go to OpenSearch, and there is none"}},
		"another that is not there": {Config{Logs: &Logs{Store: LogsLoki}, OpenSearch: &OpenSearch{}}, threeZones,
			[]string{"logs.store: new logs go to Loki, and there is none"}},
		"Kafka that is not there": {Config{Logs: &Logs{Kafka: true, Loki: loki}}, threeZones,
			[]string{"logs.kafka: logs go through Kafka, and there is none"}},
		"a word of nothing": {Config{Logs: &Logs{Loki: loki, Sources: []string{"pod"}}}, threeZones,
			[]string{`logs.sources[0]: "pod" is not one of pods, nodes, controlPlane`}},
		"more than the disks hold": {Config{Logs: &Logs{}, OpenSearch: &OpenSearch{}}, threeZones,
			[]string{`logs.retentionDays: 30 days of 5 GiB on data nodes, with a replica and AWS's factor of 1.45, are 435 GiB, and the domain of cluster "main" has 3 × 100 GiB`}},
		"exactly what the disks hold":   {Config{Logs: &Logs{}, OpenSearch: &OpenSearch{VolumeGiB: 145}}, threeZones, nil},
		"one GiB less":                  {Config{Logs: &Logs{}, OpenSearch: &OpenSearch{VolumeGiB: 144}}, threeZones, []string{`logs.retentionDays: 30 days of 5 GiB on data nodes, with a replica and AWS's factor of 1.45, are 435 GiB, and the domain of cluster "main" has 3 × 144 GiB`}},
		"the same with a warm tier":     {Config{Logs: &Logs{RetentionDays: 90}, OpenSearch: &OpenSearch{Warm: &Warm{}}}, threeZones, nil},
		"deleted before it gets warm":   {Config{Logs: &Logs{RetentionDays: 7}, OpenSearch: &OpenSearch{Warm: &Warm{}}}, threeZones, []string{"logs.retentionDays: logs are deleted after 7 days, before they move to the next tier"}},
		"cold before warm":              {Config{Logs: &Logs{RetentionDays: 90}, OpenSearch: &OpenSearch{Warm: &Warm{AfterDays: 7, ColdAfterDays: 7}}}, threeZones, []string{"openSearch.warm.coldAfterDays: an index cannot become cold after 7 days and warm after 7"}},
		"a bucket that forgets earlier": {Config{Logs: &Logs{RetentionDays: 30, Loki: &Loki{BucketDays: 29}}}, threeZones, []string{"logs.loki.bucketDays: the bucket deletes after 29 days what logs.retentionDays keeps for 30"}},
		"one Loki":                      {Config{Logs: &Logs{Loki: &Loki{Replicas: 1}}}, threeZones, []string{"logs.loki.replicas: 1 replicas is outside of that"}},
		"drops everything":              {Config{Logs: &Logs{Loki: loki, Drop: []Drop{{}}}}, threeZones, []string{"logs.drop[0]: would drop everything"}},
		"a template in a rule":          {Config{Logs: &Logs{Loki: loki, Drop: []Drop{{Contains: "{{ .x }}"}}}}, threeZones, []string{`logs.drop[0].contains: "{{ .x }}" cannot be written into the collector's rules`}},
		"redacts what nobody knows":     {Config{Logs: &Logs{Loki: loki, Redact: &Redact{Values: []string{"phone"}}}}, threeZones, []string{`logs.redact.values[0]: "phone" is not one of awsKey, bearer, card, email, jwt`}},
		"brokers beside the zones":      {Config{Logs: &Logs{Loki: loki, Kafka: true}, Kafka: &Kafka{Brokers: 4}}, threeZones, []string{`kafka.brokers: 4 brokers are not a multiple of the 3 zones of cluster "main"`}},
		"brokers for two zones":         {Config{Logs: &Logs{Loki: loki, Kafka: true}, Kafka: &Kafka{Brokers: 4}}, two, nil},
		"nodes beside the zones":        {Config{Logs: &Logs{Loki: loki}, OpenSearch: &OpenSearch{Nodes: 4}}, threeZones, []string{`logs.store: there are two stores, and nothing says which one gets new logs`, `openSearch.nodes: 4 nodes do not spread evenly over the 3 zones of cluster "main"`}},
		"a Kafka that forgets too late": {Config{Logs: &Logs{Loki: loki, Kafka: true, DailyGiB: 50}, Kafka: &Kafka{}}, threeZones, []string{"kafka.retentionHours: 72 h of 50 GiB a day in 3 copies are 450 GiB, and 3 brokers of 100 GiB may hold 255"}},
		"topics from 3.6 on":            {Config{Logs: &Logs{Loki: loki, Kafka: true}, Kafka: &Kafka{Version: "3.5.1"}}, threeZones, []string{"kafka.version: MSK makes topics from Kafka 3.6.0 on, not 3.5.1"}},
		"warm beside burstable nodes":   {Config{Logs: &Logs{RetentionDays: 14}, OpenSearch: &OpenSearch{InstanceType: "t3.medium.search", Warm: &Warm{}}}, threeZones, []string{"openSearch.instanceType: t3.medium.search does not have UltraWarm storage"}},
		"an old family":                 {Config{Logs: &Logs{RetentionDays: 14}, OpenSearch: &OpenSearch{InstanceType: "m3.large.search"}}, threeZones, []string{"openSearch.instanceType: m3.large.search does not have encryption at rest", "openSearch.instanceType: m3.large.search does not have fine-grained access control"}},
		"a storage family leads":        {Config{Logs: &Logs{RetentionDays: 14}, OpenSearch: &OpenSearch{MasterType: "or1.large.search"}}, threeZones, []string{"openSearch.masterType: or1.large.search does not have the role of a dedicated master"}},
		"an instance type of EC2":       {Config{Logs: &Logs{RetentionDays: 14}, OpenSearch: &OpenSearch{InstanceType: "r7g.large"}}, threeZones, []string{`openSearch.instanceType: "r7g.large" is not an instance type of OpenSearch Service`}},
		"a name too long for a domain": {Config{Logs: &Logs{RetentionDays: 14}, OpenSearch: &OpenSearch{}},
			Input{Stack: strings.Repeat("a", 24), Clusters: threeZones.Clusters}, []string{`openSearch: "aaaaaaaaaaaaaaaaaaaaaaaa-main" cannot name the domain of cluster "main": AWS takes 3 to 28 lowercase letters, digits and hyphens`}},
		"a name that just fits": {Config{Logs: &Logs{RetentionDays: 14}, OpenSearch: &OpenSearch{}}, Input{Stack: strings.Repeat("a", 23), Clusters: threeZones.Clusters}, nil},
	} {
		t.Run(sentence, func(t *testing.T) {
			if diff := cmp.Diff(c.want, said(c.config, c.in)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestInterfaces(t *testing.T) {
	for sentence, c := range map[string]struct {
		config            Config
		zones, all, surge int
	}{
		"nothing":                  {Config{}, 3, 0, 0},
		"a domain in three zones":  {Config{OpenSearch: &OpenSearch{}}, 3, 4, 2},              // 3 data nodes, 3 masters, twice
		"with warm nodes":          {Config{OpenSearch: &OpenSearch{Warm: &Warm{}}}, 3, 6, 3}, // and 2 warm ones
		"beside Kafka":             {Config{OpenSearch: &OpenSearch{}, Kafka: &Kafka{Brokers: 6}}, 3, 6, 2},
		"a network of six zones":   {Config{OpenSearch: &OpenSearch{}}, 6, 4, 2},
		"Kafka alone in two zones": {Config{Kafka: &Kafka{}}, 2, 1, 0},
	} {
		if all, surge := c.config.WithDefaults().Interfaces(c.zones); all != c.all || surge != c.surge {
			t.Errorf("%s: %d and %d, want %d and %d", sentence, all, surge, c.all, c.surge)
		}
	}
}
