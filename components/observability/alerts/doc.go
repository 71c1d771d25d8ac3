// Package alerts decides what rings: recording and alerting rules as data,
// whom Alertmanager tells, and what CloudWatch watches for them. It knows
// nothing of Pulumi.
//
// A rule is judged outside of this module, by Prometheus's own parser and its
// rule engine on made-up series (tests/upstream/prometheus): every alert fires
// on series that have the fault and stays silent on series that nearly have it.
// Every alert has a section in docs/runbooks, which a test here demands.
package alerts
