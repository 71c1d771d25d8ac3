// Package routing has Istio itself decide requests: the objects that the edge
// makes of a table of hosts, in both renderings, go through Istio's own
// translation to Envoy's configuration, and its simulation of Envoy follows
// each request (pilot/pkg/simulation). What must become of a request stands
// beside it; components/edge/routes writes both into testdata.
//
// The simulation knows no methods, and reads Envoy's path_separated_prefix as a
// plain prefix; the choice among the routes of a virtual host, and the rewrite,
// are therefore read here, by the words of Envoy's API.
//
// It is a module of its own, like tests/upstream/istio, whose versions it has.
package routing
