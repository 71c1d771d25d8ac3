// Package measure is what the charts of metrics, Grafana and Kiali are told,
// and what Prometheus looks at: values and objects as data. It knows nothing of
// Pulumi, so that all of it is tested in milliseconds.
package measure
