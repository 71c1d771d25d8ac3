package trace

import (
	"testing"

	"github.com/ladder-platform/ladder/components/edge/routes"
	"github.com/ladder-platform/ladder/sandbox/trace"
)

// renderings of a table of routes, which mean the same.
var renderings = map[string]func(routes.Gateway, []routes.Host) []routes.Object{"istio": routes.Istio, "gatewayAPI": routes.GatewayAPI}

// requests to the shipped kind of stack, each with its end.
var requests = map[string]struct {
	url, method, from, via string
	want                   string
}{
	// Where routes lead.
	"the start page":                               {url: "https://shop.example.com/", want: "reached shop/web:8080 /"},
	"no path is the root":                          {url: "https://shop.example.com", want: "reached shop/web:8080 /"},
	"what no longer prefix takes":                  {url: "https://shop.example.com/about/us", want: "reached shop/web:8080 /about/us"},
	"a prefix itself":                              {url: "https://shop.example.com/cart", want: "reached shop/cart:8080 /cart"},
	"a prefix with a slash":                        {url: "https://shop.example.com/cart/", want: "reached shop/cart:8080 /cart/"},
	"below a prefix":                               {url: "https://shop.example.com/cart/items/7", want: "reached shop/cart:8080 /cart/items/7"},
	"a word that begins like a prefix":             {url: "https://shop.example.com/cartoon", want: "reached shop/web:8080 /cartoon"},
	"a prefix inside a path":                       {url: "https://shop.example.com/my/cart", want: "reached shop/web:8080 /my/cart"},
	"a prefix in capitals":                         {url: "https://shop.example.com/CART", want: "reached shop/web:8080 /CART"},
	"a query does not decide":                      {url: "https://shop.example.com/cart?next=/api", want: "reached shop/cart:8080 /cart"},
	"a host in capitals":                           {url: "https://SHOP.Example.COM/cart", want: "reached shop/cart:8080 /cart"},
	"a host with a dot behind":                     {url: "https://shop.example.com./cart", want: "reached shop/cart:8080 /cart"},
	"the port that is meant anyway":                {url: "https://shop.example.com:443/cart", want: "reached shop/cart:8080 /cart"},
	"an escaped letter of a prefix is not decoded": {url: "https://shop.example.com/c%61rt", want: "reached shop/web:8080 /c%61rt"},
	"a blank in a path":                            {url: "https://shop.example.com/cart/a%20b", want: "reached shop/cart:8080 /cart/a%20b"},
	// Rewrites.
	"a prefix that is cut off":                       {url: "https://shop.example.com/api/users", want: "reached shop/api:8080 /users"},
	"a prefix that is cut off to nothing":            {url: "https://shop.example.com/api", want: "reached shop/api:8080 /"},
	"a prefix with a slash that is cut off":          {url: "https://shop.example.com/api/", want: "reached shop/api:8080 /"},
	"the longer of two prefixes":                     {url: "https://shop.example.com/api/v2/users", want: "reached shop/api:8080 /two/users"},
	"the longer of two prefixes alone":               {url: "https://shop.example.com/api/v2", want: "reached shop/api:8080 /two"},
	"the longer of two prefixes with a slash":        {url: "https://shop.example.com/api/v2/", want: "reached shop/api:8080 /two/"},
	"almost the longer of two prefixes":              {url: "https://shop.example.com/api/v20", want: "reached shop/api:8080 /v20"},
	"a prefix put below another":                     {url: "https://one.tenants.example.com/old/x", want: "reached blog/site:8080 /tenant/x"},
	"a prefix that is replaced by another":           {url: "https://one.tenants.example.com/old", want: "reached blog/site:8080 /tenant"},
	"a word like a prefix that is cut off":           {url: "https://shop.example.com/apiary", want: "reached shop/web:8080 /apiary"},
	"the shorter prefix with the longer's next word": {url: "https://shop.example.com/api/v3", want: "reached shop/api:8080 /v3"},
	// Methods.
	"a method that a route is for":            {url: "https://shop.example.com/orders", method: "POST", want: "reached shop/writer:8080 /orders"},
	"another method that a route is for":      {url: "https://shop.example.com/orders/7", method: "PUT", want: "reached shop/writer:8080 /orders/7"},
	"a method in small letters":               {url: "https://shop.example.com/orders", method: "post", want: "reached shop/writer:8080 /orders"},
	"a method that the route is not for":      {url: "https://shop.example.com/orders", want: "reached shop/web:8080 /orders"},
	"deleting where only writing is led away": {url: "https://shop.example.com/orders/7", method: "DELETE", want: "reached shop/web:8080 /orders/7"},
	"any method where a route names none":     {url: "https://shop.example.com/cart", method: "OPTIONS", want: "reached shop/cart:8080 /cart"},
	"a head of the start page":                {url: "https://shop.example.com/", method: "HEAD", want: "reached shop/web:8080 /"},
	// Routes that lead nowhere.
	"a path that no route is for":             {url: "https://blog.example.com/", want: "404 by route"},
	"another path that no route is for":       {url: "https://blog.example.com/about", want: "404 by route"},
	"the one path that a route is for":        {url: "https://blog.example.com/posts/1", want: "reached blog/site:8080 /posts/1"},
	"a word like the one path":                {url: "https://blog.example.com/postscript", want: "404 by route"},
	"a service that is not there":             {url: "https://shop.example.com/gone", want: "503 by service"},
	"a service without pods":                  {url: "https://shop.example.com/empty/x", want: "503 by pods"},
	"a host with a name and no route at all":  {url: "https://old.example.com/", want: "404 by gateway"},
	"a wildcard's host of two labels":         {url: "https://a.b.tenants.example.com/", want: "dead at certificate"},
	"the domain below which the wildcard is":  {url: "https://tenants.example.com/", want: "dead at dns"},
	"a second host of the wildcard":           {url: "https://two.tenants.example.com/y", want: "reached blog/site:8080 /y"},
	"a host of the wildcard with a long path": {url: "https://two.tenants.example.com/a/b/c", want: "reached blog/site:8080 /a/b/c"},
	// HTTP and redirects.
	"plain HTTP":                               {url: "http://shop.example.com/cart", want: "301 https://shop.example.com/cart"},
	"plain HTTP with a query":                  {url: "http://shop.example.com/cart?a=b&c=d", want: "301 https://shop.example.com/cart?a=b&c=d"},
	"plain HTTP of a wildcard":                 {url: "http://one.tenants.example.com/", want: "301 https://one.tenants.example.com/"},
	"plain HTTP of a host that has moved":      {url: "http://www.example.com/x", want: "301 https://www.example.com/x"},
	"plain HTTP by a method":                   {url: "http://shop.example.com/orders", method: "POST", want: "301 https://shop.example.com/orders"},
	"a host that has moved":                    {url: "https://www.example.com/x?y=z", want: "301 https://shop.example.com/x?y=z"},
	"the root of a host that has moved":        {url: "https://www.example.com", want: "301 https://shop.example.com/"},
	"plain HTTP on the port of HTTPS":          {url: "http://shop.example.com:443/", want: "400 by listener"},
	"TLS on the port of HTTP":                  {url: "https://shop.example.com:80/", want: "dead at listener"},
	"a port that nobody listens on":            {url: "https://shop.example.com:8443/", want: "dead at security group"},
	"plain HTTP of the gateway's own port":     {url: "http://shop.example.com:8080/", want: "dead at security group"},
	"the readiness port from the internet":     {url: "http://shop.example.com:15021/healthz/ready", want: "dead at security group"},
	"another name of the shop without a route": {url: "https://store.example.com/", want: "dead at certificate"},
	// DNS.
	"a name that the zone does not have":       {url: "https://nothing.example.com/", want: "dead at dns"},
	"the zone's own name":                      {url: "https://example.com/", want: "dead at dns"},
	"a domain of somebody else":                {url: "https://shop.example.net/", want: "dead at dns"},
	"a domain that only ends like the zone":    {url: "https://shop.myexample.com/", want: "dead at dns"},
	"an address that is no load balancer":      {url: "https://mail.example.com/", want: "dead at dns"},
	"a name of somebody else":                  {url: "https://status.example.com/", want: "dead at dns"},
	"a name with a text only":                  {url: "https://note.example.com/", want: "dead at dns"},
	"names that stand for each other":          {url: "https://loop.example.com/", want: "dead at dns"},
	"a zone that nobody delegates to":          {url: "https://x.lost.example.com/", want: "dead at dns"},
	"plain HTTP of another name of the shop":   {url: "http://store.example.com/cart", want: "301 https://store.example.com/cart"},
	"an unknown load balancer":                 {url: "https://shop.example.com/", via: "nobody", want: "dead at dns"},
	"the application by its load balancer":     {url: "https://shop.example.com/cart", via: "dev-application", want: "reached shop/cart:8080 /cart"},
	"a host with an entry at the public door":  {url: "https://blog.example.com/posts", via: "dev-application", want: "reached blog/site:8080 /posts"},
	"a host that the load balancer never saw":  {url: "https://evil.example.com/", via: "dev-application", want: "dead at certificate"},
	"plain HTTP of a host it never saw":        {url: "http://evil.example.com/", via: "dev-application", want: "301 https://evil.example.com/"},
	"the firewall on the way of its own block": {url: "https://shop.example.com/cart", from: "192.0.2.200", want: "403 by firewall"},
	// Sources.
	"a block that the firewall refuses":            {url: "https://shop.example.com/", from: "192.0.2.128/25", want: "403 by firewall"},
	"plain HTTP from a block it refuses":           {url: "http://shop.example.com/", from: "192.0.2.129", want: "403 by firewall"},
	"a part that the firewall lets in":             {url: "https://shop.example.com/", from: "192.0.2.7", want: "reached shop/web:8080 /"},
	"all of what it lets in":                       {url: "https://shop.example.com/", from: "192.0.2.0/25", want: "reached shop/web:8080 /"},
	"one address beside what it refuses":           {url: "https://shop.example.com/", from: "192.0.3.0", want: "reached shop/web:8080 /"},
	"the office at the public entrance":            {url: "https://shop.example.com/", from: "198.51.100.9", want: "reached shop/web:8080 /"},
	"a pod of the network at the public entrance":  {url: "https://shop.example.com/cart", from: "10.0.17.3", want: "reached shop/cart:8080 /cart"},
	"a machine of another private network":         {url: "https://shop.example.com/cart", from: "192.168.7.7", want: "reached shop/cart:8080 /cart"},
	"everybody at the public entrance":             {url: "https://shop.example.com/cart", from: "203.0.113.0/24", want: "reached shop/cart:8080 /cart"},
	"the last address before what the ACL refuses": {url: "https://shop.example.com/", from: "192.0.1.255", want: "reached shop/web:8080 /"},
	// The management entrance.
	"Argo CD from the office":                            {url: "https://argocd.example.com/applications", from: "198.51.100.9", want: "reached platform/argocd-server:8080 /applications"},
	"Grafana from the office":                            {url: "https://grafana.example.com/", from: "198.51.100.9", want: "reached platform/grafana:8080 /"},
	"Grafana from the whole office":                      {url: "https://grafana.example.com/", from: office, want: "reached platform/grafana:8080 /"},
	"Argo CD from the internet":                          {url: "https://argocd.example.com/", want: "dead at security group"},
	"Grafana from the internet":                          {url: "https://grafana.example.com/", want: "dead at security group"},
	"Argo CD from beside the office":                     {url: "https://argocd.example.com/", from: "198.51.101.1", want: "dead at security group"},
	"Argo CD from more than the office":                  {url: "https://argocd.example.com/", from: "198.51.100.0/23", want: "dead at security group"},
	"Argo CD from everywhere":                            {url: "https://argocd.example.com/", from: "0.0.0.0/0", want: "dead at security group"},
	"Argo CD from a pod, which comes by the NAT gateway": {url: "https://argocd.example.com/", from: "10.0.17.3", want: "dead at security group"},
	"plain HTTP of Argo CD from the office":              {url: "http://argocd.example.com/", from: "198.51.100.9", want: "dead at listener"},
	"plain HTTP of Argo CD from the internet":            {url: "http://argocd.example.com/", want: "dead at security group"},
	"Argo CD by the public entrance":                     {url: "https://argocd.example.com/", via: "dev-application", want: "dead at certificate"},
	"plain HTTP of Argo CD by the public entrance":       {url: "http://argocd.example.com/", via: "dev-application", want: "301 https://argocd.example.com/"},
	"Grafana by the public entrance from the office":     {url: "https://grafana.example.com/", from: "198.51.100.9", via: "dev-application", want: "dead at certificate"},
	"the shop by the management entrance from outside":   {url: "https://shop.example.com/", via: "dev-management", want: "dead at security group"},
	"the shop by the management entrance":                {url: "https://shop.example.com/", from: "198.51.100.9", via: "dev-management", want: "dead at certificate"},
}

func TestRequestsEndAsExpectedInBothRenderings(t *testing.T) {
	if len(requests) < 80 {
		t.Errorf("%d requests, want 80 at least", len(requests))
	}
	for rendering, render := range renderings {
		t.Run(rendering, func(t *testing.T) {
			c := newCloud(t)
			shipped(c, render)
			for sentence, q := range requests {
				got := c.follow(trace.Request{URL: q.url, Method: q.method, From: q.from, Via: q.via, Stack: "dev"})
				if got.String() != q.want {
					t.Errorf("%s (%s %s from %s): %s, want %s\n%+v", sentence, got.Request.Method, q.url, got.Request.From, got, q.want, got.Hops)
				}
			}
		})
	}
}
