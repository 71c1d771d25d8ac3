package config_test

import (
	"testing"

	observability "github.com/ladder-platform/ladder/components/observability/spec"
	"github.com/ladder-platform/ladder/stacks/config"
)

// watched is a shipped stack with other metrics.
func watched(t *testing.T, stack string, m observability.Metrics) config.Stack {
	s := load(t, stack)
	o := *s.Observability
	o.Metrics = &m
	s.Observability = &o
	return s
}

func TestABucketOfAnotherStageIsTaken(t *testing.T) {
	stg := watched(t, "stg", observability.Metrics{Thanos: &observability.Thanos{Bucket: "metrics"}})
	prd := watched(t, "prd", observability.Metrics{Thanos: &observability.Thanos{Bucket: "metrics"}})
	found := config.CheckBuckets(stg, prd)
	want := `observability.metrics.thanos.bucket: "metrics-main" is a bucket of stg already, and names of buckets are those of all accounts; give another name, with the stage in it`
	if len(found) != 1 || found[0].String() != want {
		t.Errorf("%v", found)
	}
	prd.Observability.Metrics.Thanos.Bucket = "metrics-prd"
	if found := config.CheckBuckets(stg, prd); len(found) > 0 {
		t.Errorf("%v", found)
	}
	stg.Observability.Metrics.Thanos.Bucket, prd.Observability.Metrics.Thanos.Bucket = "", ""
	if found := config.CheckBuckets(stg, prd); len(found) > 0 {
		t.Errorf("AWS names both: %v", found)
	}
}

func TestPrdHasTwoOfEach(t *testing.T) {
	one := observability.Metrics{Prometheus: observability.Prometheus{Replicas: 1}}
	if found := watched(t, "prd", one).Validate("prd"); len(found) != 1 || found[0].Path != "observability.metrics.prometheus.replicas" {
		t.Errorf("%v", found)
	}
	if found := watched(t, "dev", one).Validate("dev"); len(found) > 0 {
		t.Errorf("dev may have one: %v", found)
	}
	one.AcknowledgeSingle = "a stack of rehearsals only"
	if found := watched(t, "prd", one).Validate("prd"); len(found) > 0 {
		t.Errorf("acknowledged: %v", found)
	}
}
