package trace

import (
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/internal/svg/svgtest"
	"github.com/ladder-platform/ladder/sandbox/world"
)

var sample = Trace{
	Request: Request{URL: "https://shop.example.com/?a=1&b=<2>", Method: "GET", From: "203.0.113.10"},
	Hops: []Hop{
		{Step: "dns", What: "example.com", Says: "is an alias"},
		{Step: "firewall", What: "waf, rule rate", Says: "more than 2000 requests; blocks what matches: not decided here", Unknown: true},
		{Step: "pods", What: "shop/empty", Says: strings.Repeat("no ready pod ", 30), Stops: true},
	},
	Outcome: Refused, Status: 503, Weight: 90,
	Others: []Share{{TargetGroup: "green", Weight: 10, Trace: Trace{Outcome: Reached, Service: "shop/web:80", Path: "/", Cluster: "green"}}},
}

func TestTheTextSaysEveryHopAndTheEnd(t *testing.T) {
	got := Text(sample)
	for _, want := range []string{
		"GET https://shop.example.com/?a=1&b=<2> from 203.0.113.10\n",
		"  - dns             example.com: is an alias\n", "  ? firewall        waf, rule rate: more than", "  x pods            shop/empty: no ready pod",
		"  = the client gets 503; 1 hop not decided here\n", "of 100 such requests 10 go to green instead:\n", "    = reaches shop/web:80 in cluster green, which sees /\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the text lacks %q:\n%s", want, got)
		}
	}
}

func TestThePictureHasABoxForEveryHop(t *testing.T) {
	document := SVG(sample)
	picture, err := svgtest.Read([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range picture.Faults() {
		t.Error(fault)
	}
	if boxes := len(picture.Rects); boxes != 1+len(sample.Hops)+1 { // the page, the hops, the end
		t.Errorf("%d rectangles", boxes)
	}
	words := strings.Join(picture.Says(), "\n")
	for _, want := range []string{"b=<2>", "pods: shop/empty", "outcome: refused", "10 go to green instead"} {
		if !strings.Contains(words, want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
	for _, class := range []string{"pass", "unknown", "stop"} {
		if !strings.Contains(document, `class="box `+class+`"`) {
			t.Errorf("the picture has no box of class %s", class)
		}
	}
}

// TestTheLongestWordsStayInTheirBoxes: what has no blank is cut, and nothing overflows.
func TestTheLongestWordsStayInTheirBoxes(t *testing.T) {
	long := strings.Repeat("https://shop.example.com/", 20)
	picture, err := svgtest.Read([]byte(SVG(Trace{Request: Request{URL: long, Method: "GET", From: "203.0.113.10"},
		Hops: []Hop{{Step: "dns", What: long, Says: long}}, Outcome: Reached, Service: long})))
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range picture.Faults() {
		t.Error(fault)
	}
}

func TestCertificateNamesCoverOneLabel(t *testing.T) {
	for _, c := range []struct {
		pattern, host string
		want          bool
	}{
		{"shop.example.com", "shop.example.com", true}, {"*.example.com", "shop.example.com", true}, {"*.example.com", "example.com", false},
		{"*.example.com", "a.b.example.com", false}, {"*.example.com", "shop.example.net", false}, {"example.com", "shop.example.com", false},
	} {
		if certified(c.pattern, c.host) != c.want {
			t.Errorf("%s for %s: %v", c.pattern, c.host, !c.want)
		}
	}
}

func TestHostPatternsOfGatewaysCoverAnyDepth(t *testing.T) {
	for _, c := range []struct {
		pattern, host string
		want          bool
	}{
		{"*", "x", true}, {"*.example.com", "a.b.example.com", true}, {"*.example.com", "example.com", false}, {"*example.com", "example.com", true}, {"a.example.com", "b.example.com", false},
	} {
		if hostMatches(c.pattern, c.host) != c.want {
			t.Errorf("%s for %s: %v", c.pattern, c.host, !c.want)
		}
	}
}

func TestStatementsOfAWebACLThatAreDecided(t *testing.T) {
	type m = map[string]any
	yes, no := m{"notStatement": m{"statements": []any{m{"ipSetReferenceStatement": m{"arn": "x"}}}}}, m{"ipSetReferenceStatement": m{"arn": "x"}}
	who := m{"geoMatchStatement": m{"countryCodes": []any{"KR"}}}
	both := func(key string, of ...any) m { return m{key: m{"statements": of}} }
	for sentence, c := range map[string]struct {
		st      m
		match   bool
		unknown bool
	}{
		"one of two, and one is":                {both("orStatement", yes, no), true, false},
		"one of two, and none is":               {both("orStatement", no, no), false, false},
		"one of two, one is and one is unknown": {both("orStatement", who, yes), true, false},
		"one of two, one is unknown":            {both("orStatement", who, no), false, true},
		"both, and both are":                    {both("andStatement", yes, yes), true, false},
		"both, one is not and one is unknown":   {both("andStatement", who, no), false, false},
		"both, one is unknown":                  {both("andStatement", who, yes), false, true},
		"not what is unknown":                   {both("notStatement", who), false, true},
	} {
		t.Run(sentence, func(t *testing.T) {
			r := emptyRun(t)
			match, why := r.statement("", c.st)
			if match != c.match || (why != "") != c.unknown {
				t.Errorf("matches %v (%s), want %v, unknown %v", match, why, c.match, c.unknown)
			}
		})
	}
}

// emptyRun is a trace in a world without anything.
func emptyRun(t *testing.T) *run {
	t.Helper()
	r := &run{trace: &Trace{}}
	world.New(1, time.Unix(0, 0)).View(func(tx *world.Tx) { r.tx = tx })
	return r
}
