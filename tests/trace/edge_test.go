package trace

import (
	"github.com/ladder-platform/ladder/components/edge/routes"
	"github.com/ladder-platform/ladder/components/mesh/spec"
	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// office is the company's network, which alone reaches the management entrance.
const office = "198.51.100.0/24"

func to(namespace, name string) routes.Service {
	return routes.Service{Namespace: namespace, Name: name, Port: 8080}
}

// applicationHosts are what users see.
var applicationHosts = []routes.Host{
	{Name: "shop.example.com", Routes: []routes.Route{
		{Prefix: "/", Service: to("shop", "web")},
		{Prefix: "/cart", Service: to("shop", "cart")},
		{Prefix: "/api", Rewrite: "/", Service: to("shop", "api")},
		{Prefix: "/api/v2", Rewrite: "/two", Service: to("shop", "api")},
		{Prefix: "/orders", Methods: []string{"POST", "PUT"}, Service: to("shop", "writer")},
		{Prefix: "/gone", Service: to("shop", "nobody")},
		{Prefix: "/empty", Service: to("shop", "empty")},
	}},
	{Name: "blog.example.com", Routes: []routes.Route{{Prefix: "/posts", Service: to("blog", "site")}}},
	{Name: "*.tenants.example.com", Routes: []routes.Route{{Prefix: "/", Service: to("blog", "site")}, {Prefix: "/old", Rewrite: "/tenant", Service: to("blog", "site")}}},
}

// managementHosts are the company's own tools.
var managementHosts = []routes.Host{
	{Name: "argocd.example.com", Routes: []routes.Route{{Prefix: "/", Service: to("platform", "argocd-server")}}},
	{Name: "grafana.example.com", Routes: []routes.Route{{Prefix: "/", Service: to("platform", "grafana")}}},
}

func gatewayOf(entrance, secret string) routes.Gateway {
	return routes.Gateway{Name: entrance, Namespace: "istio-ingress", Service: "gateway-" + entrance, Labels: map[string]string{"istio": "gateway-" + entrance},
		HTTPPort: 80, HTTPSPort: 443, Secret: secret}
}

// open lets an entrance's load balancer in from some blocks, and on to the pods.
func (c *cloud) open(n network, entrance string, pods made, blocks []string, ports ...int) made {
	group := c.make(sgType, entrance, m{"name": "lb-" + entrance, "vpcId": n.vpc.id})
	for _, b := range blocks {
		for _, p := range []int{80, 443} {
			c.make(inType, entrance+"-"+b+"-"+string(rune('0'+p%10)), m{"securityGroupId": group.id, "cidrIpv4": b, "ipProtocol": "tcp", "fromPort": p, "toPort": p})
		}
	}
	for _, p := range ports {
		name := entrance + "-to-" + pods.id + "-" + string(rune('a'+p%26))
		c.make(outType, name, m{"securityGroupId": group.id, "referencedSecurityGroupId": pods.id, "ipProtocol": "tcp", "fromPort": p, "toPort": p})
		c.make(inType, name, m{"securityGroupId": pods.id, "referencedSecurityGroupId": group.id, "ipProtocol": "tcp", "fromPort": p, "toPort": p})
	}
	return group
}

// group is a target group that a cluster's gateway is bound to.
func (c *cloud) group(n network, name, cluster, entrance, protocol string, port int, servicePort float64, proxy bool) made {
	check := m{"protocol": "HTTP", "port": "15021", "path": "/healthz/ready", "matcher": "200"}
	if protocol == "TCP" {
		check = m{"protocol": "TCP", "port": "15021"}
	}
	g := c.make(tgType, name, m{"name": name, "port": port, "protocol": protocol, "targetType": "ip", "vpcId": n.vpc.id, "healthCheck": check, "proxyProtocolV2": proxy})
	c.kube(cluster, "elbv2.k8s.aws/v1beta1", "TargetGroupBinding", "istio-ingress", name, m{"spec": m{
		"serviceRef": m{"name": "gateway-" + entrance, "port": servicePort}, "targetGroupARN": g.id, "targetType": "ip", "vpcID": n.vpc.id}})
	return g
}

func forward(g made) []any { return []any{m{"type": "forward", "targetGroupArn": g.id}} }

func toHTTPS(host string) []any {
	r := m{"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}
	if host != "" {
		r["host"] = host
	}
	return []any{m{"type": "redirect", "redirect": r}}
}

func (c *cloud) alias(name, zone string, lb made) {
	c.make(recordType, name+" in "+zone, m{"zoneId": zone, "name": name, "type": "A", "aliases": []any{m{"name": lb.text("dnsName"), "zoneId": lb.text("zoneId"), "evaluateTargetHealth": false}}})
}

// shipped is an application and a management entrance of one cluster: ALBs, a
// web ACL, a zone that the world finds.
func shipped(c *cloud, render func(routes.Gateway, []routes.Host) []routes.Object) {
	n := c.network()
	pods := c.cluster(n, "main")
	c.services("main", spec.TLSAtLoadBalancer)
	c.controllerRole("main", "elasticloadbalancing:*")
	c.put(&world.Object{Kind: aws.DelegationKind, Scope: aws.DelegationScope, ID: "example.com", Owner: world.OwnerSeed})
	zone := c.make(zoneType, "zone", m{"name": "example.com"})
	public := []any{n.pub1.id, n.pub2.id}

	front := c.open(n, "application", pods, []string{"0.0.0.0/0"}, 8080, 15021)
	app := c.make(lbType, "application", m{"name": "dev-application", "subnets": public, "securityGroups": []any{front.id}})
	appGroup := c.group(n, "application-main", "main", "application", "HTTP", 8080, 80, false)
	c.make(listenerType, "application-http", m{"loadBalancerArn": app.id, "port": 80, "protocol": "HTTP", "defaultActions": toHTTPS("")})
	secure := c.make(listenerType, "application-https", m{"loadBalancerArn": app.id, "port": 443, "protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
		"certificateArn": c.certificate("shop.example.com", "blog.example.com", "www.example.com", "old.example.com", "*.tenants.example.com"), "defaultActions": forward(appGroup)})
	c.make(ruleType, "redirect-www", m{"listenerArn": secure.id, "priority": 7, "actions": toHTTPS("shop.example.com"),
		"conditions": []any{m{"hostHeader": m{"values": []any{"www.example.com"}}}}})
	for _, h := range []string{"shop.example.com", "blog.example.com", "www.example.com", "old.example.com", "*.tenants.example.com"} {
		c.alias(h, zone.id, app)
	}
	c.firewall(app)

	desk := c.open(n, "management", pods, []string{office}, 8080, 15021)
	mgmt := c.make(lbType, "management", m{"name": "dev-management", "subnets": public, "securityGroups": []any{desk.id}})
	mgmtGroup := c.group(n, "management-main", "main", "management", "HTTP", 8080, 80, false)
	c.make(listenerType, "management-https", m{"loadBalancerArn": mgmt.id, "port": 443, "protocol": "HTTPS",
		"certificateArn": c.certificate("argocd.example.com", "grafana.example.com"), "defaultActions": forward(mgmtGroup)})
	c.alias("argocd.example.com", zone.id, mgmt)
	c.alias("grafana.example.com", zone.id, mgmt)

	c.render("main", render(gatewayOf("application", ""), applicationHosts))
	c.render("main", render(gatewayOf("management", ""), managementHosts))
	c.strangers(zone)
}

// firewall stands before the application: one block is kept out, one is let in
// without further questions, rates and contents are asked.
func (c *cloud) firewall(lb made) {
	metrics := m{"cloudwatchMetricsEnabled": true, "metricName": "x", "sampledRequestsEnabled": true}
	set := func(name, block string) made {
		return c.make(setType, name, m{"name": name, "scope": "REGIONAL", "ipAddressVersion": "IPV4", "addresses": []any{block}})
	}
	refers := func(s made) m { return m{"ipSetReferenceStatement": m{"arn": s.text("arn")}} }
	acl := c.make(aclType, "waf", m{"name": "waf", "scope": "REGIONAL", "defaultAction": m{"allow": m{}}, "visibilityConfig": metrics, "rules": []any{
		m{"name": "allow", "priority": 10, "action": m{"allow": m{}}, "visibilityConfig": metrics, "statement": refers(set("allow", "192.0.2.0/25"))},
		m{"name": "deny", "priority": 20, "action": m{"block": m{}}, "visibilityConfig": metrics, "statement": refers(set("deny", "192.0.2.0/24"))},
		m{"name": "rate", "priority": 30, "action": m{"block": m{}}, "visibilityConfig": metrics, "statement": m{"rateBasedStatement": m{"limit": 2000, "aggregateKeyType": "IP"}}},
		m{"name": "common", "priority": 100, "overrideAction": m{"count": m{}}, "visibilityConfig": metrics,
			"statement": m{"managedRuleGroupStatement": m{"name": "AWSManagedRulesCommonRuleSet", "vendorName": "AWS"}}},
	}})
	c.make("aws:wafv2/webAclAssociation:WebAclAssociation", "waf", m{"webAclArn": acl.text("arn"), "resourceArn": lb.id})
}

// strangers are names that lead elsewhere or nowhere.
func (c *cloud) strangers(zone made) {
	record := func(name, kind, value string) {
		c.make(recordType, name, m{"zoneId": zone.id, "name": name, "type": kind, "ttl": 60, "records": []any{value}})
	}
	record("mail.example.com", "A", "203.0.113.99")
	record("status.example.com", "CNAME", "status.elsewhere.net")
	record("store.example.com", "CNAME", "shop.example.com")
	record("note.example.com", "TXT", "\"hello\"")
	record("loop.example.com", "CNAME", "pool.example.com")
	record("pool.example.com", "CNAME", "loop.example.com")
	c.make(zoneType, "lost", m{"name": "lost.example.com"}) // made, and nobody delegates to it
}

// controllerRole is what the load balancer controller of a cluster may do.
func (c *cloud) controllerRole(cluster, action string) {
	role := c.make("aws:iam/role:Role", "controller", m{"name": "controller", "assumeRolePolicy": `{"Version":"2012-10-17","Statement":[` +
		`{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Principal":{"Service":"pods.eks.amazonaws.com"}}]}`})
	c.make("aws:iam/rolePolicy:RolePolicy", "controller", m{"name": "controller", "role": role.id,
		"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"*"}]}`})
	c.put(&world.Object{Kind: "aws:eks/podIdentityAssociation:PodIdentityAssociation", Scope: scope, ID: "controller", Attrs: m{
		"clusterName": cluster, "namespace": "kube-system", "serviceAccount": "aws-load-balancer-controller", "roleArn": role.text("arn")}})
}
