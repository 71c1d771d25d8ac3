// Package edge makes the way in: two entrances with a load balancer each, the
// names and certificates that lead there, the firewall before the public one,
// and in each cluster the binding of the mesh's gateways and the routes behind
// them (EDG-1 to 4, EDG-6).
//
// Pulumi owns every load balancer, target group and security group. The AWS
// Load Balancer Controller only registers the gateways' pods as targets
// (TargetGroupBinding), so that nothing outside the state can keep a destroy
// from ending. The application's entrance is open to anyone; the management
// entrance is another load balancer with another security group and another
// gateway, so that no header leads from one to the other.
//
// The configuration with its findings is components/edge/spec; where a request
// goes is components/edge/routes. Both are pure.
package edge
