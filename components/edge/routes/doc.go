// Package routes decides where a request goes once it has reached a gateway of
// the mesh: by host, then by URI prefix. One table renders to Istio's Gateway
// and VirtualService or to the Gateway API's Gateway and HTTPRoute, which mean
// the same; Decide says what both must do with a request, and Findings what is
// wrong with a table. It is pure, and knows no load balancer.
//
// A prefix matches by whole segments in both renderings. HTTPRoute's PathPrefix
// does so by itself; a VirtualService's prefix matches by characters, so there a
// prefix becomes an exact match and a prefix that ends in a slash.
// Sources: Gateway API, HTTPPathMatch, and Istio, HTTPMatchRequest, read 2026-11.
package routes
