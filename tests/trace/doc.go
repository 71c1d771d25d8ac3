// Package trace holds ladder trace to a table of requests: over a world that is
// made by the simulated clouds' own operations, with the routes rendered by the
// edge component in both ways, Istio's objects and the Gateway API's. Every
// request must end the same in both.
package trace
