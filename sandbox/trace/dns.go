package trace

import (
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// longestChain of names that stand for others.
const longestChain = 8

// enter finds the load balancer that the request goes to, and goes on there.
func (r *run) enter() {
	r.inside = r.vpcOf()
	lb := r.via()
	if r.trace.Request.Via == "" {
		lb = r.resolve()
	}
	if lb == nil {
		return
	}
	if s := r.trace.Request.Stack; s != "" && !strings.HasPrefix(lb.URN, "urn:pulumi:"+s+"::") {
		r.dead("dns", r.host, "leads to load balancer %s, which is not of stack %s", shown(lb), s)
		return
	}
	r.balancer(lb)
}

// vpcOf is the network that the request's source lies in.
func (r *run) vpcOf() *world.Object {
	for _, v := range r.find(kindVPC, "", nil) {
		if covers(nested.Text(v.Attrs, "cidrBlock"), r.from) {
			return v
		}
	}
	return nil
}

func (r *run) via() *world.Object {
	want := r.trace.Request.Via
	if want == "" {
		return nil
	}
	for _, lb := range r.find(kindBalancer, "", nil) {
		if nested.Text(lb.Attrs, "name") == want || name(nested.Text(lb.Attrs, "dnsName")) == name(want) {
			r.hop("dns", want, "asked for directly, with %s as host", r.host)
			return lb
		}
	}
	r.dead("dns", want, "there is no load balancer of this name")
	return nil
}

// resolve follows the request's name to a load balancer.
func (r *run) resolve() *world.Object {
	at := r.host
	for range longestChain {
		if lb := r.balancerNamed(at); lb != nil {
			return lb
		}
		zone := r.zoneOf(at)
		if zone == nil {
			return r.noZone(at)
		}
		records, wildcard := r.records(zone, at)
		label := nested.Text(zone.Attrs, "name") + " (" + zone.ID + ")"
		if len(records) == 0 {
			r.dead("dns", label, "has no record of %s", at)
			return nil
		}
		how := at
		if wildcard != "" {
			how = at + " by " + wildcard
		}
		next, done := r.answer(label, how, records)
		if done {
			return nil
		}
		at = next
	}
	r.dead("dns", r.host, "follows more than %d names", longestChain)
	return nil
}

// answer reads a name's records: the name to go on with, or the end.
func (r *run) answer(zone, how string, records []*world.Object) (next string, done bool) {
	for _, o := range records {
		if a := nested.Objects(o.Attrs, "aliases"); len(a) > 0 {
			next = name(nested.Text(a[0], "name"))
			r.hop("dns", zone, "%s is an alias of %s", how, next)
			return next, false
		}
		values := nested.Texts(o.Attrs, "records")
		if nested.Text(o.Attrs, "type") == "CNAME" && len(values) > 0 {
			r.hop("dns", zone, "%s is another name of %s", how, name(values[0]))
			return name(values[0]), false
		}
		if nested.Text(o.Attrs, "type") == "A" {
			return "", !r.dead("dns", zone, "%s is %s, which is no load balancer of this world", how, strings.Join(values, ", "))
		}
	}
	return "", !r.dead("dns", zone, "%s has records, and no address among them", how)
}

func (r *run) noZone(at string) *world.Object {
	for _, z := range r.find(kindZone, "", nil) {
		if len(nested.Objects(z.Attrs, "vpcs")) > 0 || !below(at, name(nested.Text(z.Attrs, "name"))) {
			continue
		}
		r.dead("dns", nested.Text(z.Attrs, "name")+" ("+z.ID+")", "nothing above delegates to this zone: resolvers do not find %s; delegate to %s", at, strings.Join(nested.Texts(z.Attrs, "nameServers"), ", "))
		return nil
	}
	r.dead("dns", at, "no zone that anybody can ask holds this name")
	return nil
}

// balancerNamed is a load balancer by its own DNS name.
func (r *run) balancerNamed(at string) *world.Object {
	for _, lb := range r.find(kindBalancer, "", nil) {
		if name(nested.Text(lb.Attrs, "dnsName")) == at {
			return lb
		}
	}
	return nil
}

// zoneOf is the zone that answers: from inside a VPC the most specific of its
// private zones, which then answers alone, else the public one.
// Source: Route 53 developer guide, considerations for private hosted zones.
func (r *run) zoneOf(at string) *world.Object {
	var best *world.Object
	if r.inside != nil {
		for _, z := range r.find(kindZone, "", nil) {
			ours := slices.ContainsFunc(nested.Objects(z.Attrs, "vpcs"), func(v map[string]any) bool { return nested.Text(v, "vpcId") == r.inside.ID })
			if ours && below(at, name(nested.Text(z.Attrs, "name"))) && (best == nil || len(nested.Text(z.Attrs, "name")) > len(nested.Text(best.Attrs, "name"))) {
				best = z
			}
		}
	}
	if best != nil {
		return best
	}
	return aws.PublicZone(r.tx, at)
}

func below(at, zone string) bool { return at == zone || strings.HasSuffix(at, "."+zone) }

// records of a name, or those of the wildcard that stands for it. A wildcard
// stands for names that are not there: neither themselves nor as the parent of
// another. Source: RFC 4592, section 2.2.
func (r *run) records(zone *world.Object, at string) (found []*world.Object, wildcard string) {
	all := r.find(kindRecord, zone.Scope, where("zoneId", zone.ID))
	of := func(n string) []*world.Object {
		return slices.DeleteFunc(slices.Clone(all), func(o *world.Object) bool { return nested.Text(o.Attrs, "fqdn") != n })
	}
	exists := func(n string) bool {
		return slices.ContainsFunc(all, func(o *world.Object) bool {
			return below(nested.Text(o.Attrs, "fqdn"), n) && !strings.HasPrefix(nested.Text(o.Attrs, "fqdn"), "*."+n)
		})
	}
	if own := of(at); len(own) > 0 || exists(at) {
		return own, ""
	}
	for _, parent, ok := strings.Cut(at, "."); ok && below(parent, name(nested.Text(zone.Attrs, "name"))); _, parent, ok = strings.Cut(parent, ".") {
		if w := of("*." + parent); len(w) > 0 {
			return w, "*." + parent
		}
		if exists(parent) {
			return nil, "" // the closest name that is there has no wildcard
		}
	}
	return nil, ""
}
