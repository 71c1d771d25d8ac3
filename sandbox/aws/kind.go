package aws

import (
	"cmp"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// kind is what a service adds to the generic life of a type. Every field may be empty.
type kind struct {
	service string // as the provider names it, "EC2"
	sdk     string // as AWS's SDK names it in errors, where that differs: "Elastic Load Balancing v2"
	noun    string // "Subnet"
	global  bool   // the account's, not a region's

	id     string                                                // EC2-style prefix such as "subnet-"
	hex    int                                                   // digits after id; 0 means 17
	makeID func(c *call) string                                  // where the id is derived from inputs
	arn    string                                                // template with {region} {account} {id} {name}
	check  func(c *call, in map[string]any) []schema.Failure     // what the provider validates without a call
	create func(c *call) error                                   // rules, computed attributes, hidden objects
	update func(c *call) error                                   // c.old has the attributes before
	remove func(c *call) error                                   // deletion order; hidden objects go
	diff   func(old, new map[string]any, res *plugin.DiffResult) // replacement rules beyond the schema's
	// volatile are outputs that an update of these inputs makes unknown in a preview.
	volatile func(old, new map[string]any) []string
	// namesClash: create answers itself when the id is taken (or taking it is no conflict).
	namesClash bool

	createTime, updateTime, deleteTime time.Duration // 0 means simpleLatency
}

var kinds = map[string]*kind{}

func register(token string, k *kind) *kind {
	if _, dup := kinds[token]; dup {
		panic("sandbox/aws: two kinds for " + token)
	}
	kinds[token] = k
	return k
}

// kindOf never returns nil: a type without a file of its own is generic.
func kindOf(token string) *kind {
	if k, ok := kinds[token]; ok {
		return k
	}
	return genericKind(token)
}

// call is one operation on one resource.
type call struct {
	p       *provider
	kind    *kind
	res     *schema.Resource
	token   string
	urn     resource.URN
	verb    string
	tx      *world.Tx
	in      map[string]any // new inputs
	old     map[string]any // attributes before, on update and delete
	obj     *world.Object
	latency time.Duration
	// waited: the provider gave up waiting, which took the latency too.
	waited bool
	// initErrs: the object exists but is not well; it is saved with these reasons.
	initErrs []string
}

func (p *provider) call(token string, urn resource.URN, verb string) *call {
	res, _ := p.schema.Resource(token)
	return &call{p: p, kind: kindOf(token), res: res, token: token, urn: urn, verb: verb}
}

// view runs f on a read-only transaction.
func (c *call) view(f func()) {
	c.p.deps.World.View(func(tx *world.Tx) { c.tx = tx; f() })
}

func (c *call) on(r *rule.Rule) bool { return c.p.deps.Rules.On(r) }

func (c *call) region() string  { return c.p.conf.region }
func (c *call) account() string { return c.p.conf.account }

// regional and global are the scopes of world objects.
func (c *call) regional() string { return c.account() + "/" + c.region() }
func (c *call) global() string   { return c.account() }

func (c *call) scope() string {
	if c.kind.global {
		return c.global()
	}
	return c.regional()
}

func (c *call) key(id string) world.Key {
	return world.Key{Kind: c.token, Scope: c.scope(), ID: id}
}

// get finds a regional object of another type.
func (c *call) get(kind, id string) (*world.Object, bool) {
	if id == "" {
		return nil, false
	}
	return c.tx.Get(world.Key{Kind: kind, Scope: c.scopeOf(kind), ID: id})
}

func (c *call) scopeOf(kind string) string {
	if kindOf(kind).global {
		return c.global()
	}
	return c.regional()
}

// find lists objects of a type in this account and region.
func (c *call) find(kind string, match func(*world.Object) bool) []*world.Object {
	return c.tx.Find(kind, c.scopeOf(kind), match)
}

// where matches one string attribute.
func where(key, value string) func(*world.Object) bool {
	return func(o *world.Object) bool { return str(o.Attrs, key) == value }
}

// attr is the attribute after this operation.
func (c *call) attr(key string) string { return str(c.obj.Attrs, key) }

// set writes an attribute.
func (c *call) set(key string, v any) { c.obj.Attrs[key] = plain(v) }

// setDefault writes an attribute that the inputs left out.
func (c *call) setDefault(key string, v any) {
	if !has(c.obj.Attrs, key) {
		c.set(key, v)
	}
}

// refuse wraps a rule's text as the provider prints an API error.
func (c *call) refuse(action string, r *rule.Rule, args ...any) error {
	return fmt.Errorf("%s: operation error %s: %s, api error %w", c.doing(), cmp.Or(c.kind.sdk, c.kind.service), action, r.Errorf(args...))
}

func (c *call) doing() string {
	verb := map[string]string{"create": "creating", "update": "updating", "delete": "deleting", "read": "reading"}[c.verb]
	name := c.kind.service + " " + c.kind.noun
	if c.obj != nil && c.obj.ID != "" {
		return fmt.Sprintf("%s %s (%s)", verb, name, c.obj.ID)
	}
	return verb + " " + name
}

// hide puts an object that Pulumi cannot own. owner is the service that made it.
func (c *call) hide(kind, id, name, owner string, attrs map[string]any) *world.Object {
	o := &world.Object{
		Kind: kind, Scope: c.regional(), ID: id, Name: name, URN: string(c.urn), Owner: "service:" + owner,
		Attrs: plain(attrs).(map[string]any), Created: c.tx.Now(),
	}
	c.tx.Put(o)
	return o
}

func (c *call) newID(prefix string, digits int) string {
	return c.tx.NewID(prefix, string(c.urn), digits)
}
