// Package tracing has the components of the OpenTelemetry collector themselves
// read what components/observability/collector makes for them: every key must be
// one that the component knows, and its own validation must find nothing. What
// pipelines refer to is checked here by hand.
//
// Jaeger 2 is a collector with components of its own, whose module the proxy
// does not have beyond 1.76: of its configuration the shared components are
// judged (receivers, processors, authentication, health), and jaeger_storage,
// jaeger_query and jaeger_storage_exporter are not. Tempo's module cannot be
// had: its configuration is not judged here.
//
// It is a module of its own: the collector's requirements are its own.
package tracing
