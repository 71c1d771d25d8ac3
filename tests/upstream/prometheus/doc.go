// Package prometheus has the projects themselves judge what rings and what is
// drawn: Prometheus's rule parser reads every rule; its rule engine evaluates
// every alert on series that have the fault (it must fire, with the labels that
// its text needs) and on series that nearly have it (it must not), in cases/;
// its query parser reads every query of every dashboard, and every metric named
// is one that the exporters' own modules have, or a line of a table with its
// source; Alertmanager's loader reads the routing, and its matcher says who
// gets what.
//
// What is judged lies in testdata: components/observability/alerts and
// dashboards write it, and their tests hold it to what they make. With
// LADDER_MANIFESTS, what stacks registered is judged too.
//
// It is a module of its own, because Prometheus needs other versions of what an
// API server is built from.
package prometheus
