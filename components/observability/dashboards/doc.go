// Package dashboards draws what Grafana shows: dashboards as data, from the
// same series that the alerts read. It knows nothing of Pulumi.
//
// Outside of this module Prometheus's own parser reads every query, and every
// metric named must be one that an exporter has (tests/upstream/prometheus).
package dashboards
