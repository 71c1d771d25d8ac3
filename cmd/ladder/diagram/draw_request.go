package diagram

import (
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/internal/svg"
)

// Measures of the request view, in pixels.
const (
	hostLeft     = margin + framePad
	hostWidth    = 206
	balancerLeft = hostLeft + hostWidth + wayWidth
	lbWidth      = 190
	gatewayLeft  = balancerLeft + lbWidth + wayWidth
	gwWidth      = 176
	routeLeft    = gatewayLeft + gwWidth + wayWidth
	pathWidth    = 84
	targetWidth  = 216
	wayWidth     = 34 // where arrows run
	rowHeight    = 28
	rowGap       = 6
	lineHeight   = 16
	requestWidth = routeLeft + pathWidth + targetWidth + framePad + margin
)

// Request draws the way of a request: names, load balancers, gateways, routes.
func Request(g *Graph) ([]byte, error) {
	r := requestOf(g)
	if len(r.entrances) == 0 {
		return nil, fmt.Errorf("there is nothing to draw of %s: its preview has no load balancer, so nobody reaches it from outside; give its file an edge (docs/edge.md)", g.stack)
	}
	d := &requestBoard{}
	d.label(margin, 36, requestWidth-2*margin, title, "on-page", r.stack+": the way of a request")
	d.label(margin, 60, requestWidth-2*margin, body, "muted", joined(", ", r.place, "drawn from the engine's preview"))
	for _, c := range []struct {
		x    float64
		name string
	}{{hostLeft, "name"}, {balancerLeft, "entrance"}, {gatewayLeft, "gateway"}, {routeLeft, "path"}, {routeLeft + pathWidth, "service"}} {
		d.label(c.x, 88, 150, small, "muted", c.name)
	}
	y := 102.0
	for _, e := range r.entrances {
		y = d.entrance(e, y) + gap
	}
	return svg.Document(requestWidth, y-gap+margin, "way of a request into "+r.stack, sheet(), &d.Canvas), nil
}

type requestBoard struct{ board }

// entrance draws one from y on and returns where it ends.
func (d *requestBoard) entrance(e entrance, y float64) float64 {
	balancer := 2*inset + lineHeight*float64(1+len(e.facts))
	if e.firewall != "" {
		balancer += 30
	}
	rows := float64(len(e.rows))*(rowHeight+rowGap) - rowGap
	gateways := 0.0
	for _, gw := range e.gateways {
		gateways += gw.height() + rowGap
	}
	gateways -= rowGap
	inner := max(balancer, rows, gateways)
	d.Rect("frame", margin, y, requestWidth-2*margin, inner+2*framePad, 8)
	top := y + framePad
	middle := top + inner/2
	d.balancer(e, middle-balancer/2, balancer)
	at := middle - gateways/2
	centers := []float64{}
	for _, gw := range e.gateways {
		d.gateway(gw, at)
		centers = append(centers, at+gw.height()/2)
		at += gw.height() + rowGap
	}
	d.fan(balancerLeft+lbWidth, middle, gatewayLeft, centers, "entry")
	d.rows(e, middle-rows/2, middle, centers)
	return y + inner + 2*framePad
}

// balancer is the load balancer with its listeners, the firewall on top.
func (d *requestBoard) balancer(e entrance, y, height float64) {
	d.Rect("entry", balancerLeft, y, lbWidth, height, 5)
	room := float64(lbWidth - 2*inset)
	if e.firewall != "" {
		d.box("alarm", balancerLeft+6, y+6, lbWidth-12, 24, e.firewall, "")
		y += 30
	}
	y += inset + lineHeight/2
	d.label(balancerLeft+inset, y, room, strong, "on-entry", e.name)
	for _, fact := range e.facts {
		y += lineHeight
		d.label(balancerLeft+inset, y, room, small, "on-entry", fact)
	}
}

// facts of a gateway below its name.
func (gw gateway) facts() []string {
	return strings.Split(joined("\n", "namespace "+gw.namespace, gw.cluster, gw.pods), "\n")
}

func (gw gateway) height() float64 { return 2*inset + lineHeight*float64(1+len(gw.facts())) }

func (d *requestBoard) gateway(gw gateway, y float64) {
	d.Rect("node", gatewayLeft, y, gwWidth, gw.height(), 5)
	y += inset + lineHeight/2
	d.label(gatewayLeft+inset, y, gwWidth-2*inset, strong, "on-node", gw.service)
	for _, fact := range gw.facts() {
		y += lineHeight
		d.label(gatewayLeft+inset, y, gwWidth-2*inset, small, "on-node", fact)
	}
}

// fan draws ways from one point to several, along one line between.
func (d *requestBoard) fan(x, y, to float64, ends []float64, kind string) {
	bus := (x+to)/2 - 2
	for _, end := range ends {
		if end-y < 1 && y-end < 1 {
			d.arrow(kind, x, y, to, y)
			continue
		}
		d.arrow(kind, x, y, bus, y, bus, end, to, end)
	}
}

// rows draws names at the left and routes at the right. A name that has several
// routes is drawn once, over all of them.
func (d *requestBoard) rows(e entrance, y, middle float64, gateways []float64) {
	var routes []float64
	for i := 0; i < len(e.rows); {
		n := 1
		for i+n < len(e.rows) && e.rows[i+n].host == e.rows[i].host {
			n++
		}
		height := float64(n)*(rowHeight+rowGap) - rowGap
		d.box("public", hostLeft, y, hostWidth, height, e.rows[i].host, "")
		d.into(hostLeft+hostWidth, y+height/2, balancerLeft, middle)
		for _, r := range e.rows[i : i+n] {
			d.route(r, y)
			if r.target != "" {
				routes = append(routes, y+rowHeight/2)
			}
			y += rowHeight + rowGap
		}
		i += n
	}
	if len(gateways) == 0 {
		return
	}
	center := (gateways[0] + gateways[len(gateways)-1]) / 2
	from := float64(gatewayLeft + gwWidth)
	if len(gateways) > 1 { // several clusters: their ways meet in one line first
		meet := from + 8
		for _, g := range gateways {
			d.Path("way-node", fmt.Sprintf("M%s %sH%sV%s", svg.Num(from), svg.Num(g), svg.Num(meet), svg.Num(center)))
		}
		from = meet
	}
	d.fan(from, center, routeLeft, routes, "node")
}

// into is the way of a name to the entrance: all meet in one line before it.
func (d *requestBoard) into(x, y, to, middle float64) {
	bus := x + wayWidth/2 - 2
	if y-middle < 1 && middle-y < 1 {
		d.arrow("public", x, y, to, y)
		return
	}
	d.arrow("public", x, y, bus, y, bus, middle, to, middle)
}

// route is one row at the right.
func (d *requestBoard) route(r row, y float64) {
	switch {
	case r.redirect:
		d.label(routeLeft, y+rowHeight/2, pathWidth+targetWidth, small, "muted", "redirected by the load balancer")
	case r.target == "":
		d.label(routeLeft, y+rowHeight/2, pathWidth+targetWidth, small, "muted", "no route: the gateway answers 404")
	default:
		d.Rect("plain", routeLeft, y, pathWidth+targetWidth, rowHeight, 5)
		d.label(routeLeft+inset, y+rowHeight/2, pathWidth-inset-6, body, "on-plain", r.path)
		d.box("pod", routeLeft+pathWidth, y, targetWidth, rowHeight, r.target, r.note)
	}
}
