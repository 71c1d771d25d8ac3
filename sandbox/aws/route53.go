package aws

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeZone   = "aws:route53/zone:Zone"
	typeRecord = "aws:route53/record:Record"

	// DelegationKind is what the registrar of a domain, or DNS servers that are
	// not in the world, delegate: the ID is the domain, the scope
	// DelegationScope, and "nameServers" may say to whom; without it, to
	// whichever zone has the name.
	DelegationKind  = "hidden:dns/Delegation"
	DelegationScope = "internet"
)

var (
	ruleZoneMissing = rule.Register(rule.Rule{
		Name: "route53.zone-exists", Service: "route53",
		Source: "Route 53 API, NoSuchHostedZone",
		Text:   "NoSuchHostedZone: No hosted zone found with ID: %s",
	})
	ruleZoneFull = rule.Register(rule.Rule{
		Name: "route53.zone-not-empty", Service: "route53",
		Source: "Route 53 API, DeleteHostedZone, HostedZoneNotEmpty; facts, providers E8",
		Text:   "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets  and so cannot be deleted.",
	})
	ruleZoneConflict = rule.Register(rule.Rule{
		Name: "route53.private-zone-conflict", Service: "route53",
		Source: "Route 53 API, CreateHostedZone, ConflictingDomainExists, as quoted in public issues",
		Text:   "ConflictingDomainExists: The VPC %s in region %s has already been associated with the hosted zone %s with the same domain name.",
	})
	ruleZoneVPC = rule.Register(rule.Rule{
		Name: "route53.private-zone-vpc", Service: "route53",
		Source: "Route 53 API, InvalidVPCId",
		Text:   "InvalidVPCId: The VPC: %s you provided is not authorized to make the association.",
	})
	ruleRecordTaken = rule.Register(rule.Rule{
		Name: "route53.record-exists", Service: "route53",
		Source: "Route 53 API, ChangeResourceRecordSets, InvalidChangeBatch, as quoted in public issues",
		Text:   "InvalidChangeBatch: [Tried to create resource record set [name='%s', type='%s'] but it already exists]",
	})
	ruleRecordZone = rule.Register(rule.Rule{
		Name: "route53.record-in-zone", Service: "route53",
		Source: "Route 53 API, ChangeResourceRecordSets, InvalidChangeBatch, as quoted in public issues",
		Text:   "InvalidChangeBatch: [RRSet with DNS name %s is not permitted in zone %s]",
	})
	ruleRecordApex = rule.Register(rule.Rule{
		Name: "route53.cname-at-apex", Service: "route53",
		Source: "Route 53 developer guide, CNAME; InvalidChangeBatch as quoted in public issues",
		Text:   "InvalidChangeBatch: [RRSet of type CNAME with DNS name %s is not permitted at apex in zone %s]",
	})
	ruleRecordAlone = rule.Register(rule.Rule{
		Name: "route53.cname-alone", Service: "route53",
		Source: "Route 53 developer guide, CNAME; InvalidChangeBatch as quoted in public issues",
		Text:   "InvalidChangeBatch: [RRSet of type CNAME with DNS name %s is not permitted as it conflicts with other records with the same DNS name in zone %s]",
	})
	ruleRecordValue = rule.Register(rule.Rule{
		Name: "route53.alias-or-records", Service: "route53",
		Source: "terraform-provider-aws internal/service/route53/record.go, ExactlyOneOf",
		Text:   "one of `alias,records` must be specified",
	})
	ruleAliasZone = rule.Register(rule.Rule{
		Name: "route53.alias-zone", Service: "route53",
		Source: "Route 53 API, AliasTarget; InvalidChangeBatch as quoted in public issues",
		Text:   "InvalidChangeBatch: [Tried to create an alias that targets %s, type %s in zone %s, but the alias target name does not lie within the target zone]",
	})
	ruleAliasFound = rule.Register(rule.Rule{
		Name: "route53.alias-target", Service: "route53",
		Source: "Route 53 API, AliasTarget; InvalidChangeBatch as quoted in public issues",
		Text:   "InvalidChangeBatch: [Tried to create an alias that targets %s, type %s in zone %s, but that target was not found]",
	})
)

var _ = register(typeZone, &kind{
	service: "Route 53", noun: "Hosted Zone", global: true, createTime: zoneCreate, namesClash: true,
	makeID: func(c *call) string { return "Z" + strings.ToUpper(c.newID("", 20)) },
	create: createZone,
	remove: func(c *call) error {
		left := c.find(typeRecord, where("zoneId", c.obj.ID))
		if len(left) > 0 && !boolean(c.obj.Attrs, "forceDestroy") && c.on(ruleZoneFull) {
			return c.refuse("DeleteHostedZone", ruleZoneFull)
		}
		for _, o := range left {
			c.tx.Delete(o.Key())
		}
		return nil
	},
})

// dnsName is a name as Route 53 compares it.
func dnsName(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

func createZone(c *call) error {
	const action = "CreateHostedZone"
	name := dnsName(c.attr("name"))
	for _, v := range dicts(c.obj.Attrs, "vpcs") {
		vpc := str(v, "vpcId")
		if _, ok := c.get(typeVPC, vpc); !ok && c.on(ruleZoneVPC) {
			return c.refuse(action, ruleZoneVPC, vpc)
		}
		if !has(v, "vpcRegion") {
			v["vpcRegion"] = c.region()
		}
		for _, o := range c.tx.Find(typeZone, "", func(o *world.Object) bool { return dnsName(str(o.Attrs, "name")) == name && inZoneVPC(o, vpc) }) {
			if c.on(ruleZoneConflict) {
				return c.refuse(action, ruleZoneConflict, vpc, c.region(), o.ID)
			}
		}
	}
	c.set("name", name)
	c.set("zoneId", c.obj.ID)
	c.set("arn", "arn:aws:route53:::hostedzone/"+c.obj.ID)
	c.set("nameServers", nameServers(c.obj.ID))
	c.set("primaryNameServer", nameServers(c.obj.ID)[0])
	c.setDefault("forceDestroy", false)
	return nil
}

// nameServers of a delegation set: one in each of four top-level domains.
func nameServers(id string) []string {
	out := make([]string, 4)
	for i, tld := range []string{"com", "net", "org", "co.uk"} {
		h := hash(fmt.Sprint("ns ", id, i), 4)
		out[i] = fmt.Sprintf("ns-%d.awsdns-%02d.%s", 512*i+int(h[0])*2+int(h[1]), int(h[2])%64, tld)
	}
	return out
}

// private zones are seen from VPCs only.
func private(zone *world.Object) bool { return len(dicts(zone.Attrs, "vpcs")) > 0 }

func inZoneVPC(zone *world.Object, vpc string) bool {
	return slices.ContainsFunc(dicts(zone.Attrs, "vpcs"), func(v map[string]any) bool { return str(v, "vpcId") == vpc })
}

// within says whether a name is a zone's own or lies below it.
func within(name, zone string) bool { return name == zone || strings.HasSuffix(name, "."+zone) }

var _ = register(typeRecord, &kind{
	service: "Route 53", noun: "Record", global: true, createTime: recordChange, updateTime: recordChange, deleteTime: recordChange, namesClash: true,
	makeID: func(c *call) string {
		id := str(c.in, "zoneId") + "_" + c.recordName(str(c.in, "zoneId"), str(c.in, "name")) + "_" + str(c.in, "type")
		if s := str(c.in, "setIdentifier"); s != "" {
			id += "_" + s
		}
		return id
	},
	check: func(c *call, in map[string]any) []schema.Failure {
		if has(in, "aliases") == has(in, "records") && c.on(ruleRecordValue) {
			return []schema.Failure{{Path: "aliases", Reason: ruleRecordValue.Text}}
		}
		return nil
	},
	create: func(c *call) error {
		if old, ok := c.get(typeRecord, c.obj.ID); ok && !boolean(c.in, "allowOverwrite") && c.on(ruleRecordTaken) {
			return c.refuse("ChangeResourceRecordSets", ruleRecordTaken, c.recordName(c.attr("zoneId"), c.attr("name"))+".", str(old.Attrs, "type"))
		}
		return c.putRecord()
	},
	update: func(c *call) error { return c.putRecord() },
})

// recordName is the whole name: the provider adds the zone's where it is missing.
// Source: terraform-provider-aws internal/service/route53/record.go, expandRecordName.
func (c *call) recordName(zoneID, name string) string {
	z, ok := c.get(typeZone, zoneID)
	full := dnsName(name)
	if !ok {
		return full
	}
	zone := dnsName(str(z.Attrs, "name"))
	switch {
	case full == "":
		return zone
	case strings.HasSuffix(full, zone):
		return full
	}
	return full + "." + zone
}

func (c *call) putRecord() error {
	const action = "ChangeResourceRecordSets"
	zone, ok := c.get(typeZone, c.attr("zoneId"))
	if !ok {
		if c.on(ruleZoneMissing) {
			return c.refuse(action, ruleZoneMissing, c.attr("zoneId"))
		}
		zone = &world.Object{Attrs: map[string]any{"name": c.attr("name")}}
	}
	name, apex := c.recordName(zone.ID, c.attr("name")), dnsName(str(zone.Attrs, "name"))
	if !within(name, apex) && c.on(ruleRecordZone) {
		return c.refuse(action, ruleRecordZone, name+".", apex+".")
	}
	if err := c.cname(action, name, apex, zone); err != nil {
		return err
	}
	for _, a := range dicts(c.obj.Attrs, "aliases") {
		if err := c.alias(action, zone, a); err != nil {
			return err
		}
	}
	c.set("fqdn", name)
	c.set("name", strings.TrimSuffix(c.attr("name"), "."))
	c.setDefault("allowOverwrite", false)
	return nil
}

// cname: a name that is another's has nothing else, and no zone is one.
func (c *call) cname(action, name, apex string, zone *world.Object) error {
	mine := c.attr("type") == "CNAME"
	if mine && name == apex && c.on(ruleRecordApex) {
		return c.refuse(action, ruleRecordApex, name+".", apex+".")
	}
	for _, o := range c.find(typeRecord, where("zoneId", zone.ID)) {
		if o.ID == c.obj.ID || str(o.Attrs, "fqdn") != name {
			continue
		}
		if mine != (str(o.Attrs, "type") == "CNAME") && c.on(ruleRecordAlone) {
			return c.refuse(action, ruleRecordAlone, name+".", apex+".")
		}
	}
	return nil
}

// alias: the target's zone is the one that the target's service has in the
// region, and a target in the record's own zone exists.
func (c *call) alias(action string, zone *world.Object, a map[string]any) error {
	target, id := dnsName(str(a, "name")), str(a, "zoneId")
	if id == zone.ID {
		found := slices.ContainsFunc(c.find(typeRecord, where("zoneId", id)), func(o *world.Object) bool { return str(o.Attrs, "fqdn") == target })
		if !found && c.on(ruleAliasFound) {
			return c.refuse(action, ruleAliasFound, target+".", c.attr("type"), id)
		}
		return nil
	}
	for _, lb := range c.tx.Find(typeLB, "", where("dnsName", target)) {
		if str(lb.Attrs, "zoneId") != id && c.on(ruleAliasZone) {
			return c.refuse(action, ruleAliasZone, target+".", c.attr("type"), id)
		}
	}
	return nil
}

// answers says whether the public DNS answers a question with a value.
func (c *call) answers(name, kind, value string) bool {
	name, value = dnsName(name), dnsName(value)
	zone := PublicZone(c.tx, name)
	if zone == nil {
		return false
	}
	for _, o := range c.tx.Find(typeRecord, zone.Scope, where("zoneId", zone.ID)) {
		if str(o.Attrs, "fqdn") == name && str(o.Attrs, "type") == kind &&
			slices.ContainsFunc(strs(o.Attrs, "records"), func(r string) bool { return dnsName(r) == value }) {
			return true
		}
	}
	return false
}

// PublicZone is the hosted zone, of any account, that answers a name to anyone:
// the most specific public zone that is delegated; nil when there is none.
func PublicZone(tx *world.Tx, name string) *world.Object {
	name = dnsName(name)
	var found []*world.Object
	for _, z := range tx.Find(typeZone, "", nil) {
		if !private(z) && within(name, dnsName(str(z.Attrs, "name"))) && Delegated(tx, z) {
			found = append(found, z)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return slices.MaxFunc(found, func(a, b *world.Object) int {
		return cmp.Compare(len(str(a.Attrs, "name")), len(str(b.Attrs, "name")))
	})
}

// Delegated says whether resolvers find a public zone: its registrar delegates
// to it, or the zone above does, and that is found itself.
func Delegated(tx *world.Tx, zone *world.Object) bool {
	name := dnsName(str(zone.Attrs, "name"))
	if boolean(zone.Attrs, "delegated") {
		return true
	}
	if d, ok := tx.Get(world.Key{Kind: DelegationKind, Scope: DelegationScope, ID: name}); ok && (!has(d.Attrs, "nameServers") || sharesServer(strs(d.Attrs, "nameServers"), zone)) {
		return true
	}
	for _, up := range tx.Find(typeZone, "", nil) {
		parent := dnsName(str(up.Attrs, "name"))
		if private(up) || parent == name || !within(name, parent) {
			continue
		}
		for _, o := range tx.Find(typeRecord, up.Scope, where("zoneId", up.ID)) {
			if str(o.Attrs, "fqdn") == name && str(o.Attrs, "type") == "NS" && sharesServer(strs(o.Attrs, "records"), zone) {
				return Delegated(tx, up)
			}
		}
	}
	return false
}

// NameServers are what DNS outside says of a domain: the servers that the
// registrar or the zone above names, and whose they are is not asked. A
// delegation to whichever zone has the name gives that zone's.
func NameServers(tx *world.Tx, domain string) []string {
	domain = dnsName(domain)
	if d, ok := tx.Get(world.Key{Kind: DelegationKind, Scope: DelegationScope, ID: domain}); ok && has(d.Attrs, "nameServers") {
		return strs(d.Attrs, "nameServers")
	}
	for _, up := range tx.Find(typeZone, "", func(o *world.Object) bool { return !private(o) && dnsName(str(o.Attrs, "name")) != domain }) {
		if !Delegated(tx, up) {
			continue
		}
		for _, o := range tx.Find(typeRecord, up.Scope, where("zoneId", up.ID)) {
			if str(o.Attrs, "fqdn") == domain && str(o.Attrs, "type") == "NS" {
				return strs(o.Attrs, "records")
			}
		}
	}
	for _, z := range tx.Find(typeZone, "", func(o *world.Object) bool { return dnsName(str(o.Attrs, "name")) == domain && !private(o) }) {
		if Delegated(tx, z) {
			return strs(z.Attrs, "nameServers")
		}
	}
	return nil
}

func sharesServer(servers []string, zone *world.Object) bool {
	return slices.ContainsFunc(servers, func(s string) bool { return slices.Contains(strs(zone.Attrs, "nameServers"), dnsName(s)) })
}

func getHostedZone(c *call) (map[string]any, error) {
	name := dnsName(str(c.in, "name"))
	found := c.find(typeZone, func(o *world.Object) bool {
		return (!has(c.in, "zoneId") || o.ID == str(c.in, "zoneId")) && (name == "" || dnsName(str(o.Attrs, "name")) == name) &&
			(!has(c.in, "privateZone") || private(o) == boolean(c.in, "privateZone"))
	})
	z, err := one(found, "Route 53 Hosted Zone")
	if err != nil {
		return nil, err
	}
	out := visible(z)
	out["zoneId"], out["privateZone"] = z.ID, private(z)
	return out, nil
}
