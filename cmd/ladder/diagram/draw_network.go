package diagram

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/svg"
)

// Measures of the network view, in pixels.
const (
	gutter     = 74 // left of the zones, for the names of tiers
	zoneWidth  = 280
	framePad   = 14
	cellHeight = 34
	barHeight  = 25
	barGap     = 5
	tierGap    = 30 // between tiers, where ways to NAT gateways run
	boxHeight  = 44
	natWidth   = 98
	zonesHead  = 30 // the names of zones, and a way to the internet below them
)

// tierKinds colour tiers.
var tierKinds = map[string]string{"public": "public", "private": "plain", "node": "plain", "pod": "pod"}

// Network draws where everything lies: VPCs, zones, subnets, ways out, clusters
// and their node groups.
func Network(g *Graph) ([]byte, error) {
	n := networkOf(g)
	if len(n.vpcs) == 0 {
		return nil, fmt.Errorf("there is nothing to draw of %s: its preview has no network; give its file networks and clusters (docs/config.md)", g.stack)
	}
	zones := 1
	for _, v := range n.vpcs {
		zones = max(zones, len(v.zones))
	}
	width := 2*margin + 2*framePad + gutter + float64(zones)*zoneWidth + float64(zones-1)*gap
	d := &networkBoard{width: width}
	d.label(margin, 36, width-2*margin, title, "on-page", n.stack+": the network")
	d.label(margin, 60, width-2*margin, body, "muted", joined(", ", n.place, "drawn from the engine's preview"))
	y := 84.0
	for _, v := range n.vpcs {
		y = d.vpc(v, y) + 2*gap
	}
	return svg.Document(width, y-2*gap+margin, "network of "+n.stack, sheet(), &d.Canvas), nil
}

func joined(by string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), by)
}

type networkBoard struct {
	board
	width float64
	zones []string // of the VPC that is drawn
}

// left and across are where a zone begins, and how wide several are together.
func (d *networkBoard) left(zone string) float64 {
	return margin + framePad + gutter + float64(slices.Index(d.zones, zone))*(zoneWidth+gap)
}

func across(n int) float64 { return float64(n)*zoneWidth + float64(n-1)*gap }

// vpc draws one from y on and returns where it ends. The frame is drawn first,
// so the height is computed before.
func (d *networkBoard) vpc(v vpc, y float64) float64 {
	d.zones = v.zones
	var ways []float64 // x of arrows from the internet
	internet := 0.0    // the lower edge of it
	if v.internet {
		d.box("public", margin, y, d.width-2*margin, 28, "Internet", "through the internet gateway of the VPC")
		ways = d.ways(v)
		internet = y + 28
		y = internet + 24
	}
	inner := &networkBoard{width: d.width, zones: d.zones}
	top := y
	y += 40 // the name of the VPC
	zonesTop := y
	y += zonesHead
	for i, t := range v.tiers {
		if i > 0 && len(v.tiers[i-1].nat) > 0 {
			inner.outward(t, y)
		}
		y = inner.tier(t, y, internet, ways)
		if i < len(v.tiers)-1 {
			y += tierGap
		}
	}
	bottom := y + 8
	y = inner.footer(v, bottom+gap)
	d.Rect("frame", margin, top, d.width-2*margin, y-top, 8)
	for _, zone := range v.zones {
		d.Rect("zone", d.left(zone)-4, zonesTop, zoneWidth+8, bottom-zonesTop, 6)
	}
	d.vpcName(v, top, ways)
	for _, zone := range v.zones {
		d.label(d.left(zone)+4, zonesTop+13, 120, strong, "on-zone", zone)
	}
	d.Write(inner.Bytes())
	return y
}

// vpcName heads the frame, left of the first way in.
func (d *networkBoard) vpcName(v vpc, top float64, ways []float64) {
	end := d.width - margin - framePad
	for _, x := range ways {
		end = min(end, x-gap)
	}
	x := float64(margin + framePad)
	name := "VPC " + v.name
	if v.existing {
		name = "existing VPC " + v.name
	}
	x += d.label(x, top+22, end-x, head, "on-frame", name) + 10
	if end-x > 40 {
		d.label(x, top+22, end-x, body, "muted", strings.Join(v.cidrs, ", "))
	}
}

// ways are where arrows from the internet run down: at the right end of each load
// balancer that faces it, clear of the names of zones.
func (d *networkBoard) ways(v vpc) []float64 {
	var out []float64
	for _, t := range v.tiers {
		for i, b := range t.balancers {
			if !b.internal {
				x, width := d.share(t, i)
				out = append(out, x+width-20)
			}
		}
	}
	return out
}

// share is where the i-th load balancer of a tier is drawn: side by side over
// all zones.
func (d *networkBoard) share(t tier, i int) (x, width float64) {
	n := float64(len(t.balancers))
	width = (across(len(d.zones)) - (n-1)*gap) / n
	return d.left(d.zones[0]) + float64(i)*(width+gap), width
}

// tier draws one kind of subnets from y on and returns where it ends.
func (d *networkBoard) tier(t tier, y, internet float64, ways []float64) float64 {
	begin := y
	if len(t.balancers) > 0 && t.name == "public" {
		y = d.balancers(t, y, internet, &ways) + gap
	}
	cells := y
	for _, zone := range d.zones {
		if cidr, there := t.cidr[zone]; there {
			d.cell(t, zone, cidr, cells)
		}
	}
	y += cellHeight
	if internet > 0 {
		d.gateways(t, cells, internet)
	}
	if len(t.balancers) > 0 && t.name != "public" {
		y = d.balancers(t, y+gap, internet, &ways)
	}
	for _, c := range t.clusters {
		y = d.cluster(c, y+gap)
	}
	for _, b := range t.stores {
		d.bar(b, y+gap)
		y += gap + barHeight
	}
	d.label(margin+framePad, begin+cellHeight/2, gutter-8, head, "on-frame", t.name)
	return y
}

func (d *networkBoard) balancers(t tier, y, internet float64, ways *[]float64) float64 {
	for i, b := range t.balancers {
		x, width := d.share(t, i)
		d.Rect("entry", x, y, width, boxHeight, 5)
		room := width - 2*inset
		if !b.internal && len(*ways) > 0 {
			d.arrow("public", (*ways)[0], internet, (*ways)[0], y)
			*ways = (*ways)[1:]
		}
		d.label(x+inset, y+15, room, strong, "on-entry", b.name)
		d.label(x+inset, y+31, room, small, "on-entry", b.what)
	}
	return y + boxHeight
}

// cell is one subnet.
func (d *networkBoard) cell(t tier, zone, cidr string, y float64) {
	kind := tierKinds[t.name]
	if kind == "" {
		kind = "plain"
	}
	x, room := d.left(zone), float64(zoneWidth-2*inset)
	d.Rect(kind, x, y, zoneWidth, cellHeight, 5)
	if t.nat[zone] {
		room -= natWidth + gap
		d.box("nat", x+zoneWidth-natWidth-6, y+5, natWidth, cellHeight-10, "NAT gateway", "")
	}
	d.label(x+inset, y+cellHeight/2, room, body, "on-"+kind, cidr)
}

// outward draws the ways from the subnets at y up to the NAT gateways in the tier
// above. Those of one zone run straight; those from other zones share a line for
// each gateway. Tiers further down have no lines: their tables are the same.
func (d *networkBoard) outward(t tier, y float64) {
	var gateways []string
	for _, zone := range d.zones {
		if to := t.out[zone]; to != "" && !slices.Contains(gateways, to) {
			gateways = append(gateways, to)
		}
	}
	for _, zone := range d.zones {
		to := t.out[zone]
		if to == "" || slices.Index(d.zones, to) < 0 {
			continue
		}
		nat := d.left(to) + zoneWidth - natWidth/2 - 6
		top := y - tierGap - 5 // the lower edge of the gateway
		if zone == to {
			d.arrow("nat", nat, y, nat, top)
			continue
		}
		bus := y - 9 - 6*float64(slices.Index(gateways, to)%3)
		from := d.left(zone) + zoneWidth - natWidth/2 - 6
		d.arrow("nat", from, y, from, bus, nat, bus, nat, top)
	}
}

// gateways draws the way of a tier's NAT gateways to the internet: together over
// the subnets at y to the right, and up beside the zones.
func (d *networkBoard) gateways(t tier, y, internet float64) {
	right := d.width - margin - framePad/2 - 1
	for _, zone := range d.zones {
		if t.nat[zone] {
			x := d.left(zone) + zoneWidth - natWidth/2 - 6
			d.arrow("nat", x, y+5, x, y-6, right, y-6, right, internet)
		}
	}
}

// cluster draws one from y on and returns where it ends.
func (d *networkBoard) cluster(c cluster, y float64) float64 {
	x, width := d.left(d.zones[0]), across(len(d.zones))
	height := 30 + float64(len(c.bars))*(barHeight+barGap) + 5
	d.Rect("frame", x, y, width, height, 6)
	used := d.label(x+inset, y+16, width-2*inset, head, "on-frame", c.name) + 10
	d.label(x+inset+used, y+16, width-2*inset-used, body, "muted", strings.Join(c.facts, " · "))
	at := y + 30
	for _, b := range c.bars {
		d.bar(b, at)
		at += barHeight + barGap
	}
	return y + height
}

// bar spans the zones that something is in: one piece for each run of
// neighbours, with the text in the first.
func (d *networkBoard) bar(b bar, y float64) {
	first := true
	for i := 0; i < len(d.zones); i++ {
		n := 0
		for i+n < len(d.zones) && slices.Contains(b.zones, d.zones[i+n]) {
			n++
		}
		if n == 0 {
			continue
		}
		x, width := d.left(d.zones[i])+6, across(n)-12
		if first {
			d.box(b.kind, x, y, width, barHeight, b.name, b.facts)
		} else {
			d.Rect(b.kind, x, y, width, barHeight, 5)
			d.label(x+inset, y+barHeight/2, width-2*inset, small, "on-"+b.kind, b.name)
		}
		first = false
		i += n
	}
}

// footer lists what belongs to the VPC and to no zone.
func (d *networkBoard) footer(v vpc, y float64) float64 {
	for _, list := range []struct {
		name  string
		items []string
	}{{"endpoints", v.endpoints}, {"peerings", v.peerings}} {
		if len(list.items) == 0 {
			continue
		}
		d.label(margin+framePad, y+8, gutter-8, head, "on-frame", list.name)
		for _, line := range svg.Wrap(strings.Join(list.items, ", "), textSize, false, across(len(d.zones))) {
			d.label(d.left(d.zones[0]), y+8, across(len(d.zones)), body, "muted", line)
			y += 18
		}
		y += 6
	}
	return y + 4
}
