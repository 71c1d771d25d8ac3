// Package trace follows one HTTP request through a simulated world, hop by hop:
// the name in DNS, the load balancer and its security groups, the web ACL, the
// listener and its rules, the target group with the health of its targets, the
// gateway's configuration (Istio or Gateway API), the route with its rewrite,
// the service and its pods. It ends where the request is answered, or says where
// and why it stops. It reads the world only and changes nothing, and it knows
// nothing of the program that made the world.
//
// What it cannot decide it says (Hop.Unknown) and goes on as if the request were
// let through: managed groups and rates of WAF, headers other than Host, routes
// through VPN and peering, AuthorizationPolicies. Not modelled: addresses of
// single load balancer nodes, IPv6, network ACLs, HTTP/2 and gRPC, retries,
// timeouts, fault injection, mirrored traffic, DestinationRules, waypoints.
//
// Sources of the decisions stand at each of them.
package trace
