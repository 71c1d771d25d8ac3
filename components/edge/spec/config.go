package spec

// Config is the edge section of a stack: how requests from outside reach the
// gateways of the mesh. Config: edge.
type Config struct {
	// Domain is the DNS zone that every host lies in.
	Domain Domain `json:"domain"`
	// Routing is the kind of objects that hosts become: istio (Gateway and
	// VirtualService) or gatewayAPI (Gateway and HTTPRoute). They mean the
	// same. Empty means istio.
	Routing string `json:"routing,omitempty" jsonschema:"enum=istio,enum=gatewayAPI"`
	// Application is the entrance that is open to anyone.
	Application Application `json:"application"`
	// Management is the entrance that only company networks reach; nil means
	// that there is none.
	Management *Management `json:"management,omitempty"`
	// WAF stands before the application's ALB; nil means none.
	WAF *WAF `json:"waf,omitempty"`
	// Shift is the share of requests in percent that each cluster gets, by
	// cluster key; the shares add up to 100, and 0 keeps a cluster bound
	// without traffic. Left out with one cluster, needed with several, whose
	// networks must be one.
	Shift map[string]int `json:"shift,omitempty"`
	// AccessLogs of both load balancers go to an S3 bucket; on by default.
	AccessLogs *AccessLogs `json:"accessLogs,omitempty"`
	// ExternalDNS lets workloads have names of their own in a zone of their own.
	ExternalDNS *ExternalDNS `json:"externalDNS,omitempty"`
	// CertManager issues certificates inside the clusters; needed where the
	// gateway ends TLS with application.tls.issuer certManager.
	CertManager *CertManager `json:"certManager,omitempty"`
}

// Domain is a public DNS name with its hosted zone in Route 53.
type Domain struct {
	// Name of the zone, for example dev.example.com. Every host is this name
	// or lies below it.
	Name string `json:"name"`
	// Zone says where the hosted zone comes from.
	Zone Zone `json:"zone"`
	// PrivateZone adds a hosted zone of the same name that only the network
	// sees: from inside, hosts of an internal entrance resolve too. Names of
	// the public zone that are no host of this stack do not resolve from
	// inside then.
	PrivateZone bool `json:"privateZone,omitempty"`
}

// Zone is an existing hosted zone, or one made here: either id or create.
type Zone struct {
	// ID of an existing public hosted zone, such as Z0123456789ABCDEFGHIJ.
	ID string `json:"id,omitempty"`
	// Create makes the zone. Certificates validate only when the domain above
	// delegates to it: give parent, or write its NS record yourself and say so
	// with delegated.
	Create bool `json:"create,omitempty"`
	// Delegated says that the domain above delegates to the zone made here; up
	// asks DNS whether it does before it waits for a certificate.
	// While neither it nor parent is given, up makes the zone alone and gives
	// its name servers as an output: a certificate would wait 75 minutes for
	// a validation that cannot come.
	Delegated bool `json:"delegated,omitempty"`
	// Parent is the hosted zone of the domain above, in Route 53: the stack
	// writes the delegation into it.
	Parent *ParentZone `json:"parent,omitempty"`
	// RoleARN is a role to assume where the zone is in another account.
	RoleARN string `json:"roleArn,omitempty"`
}

// ParentZone is the zone that delegates to the one made here.
type ParentZone struct {
	// ID of the hosted zone.
	ID string `json:"id"`
	// RoleARN is a role to assume where it is in another account than this
	// stack; empty means zone.roleArn, or the stack's own.
	RoleARN string `json:"roleArn,omitempty"`
}

// Application is the entrance for users.
type Application struct {
	// LoadBalancer is alb (TLS ends at the load balancer, WAF is possible) or
	// nlb (TLS ends at the gateway, SNI is possible). Empty means alb.
	LoadBalancer string `json:"loadBalancer,omitempty" jsonschema:"enum=alb,enum=nlb"`
	// Name of the load balancer in AWS, at most 32 letters, digits and hyphens;
	// empty means <stack>-application.
	Name string `json:"name,omitempty"`
	// Hosts by full DNS name, for example shop.dev.example.com or
	// *.dev.example.com: every one gets a record, a certificate and its routes.
	Hosts map[string]Host `json:"hosts"`
	// Redirects are hosts that answer 301 with another host, path and query
	// kept: www.example.com: example.com. They are rules of the ALB; an NLB
	// knows none.
	Redirects map[string]string `json:"redirects,omitempty"`
	// Certificate of the ALB; not with nlb.
	Certificate *Certificate `json:"certificate,omitempty"`
	// TLS at the gateway; needed with nlb, not with alb.
	TLS *GatewayTLS `json:"tls,omitempty"`
	// StaticAddresses gives an NLB one Elastic IP in each zone, for allow lists
	// of partners. Not with alb, whose addresses change.
	StaticAddresses bool `json:"staticAddresses,omitempty"`
	// DeregistrationSeconds is how long a pod that goes away still answers
	// what it has begun, 1 to 3600; shorter than the gateway pods' grace
	// period. 0 means 20.
	DeregistrationSeconds int `json:"deregistrationSeconds,omitempty"`
}

// Management is the entrance for the company's own people: Argo CD, Grafana,
// Kiali and the like. It has its own ALB, security group and gateway.
type Management struct {
	// Allow are the IPv4 blocks that may reach it.
	Allow []string `json:"allow"`
	// Name of the load balancer in AWS; empty means <stack>-management.
	Name string `json:"name,omitempty"`
	// Internal puts the load balancer into the private subnets: it is reached
	// through VPN or peering only.
	Internal bool `json:"internal,omitempty"`
	// Hosts by full DNS name; none of them is a host of application too.
	Hosts map[string]Host `json:"hosts"`
	// Certificate of the ALB.
	Certificate *Certificate `json:"certificate,omitempty"`
	// DeregistrationSeconds as in application.
	DeregistrationSeconds int `json:"deregistrationSeconds,omitempty"`
}

// Certificate says which certificates an ALB carries. Left out: one from ACM
// with every host of the entrance, validated by DNS.
type Certificate struct {
	// Wildcard asks ACM for *.<domain> and the domain itself in place of each
	// host by name; the names of hosts stay out of public logs then. A wildcard
	// covers one level of names.
	Wildcard bool `json:"wildcard,omitempty"`
	// ARN of an existing certificate of the stack's region, in place of one made here.
	ARN string `json:"arn,omitempty"`
	// Extra are ARNs of further certificates of the stack's region, which the
	// listener chooses by server name.
	Extra []string `json:"extra,omitempty"`
}

// GatewayTLS says where the gateway's certificate comes from. ACM's own
// certificates cannot leave AWS's load balancers, unless they were made
// exportable: secret is the way for those.
type GatewayTLS struct {
	// Issuer is certManager (issued and renewed in the cluster, by
	// edge.certManager) or secret (somebody puts a TLS secret into the
	// gateway's namespace: External Secrets, or an export of ACM).
	Issuer string `json:"issuer" jsonschema:"enum=certManager,enum=secret"`
	// Secret is the name of the kubernetes.io/tls secret; empty means edge-application.
	Secret string `json:"secret,omitempty"`
}

// Host is what one DNS name leads to.
type Host struct {
	// Routes by URI prefix; the most specific one that matches decides.
	Routes []Route `json:"routes,omitempty"`
	// Passthrough hands the TLS stream of this name unopened to a service, by
	// SNI; no routes then. With nlb only: behind an ALB nobody sees SNI.
	Passthrough *Service `json:"passthrough,omitempty"`
}

// Route leads requests below a prefix to a service.
type Route struct {
	// Prefix of the path, matched by whole segments: /shop matches /shop and
	// /shop/cart, not /shopping. / matches everything.
	Prefix string `json:"prefix"`
	// Methods such as GET that the route is for; left out means every method.
	Methods []string `json:"methods,omitempty"`
	// Rewrite takes the prefix's place before the request goes on; empty
	// leaves the path as it is.
	Rewrite string `json:"rewrite,omitempty"`
	// Service that answers.
	Service Service `json:"service"`
}

// Service is a Kubernetes service of a mesh namespace.
type Service struct {
	// Namespace of the service, which the mesh must hold.
	Namespace string `json:"namespace"`
	// Name of the service.
	Name string `json:"name"`
	// Port of the service, 1 to 65535.
	Port int `json:"port"`
}

// AccessLogs of load balancers.
type AccessLogs struct {
	// Disabled writes none.
	Disabled bool `json:"disabled,omitempty"`
	// RetentionDays after which objects are deleted, 1 to 3650; 0 means 30.
	RetentionDays int `json:"retentionDays,omitempty"`
}

// WAF is a web ACL before the application's ALB. Rules are asked in this
// order: deny, rate limit, managed groups.
type WAF struct {
	// Managed are groups of AWS by name, for example
	// AWSManagedRulesCommonRuleSet. Left out means the common rules, known bad
	// inputs and the reputation list.
	Managed map[string]ManagedGroup `json:"managed,omitempty"`
	// RateLimit of requests from one address; nil means none.
	RateLimit *RateLimit `json:"rateLimit,omitempty"`
	// Allow are IPv4 blocks that no later rule looks at.
	Allow []string `json:"allow,omitempty"`
	// Deny are IPv4 blocks that are refused.
	Deny []string `json:"deny,omitempty"`
	// Logging writes what was asked and decided to CloudWatch; on by default.
	Logging *WAFLogging `json:"logging,omitempty"`
	// MaxWCU is the capacity that the ACL may take, 1 to 5000; 0 means 1500,
	// above which AWS charges by the request.
	MaxWCU int `json:"maxWcu,omitempty"`
}

// ManagedGroup is one group of rules that AWS maintains.
type ManagedGroup struct {
	// Action is count (matches are logged and let through) or block. Empty
	// means count: a group that is new counts first, and blocks when its log
	// shows no request that was meant well.
	Action string `json:"action,omitempty" jsonschema:"enum=count,enum=block"`
	// CountRules are rules of the group that only count while the group blocks.
	CountRules []string `json:"countRules,omitempty"`
	// Version pins the group's version; empty means AWS's default, which moves.
	Version string `json:"version,omitempty"`
	// WCU is the group's capacity where this program does not know it.
	WCU int `json:"wcu,omitempty"`
}

// RateLimit is a ceiling of requests from one source address.
type RateLimit struct {
	// Requests in any window, 10 to 2000000000.
	Requests int `json:"requests"`
	// WindowSeconds is 60, 120, 300 or 600; 0 means 300.
	WindowSeconds int `json:"windowSeconds,omitempty"`
	// Action is count or block; empty means count.
	Action string `json:"action,omitempty" jsonschema:"enum=count,enum=block"`
}

// WAFLogging writes the ACL's decisions.
type WAFLogging struct {
	// Disabled writes none.
	Disabled bool `json:"disabled,omitempty"`
	// RetentionDays that CloudWatch Logs offers; 0 means 30.
	RetentionDays int `json:"retentionDays,omitempty"`
	// RedactHeaders are headers that are blanked beside authorization and cookie.
	RedactHeaders []string `json:"redactHeaders,omitempty"`
	// AllRequests logs requests that were let through too; otherwise only
	// what was counted or blocked.
	AllRequests bool `json:"allRequests,omitempty"`
}

// ExternalDNS watches services and routes in each cluster and writes their
// names into a zone of its own below the domain. It only adds and changes,
// never deletes (upsert-only).
type ExternalDNS struct {
	// Subdomain of the zone, one label: apps makes apps.<domain>.
	Subdomain string `json:"subdomain"`
}

// CertManager issues certificates from an ACME authority, proved by DNS.
type CertManager struct {
	// Email that the authority warns of certificates that end.
	Email string `json:"email"`
	// Server is the authority's directory URL; empty means Let's Encrypt.
	Server string `json:"server,omitempty"`
}
