package trace

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// Internet is where a request comes from when nobody says: an address of
// TEST-NET-3 (RFC 5737), which no company network holds.
const Internet = "203.0.113.10/32"

// Request is what a client asks for.
type Request struct {
	// URL with the scheme http or https.
	URL string `json:"url"`
	// Method is GET when it is empty.
	Method string `json:"method"`
	// From is an address or a block of addresses; empty is Internet.
	From string `json:"from"`
	// Via is a load balancer (its name, or its DNS name) to connect to whatever
	// the URL's name resolves to, as an attacker would.
	Via string `json:"via,omitempty"`
	// Stack, when given, is the stack that must answer.
	Stack string `json:"stack,omitempty"`
}

// Outcomes of a trace.
const (
	Reached    = "reached"    // a service with ready pods
	Redirected = "redirected" // to Location
	Refused    = "refused"    // somebody answered with Status
	Dead       = "dead"       // nobody answers
)

// Hop is one decision on the way.
type Hop struct {
	// Step is where: dns, load balancer, security group, …
	Step string `json:"step"`
	// What is the object that decides, and Says its decision.
	What string `json:"what"`
	Says string `json:"says"`
	// Unknown: the world does not decide this; the request is taken to pass.
	Unknown bool `json:"unknown,omitempty"`
	// Stops the request.
	Stops bool `json:"stops,omitempty"`
}

// Share is another target group that gets a part of such requests.
type Share struct {
	TargetGroup string `json:"targetGroup"`
	Weight      int    `json:"weight"`
	Trace       Trace  `json:"trace"`
}

// Trace is a request's way.
type Trace struct {
	Request Request `json:"request"`
	Hops    []Hop   `json:"hops"`
	Outcome string  `json:"outcome"`
	// Status is what the client sees, 0 when nobody answers.
	Status int `json:"status,omitempty"`
	// Location of a redirect.
	Location string `json:"location,omitempty"`
	// Service that answers, as namespace/name:port, with the Path that it sees.
	Service string `json:"service,omitempty"`
	Path    string `json:"path,omitempty"`
	// Cluster that the pods are in.
	Cluster string `json:"cluster,omitempty"`
	// Weight of the target group that the hops follow, and Others beside it;
	// only where there are several.
	Weight int     `json:"weight,omitempty"`
	Others []Share `json:"others,omitempty"`
}

// String is the outcome in one line.
func (t Trace) String() string {
	switch t.Outcome {
	case Reached:
		return "reached " + t.Service + " " + t.Path
	case Redirected:
		return fmt.Sprintf("%d %s", t.Status, t.Location)
	}
	last := ""
	if n := len(t.Hops); n > 0 {
		last = t.Hops[n-1].Step
	}
	if t.Outcome == Refused {
		return fmt.Sprintf("%d by %s", t.Status, last)
	}
	return "dead at " + last
}

// run is one trace under way.
type run struct {
	tx     *world.Tx
	trace  *Trace
	url    *url.URL
	host   string
	port   int
	path   string
	method string
	from   netip.Prefix
	inside *world.Object // the VPC that the request comes from, nil from outside
	client netip.Prefix  // as the load balancer sees it
}

// Follow traces a request. An error is a request that is none.
func Follow(tx *world.Tx, req Request) (Trace, error) {
	t := Trace{Request: req}
	r := &run{tx: tx, trace: &t}
	if err := r.parse(req); err != nil {
		return t, err
	}
	t.Request.Method, t.Request.From = r.method, strings.TrimSuffix(r.from.String(), "/32")
	r.enter()
	return t, nil
}

func (r *run) parse(req Request) error {
	u, err := url.Parse(req.URL)
	if err != nil {
		return fmt.Errorf("%q is no URL: %w", req.URL, err)
	}
	switch u.Scheme {
	case "http":
		r.port = 80
	case "https":
		r.port = 443
	default:
		return fmt.Errorf("%q: the URL must begin with http:// or https://", req.URL)
	}
	if u.Hostname() == "" {
		return fmt.Errorf("%q has no host", req.URL)
	}
	if p := u.Port(); p != "" {
		if r.port, err = strconv.Atoi(p); err != nil {
			return fmt.Errorf("%q: port %q is no number", req.URL, p)
		}
	}
	r.url, r.host, r.path = u, name(u.Hostname()), u.EscapedPath()
	if r.path == "" {
		r.path = "/"
	}
	r.method = strings.ToUpper(req.Method)
	if r.method == "" {
		r.method = "GET"
	}
	from := req.From
	if from == "" {
		from = Internet
	}
	if !strings.Contains(from, "/") {
		from += "/32"
	}
	p, err := netip.ParsePrefix(from)
	if err != nil || !p.Addr().Is4() {
		return fmt.Errorf("from %q: an IPv4 address or block is needed, such as 198.51.100.7 or 10.0.0.0/16", req.From)
	}
	r.from = p.Masked()
	r.client = r.from
	return nil
}

// hop notes a decision that lets the request on.
func (r *run) hop(step, what, format string, args ...any) {
	r.trace.Hops = append(r.trace.Hops, Hop{Step: step, What: what, Says: fmt.Sprintf(format, args...)})
}

// unknown notes what cannot be decided here.
func (r *run) unknown(step, what, format string, args ...any) {
	r.hop(step, what, format, args...)
	r.trace.Hops[len(r.trace.Hops)-1].Unknown = true
}

// dead ends the trace: nobody answers. It returns false, for callers that go on on true.
func (r *run) dead(step, what, format string, args ...any) bool {
	return r.end(Dead, 0, step, what, format, args...)
}

// refused ends the trace with an answer that is an error.
func (r *run) refused(status int, step, what, format string, args ...any) bool {
	return r.end(Refused, status, step, what, format, args...)
}

func (r *run) end(outcome string, status int, step, what, format string, args ...any) bool {
	r.hop(step, what, format, args...)
	r.trace.Hops[len(r.trace.Hops)-1].Stops = true
	r.trace.Outcome, r.trace.Status = outcome, status
	return false
}

// redirected ends the trace with another place to ask.
func (r *run) redirected(status int, location, step, what, format string, args ...any) bool {
	r.trace.Location = location
	return r.end(Redirected, status, step, what, format, args...)
}
