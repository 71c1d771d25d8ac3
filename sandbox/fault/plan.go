package fault

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ladder-platform/ladder/sandbox/deps"
)

// Kind is the way in which an operation fails.
type Kind string

// The kinds of faults.
const (
	Refuse      Kind = "refuse"
	Lost        Kind = "lost"
	Slow        Kind = "slow"
	CrashBefore Kind = "crash-before"
	CrashAfter  Kind = "crash-after"
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{Refuse, Lost, Slow, CrashBefore, CrashAfter} }

// defaultFactor is how many times as long a slow operation takes.
const defaultFactor = 3

// Form is how a fault is written, for help texts.
const Form = "VERB:TYPE[#NAME]:KIND[=FACTOR][xTIMES], for example create:aws:eks/nodeGroup:NodeGroup:lost; " +
	"VERB is create, update, delete, read or *; * in TYPE and NAME stands for anything; " +
	"KIND is refuse, lost, slow, crash-before or crash-after; FACTOR is for slow; TIMES is 1, for slow unlimited"

// Fault is one thing that goes wrong.
type Fault struct {
	// Verb is create, update, delete or read; "" or "*" is any.
	Verb string `yaml:"verb" json:"verb"`
	// Type and Name are patterns of the resource's token and logical name,
	// in which * stands for anything; "" is any.
	Type string `yaml:"type" json:"type"`
	Name string `yaml:"name,omitempty" json:"name,omitempty"`
	// URN is exact; "" is any.
	URN  string `yaml:"urn,omitempty" json:"urn,omitempty"`
	Kind Kind   `yaml:"kind" json:"kind"`
	// Factor is for Slow; 0 means 3.
	Factor float64 `yaml:"factor,omitempty" json:"factor,omitempty"`
	// Times is how often it happens; 0 means once, for Slow always.
	Times int `yaml:"times,omitempty" json:"times,omitempty"`
}

// Parse reads the form of the command line.
func Parse(text string) (Fault, error) {
	bad := func(why string) (Fault, error) {
		return Fault{}, fmt.Errorf("fault %q: %s; the form is %s", text, why, Form)
	}
	verb, rest, ok := strings.Cut(text, ":")
	last := strings.LastIndex(rest, ":")
	if !ok || last < 0 {
		return bad("it has fewer than three parts")
	}
	f := Fault{Verb: verb}
	f.Type, f.Name, _ = strings.Cut(rest[:last], "#")
	kind := rest[last+1:]
	if i := strings.LastIndex(kind, "x"); i > 0 && i < len(kind)-1 && digits(kind[i+1:]) {
		f.Times, _ = strconv.Atoi(kind[i+1:])
		kind = kind[:i]
	}
	kind, factor, hasFactor := strings.Cut(kind, "=")
	if hasFactor {
		n, err := strconv.ParseFloat(factor, 64)
		if err != nil {
			return bad(fmt.Sprintf("the factor %q is not a number", factor))
		}
		f.Factor = n
	}
	f.Kind = Kind(kind)
	if err := f.Validate(); err != nil {
		return bad(err.Error())
	}
	return f, nil
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// Validate says what is wrong with a fault.
func (f Fault) Validate() error {
	switch f.Verb {
	case "", "*", deps.Create, deps.Update, deps.Delete, deps.Read:
	default:
		return fmt.Errorf("the verb %q is not create, update, delete, read or *", f.Verb)
	}
	switch f.Kind {
	case Refuse, Lost, Slow, CrashBefore, CrashAfter:
	default:
		return fmt.Errorf("the kind %q is not refuse, lost, slow, crash-before or crash-after", f.Kind)
	}
	if f.Factor != 0 && f.Kind != Slow {
		return fmt.Errorf("a factor is only for slow")
	}
	if f.Factor < 0 {
		return fmt.Errorf("the factor %g is less than 0", f.Factor)
	}
	if f.Times < 0 {
		return fmt.Errorf("it happens %d times", f.Times)
	}
	return nil
}

// String is the form that Parse reads.
func (f Fault) String() string {
	s := orAny(f.Verb) + ":" + orAny(f.Type)
	if f.Name != "" {
		s += "#" + f.Name
	}
	s += ":" + string(f.Kind)
	if f.Factor != 0 {
		s += "=" + strconv.FormatFloat(f.Factor, 'g', -1, 64)
	}
	if f.Times != 0 {
		s += "x" + strconv.Itoa(f.Times)
	}
	return s
}

func orAny(s string) string {
	if s == "" {
		return "*"
	}
	return s
}

// matches says whether the fault concerns an operation.
func (f Fault) matches(verb, urn string) bool {
	return (f.Verb == "" || f.Verb == "*" || f.Verb == verb) &&
		(f.URN == "" || f.URN == urn) && glob(f.Type, typeOf(urn)) && glob(f.Name, nameOf(urn))
}

// Matches says whether the fault concerns an operation on a resource.
func (f Fault) Matches(verb, urn string) bool { return f.matches(verb, urn) }

// glob matches a pattern in which * stands for any text, slashes included.
func glob(pattern, s string) bool {
	if pattern == "" {
		return true
	}
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	for _, middle := range parts[1 : len(parts)-1] {
		i := strings.Index(s, middle)
		if i < 0 {
			return false
		}
		s = s[i+len(middle):]
	}
	return strings.HasSuffix(s, parts[len(parts)-1])
}

// typeOf and nameOf take a URN apart: urn:pulumi:stack::project::types::name.
func typeOf(urn string) string {
	if parts := strings.SplitN(urn, "::", 4); len(parts) == 4 {
		return parts[2][strings.LastIndex(parts[2], "$")+1:]
	}
	return ""
}

func nameOf(urn string) string {
	if parts := strings.SplitN(urn, "::", 4); len(parts) == 4 {
		return parts[3]
	}
	return urn
}

// Plan is a list of faults and how often each has happened. A nil plan has no
// faults. Its methods may be called at the same time.
type Plan struct {
	faults []Fault
	seed   uint64

	lock    sync.Mutex
	used    []int
	reached []string
}

// New makes a plan. The seed is the world's and only stands in the messages,
// so that whoever reads one can repeat it.
func New(seed uint64, faults ...Fault) (*Plan, error) {
	for _, f := range faults {
		if err := f.Validate(); err != nil {
			return nil, fmt.Errorf("fault %q: %w", f, err)
		}
	}
	return &Plan{faults: faults, seed: seed, used: make([]int, len(faults))}, nil
}

// Reached says which faults have happened, in order, in words.
func (p *Plan) Reached() []string {
	if p == nil {
		return nil
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	return append([]string(nil), p.reached...)
}

// take finds the first fault of one of the kinds that concerns an operation
// and has not happened often enough, and counts it.
func (p *Plan) take(verb, urn string, kinds ...Kind) (Fault, bool) {
	if p == nil {
		return Fault{}, false
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	i := p.find(verb, urn, kinds)
	if i < 0 {
		return Fault{}, false
	}
	p.used[i]++
	p.reached = append(p.reached, p.describe(p.faults[i], verb, urn))
	return p.faults[i], true
}

// wants says whether take would find a fault, and counts nothing.
func (p *Plan) wants(verb, urn string, kinds ...Kind) bool {
	if p == nil {
		return false
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.find(verb, urn, kinds) >= 0
}

func (p *Plan) find(verb, urn string, kinds []Kind) int {
	for i, f := range p.faults {
		times := f.Times
		if times == 0 && f.Kind != Slow {
			times = 1
		}
		if contains(kinds, f.Kind) && (times == 0 || p.used[i] < times) && f.matches(verb, urn) {
			return i
		}
	}
	return -1
}

func contains(kinds []Kind, k Kind) bool {
	for _, have := range kinds {
		if have == k {
			return true
		}
	}
	return false
}

func (p *Plan) describe(f Fault, verb, urn string) string {
	return fmt.Sprintf("simulated fault %q at %s %s %q, seed %d", f.Kind, verb, typeOf(urn), nameOf(urn), p.seed)
}

// Slowed returns the operation with the latency that slow faults give it.
func (p *Plan) Slowed(op deps.Operation) deps.Operation {
	if f, ok := p.take(op.Verb, op.URN, Slow); ok {
		factor := f.Factor
		if factor == 0 {
			factor = defaultFactor
		}
		op.Latency = time.Duration(float64(op.Latency) * factor)
	}
	return op
}
