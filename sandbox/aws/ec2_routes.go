package aws

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeRouteTable = "aws:ec2/routeTable:RouteTable"
	typeRoute      = "aws:ec2/route:Route"
	typeRTA        = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	typeNACL       = "aws:ec2/networkAcl:NetworkAcl"
)

var (
	ruleRouteOneTarget = rule.Register(rule.Rule{
		Name: "ec2.route-one-target", Service: "ec2",
		Source: "terraform-provider-aws internal/service/ec2/vpc_route.go, ExactlyOneOf on targets and destinations",
		Text:   "Invalid combination of arguments: one %s must be given, %d are: %s",
	})
	ruleRouteConflict = rule.Register(rule.Rule{
		Name: "ec2.route-conflict", Service: "ec2",
		Source: "EC2 API error codes, RouteAlreadyExists",
		Text:   "RouteAlreadyExists: The route identified by %s already exists.",
	})
	ruleRouteTable = rule.Register(rule.Rule{
		Name: "ec2.route-table-exists", Service: "ec2",
		Source: "EC2 API error codes, InvalidRouteTableID.NotFound",
		Text:   "InvalidRouteTableID.NotFound: The routeTable ID '%s' does not exist",
	})
	ruleRouteTarget = rule.Register(rule.Rule{
		Name: "ec2.route-target-exists", Service: "ec2",
		Source: "EC2 API error codes, InvalidGatewayID.NotFound, NatGatewayNotFound, InvalidVpcPeeringConnectionID.NotFound",
		Text:   "%s: The %s ID '%s' does not exist",
	})
	ruleRouteNetwork = rule.Register(rule.Rule{
		Name: "ec2.route-same-network", Service: "ec2",
		Source: "EC2 CreateRoute; EC2 API error codes, InvalidParameterValue",
		Text:   "InvalidParameterValue: route table %s and network gateway %s belong to different networks",
	})
	ruleRouteQuota = rule.Register(rule.Rule{
		Name: "ec2.route-quota", Service: "ec2",
		Source: "VPC quotas (facts, quotas: 50 routes per table); EC2 API error codes, RouteLimitExceeded",
		Text:   "RouteLimitExceeded: The maximum number of routes has been reached.",
	})
	ruleRouteTableInUse = rule.Register(rule.Rule{
		Name: "ec2.route-table-in-use", Service: "ec2",
		Source: "EC2 API error codes, DependencyViolation; facts, providers E4",
		Text:   "DependencyViolation: The routeTable '%s' has dependencies and cannot be deleted.",
	})
	ruleAssociatedOnce = rule.Register(rule.Rule{
		Name: "ec2.route-table-association-once", Service: "ec2",
		Source: "EC2 AssociateRouteTable; EC2 API error codes, Resource.AlreadyAssociated",
		Text:   "Resource.AlreadyAssociated: the specified association for route table %s conflicts with an existing association",
	})
	ruleAssociatedNetwork = rule.Register(rule.Rule{
		Name: "ec2.route-table-association-network", Service: "ec2",
		Source: "EC2 AssociateRouteTable; EC2 API error codes, InvalidParameterValue",
		Text:   "InvalidParameterValue: Route table %s and subnet %s belong to different networks",
	})
)

var _ = register(typeRouteTable, &kind{
	service: "EC2", noun: "Route Table", id: "rtb-", arn: "arn:aws:ec2:{region}:{account}:route-table/{id}",
	create: func(c *call) error {
		if _, err := c.needVPC("CreateRouteTable", c.attr("vpcId")); err != nil {
			return err
		}
		c.set("ownerId", c.account())
		c.setDefault("propagatingVgws", []string{})
		for i, r := range dicts(c.obj.Attrs, "routes") {
			if err := c.routeTargets(r, c.attr("vpcId"), c.obj.ID); err != nil {
				return err
			}
			for _, other := range dicts(c.obj.Attrs, "routes")[:i] {
				if destination(other) == destination(r) && c.on(ruleRouteConflict) {
					return c.refuse("CreateRoute", ruleRouteConflict, destination(r))
				}
			}
		}
		c.setDefault("routes", []any{})
		return nil
	},
	remove: func(c *call) error {
		if len(c.find(typeRTA, where("routeTableId", c.obj.ID))) > 0 && c.on(ruleRouteTableInUse) {
			return c.refuse("DeleteRouteTable", ruleRouteTableInUse, c.obj.ID)
		}
		return nil
	},
})

var routeTargets = []string{
	"carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "localGatewayId", "natGatewayId",
	"networkInterfaceId", "transitGatewayId", "vpcEndpointId", "vpcPeeringConnectionId",
}

var routeDestinations = []string{"destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId", "cidrBlock", "ipv6CidrBlock"}

func destination(r map[string]any) string {
	for _, k := range routeDestinations {
		if s := str(r, k); s != "" {
			return s
		}
	}
	return ""
}

var _ = register(typeRoute, &kind{
	namesClash: true, service: "EC2", noun: "Route",
	makeID: func(c *call) string { return routeID(str(c.in, "routeTableId"), destination(c.in)) },
	check: func(c *call, in map[string]any) []schema.Failure {
		if !c.on(ruleRouteOneTarget) {
			return nil
		}
		var out []schema.Failure
		for _, g := range []struct {
			what, path string
			keys       []string
		}{{"target", "natGatewayId", routeTargets}, {"destination", "destinationCidrBlock", routeDestinations[:3]}} {
			var set []string
			for _, k := range g.keys {
				if has(in, k) {
					set = append(set, k)
				}
			}
			if len(set) != 1 {
				out = append(out, schema.Failure{Path: g.path, Reason: ruleRouteOneTarget.Errorf(g.what, len(set), strings.Join(set, ", ")).Error()})
			}
		}
		return out
	},
	create: createRoute,
	update: func(c *call) error {
		table, ok := c.routeTable(c.attr("routeTableId"))
		if !ok {
			return nil
		}
		return c.routeTargets(c.obj.Attrs, str(table.Attrs, "vpcId"), table.ID)
	},
})

// routeID is terraform-provider-aws's: r-<table><hash of the destination>.
func routeID(table, dest string) string {
	h := sha256.Sum256([]byte(dest))
	return fmt.Sprintf("r-%s%d", table, uint32(h[0])<<24|uint32(h[1])<<16|uint32(h[2])<<8|uint32(h[3]))
}

func (c *call) routeTable(id string) (*world.Object, bool) {
	if o, ok := c.get(typeRouteTable, id); ok {
		return o, true
	}
	return c.get(hiddenRTB, id)
}

func createRoute(c *call) error {
	const action = "CreateRoute"
	id, dest := c.attr("routeTableId"), destination(c.obj.Attrs)
	table, ok := c.routeTable(id)
	if !ok {
		if c.on(ruleRouteTable) {
			return c.refuse(action, ruleRouteTable, id)
		}
		table = &world.Object{ID: id, Attrs: map[string]any{}}
	}
	existing := c.find(typeRoute, where("routeTableId", id))
	taken := slices.ContainsFunc(existing, func(o *world.Object) bool { return destination(o.Attrs) == dest })
	taken = taken || slices.ContainsFunc(dicts(table.Attrs, "routes"), func(r map[string]any) bool { return destination(r) == dest })
	if vpc, ok := c.get(typeVPC, str(table.Attrs, "vpcId")); ok {
		taken = taken || slices.Contains(c.blocks(vpc), dest) // the local route
	}
	if taken && c.on(ruleRouteConflict) {
		return c.refuse(action, ruleRouteConflict, dest)
	}
	if err := c.limit(ruleRouteQuota, action, 1+len(existing), facts.QuotaRoutes); err != nil {
		return err
	}
	if err := c.routeTargets(c.obj.Attrs, str(table.Attrs, "vpcId"), id); err != nil {
		return err
	}
	c.set("origin", "CreateRoute")
	c.set("state", "active")
	c.set("instanceId", "")
	c.set("instanceOwnerId", "")
	c.setDefault("networkInterfaceId", "")
	return nil
}

// routeTargets checks that what a route points at exists in the same network.
func (c *call) routeTargets(r map[string]any, vpc, table string) error {
	for _, t := range []struct{ key, kind, code, noun string }{
		{"natGatewayId", typeNAT, "NatGatewayNotFound", "natGateway"},
		{"vpcPeeringConnectionId", typePeering, "InvalidVpcPeeringConnectionID.NotFound", "vpcPeeringConnection"},
		{"gatewayId", typeIGW, "InvalidGatewayID.NotFound", "gateway"},
		{"egressOnlyGatewayId", typeEIGW, "InvalidGatewayID.NotFound", "egressOnlyInternetGateway"},
	} {
		id := str(r, t.key)
		if id == "" || id == "local" || (t.key == "gatewayId" && !strings.HasPrefix(id, "igw-")) {
			continue
		}
		o, ok := c.get(t.kind, id)
		if !ok {
			if c.on(ruleRouteTarget) {
				return c.refuse("CreateRoute", ruleRouteTarget, t.code, t.noun, id)
			}
			continue
		}
		if t.kind == typeIGW && str(o.Attrs, "vpcId") != vpc && c.on(ruleRouteNetwork) {
			return c.refuse("CreateRoute", ruleRouteNetwork, table, id)
		}
	}
	return nil
}

var _ = register(typeRTA, &kind{
	service: "EC2", noun: "Route Table Association", id: "rtbassoc-",
	create: func(c *call) error {
		const action = "AssociateRouteTable"
		table, ok := c.routeTable(c.attr("routeTableId"))
		if !ok {
			if c.on(ruleRouteTable) {
				return c.refuse(action, ruleRouteTable, c.attr("routeTableId"))
			}
			return nil
		}
		if c.attr("subnetId") == "" {
			return nil // a gateway's table
		}
		sub, err := c.needSubnet(action, c.attr("subnetId"))
		if err != nil {
			return err
		}
		if str(sub.Attrs, "vpcId") != str(table.Attrs, "vpcId") && c.on(ruleAssociatedNetwork) {
			return c.refuse(action, ruleAssociatedNetwork, table.ID, sub.ID)
		}
		if len(c.find(typeRTA, where("subnetId", sub.ID))) > 0 && c.on(ruleAssociatedOnce) {
			return c.refuse(action, ruleAssociatedOnce, table.ID)
		}
		return nil
	},
})

func getRouteTable(c *call) (map[string]any, error) {
	t, err := one(c.filtered(c.find(typeRouteTable, func(o *world.Object) bool {
		if sub := str(c.in, "subnetId"); sub != "" {
			assoc := c.find(typeRTA, where("subnetId", sub))
			return len(assoc) == 1 && str(assoc[0].Attrs, "routeTableId") == o.ID
		}
		return (!has(c.in, "routeTableId") || o.ID == str(c.in, "routeTableId")) && (!has(c.in, "vpcId") || str(o.Attrs, "vpcId") == str(c.in, "vpcId"))
	}), map[string]string{"vpc-id": "vpcId"}), "Route Table")
	if err != nil {
		return nil, err
	}
	out := visible(t)
	out["routeTableId"], out["associations"] = t.ID, []any{}
	return out, nil
}

func getRouteTables(c *call) (map[string]any, error) {
	return map[string]any{"id": c.region(), "ids": ids(c.filtered(c.find(typeRouteTable, func(o *world.Object) bool {
		return !has(c.in, "vpcId") || str(o.Attrs, "vpcId") == str(c.in, "vpcId")
	}), map[string]string{"vpc-id": "vpcId"}))}, nil
}
