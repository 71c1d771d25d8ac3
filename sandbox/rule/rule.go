package rule

import (
	"fmt"
	"sort"
	"strings"
	"sync"
)

// Rule is one law: what the cloud refuses and in which words.
type Rule struct {
	// Name is "<service>.<what must hold>", for example "ec2.subnet-in-vpc".
	Name string
	// Service is the one that answers, as its API calls itself: "ec2".
	Service string
	// Source says where the cloud's owner says so, with the date it was read.
	Source string
	// Text is the answer, with fmt verbs for what varies.
	Text string
}

// Error is the answer of a broken rule. Its text is the cloud's own, so that
// what a person reads in the sandbox is what they would read on an account.
type Error struct {
	Rule *Rule
	Text string
}

// Error returns the cloud's words.
func (e *Error) Error() string { return e.Text }

// Errorf makes the answer, filling the verbs of Text with args.
func (r *Rule) Errorf(args ...any) error {
	return &Error{Rule: r, Text: fmt.Sprintf(r.Text, args...)}
}

var (
	registryLock sync.Mutex
	registry     = map[string]*Rule{}
)

// Register adds a rule to the list and returns it. It is for package-level
// variables: an incomplete rule or one whose name is taken panics at start.
func Register(r Rule) *Rule {
	registryLock.Lock()
	defer registryLock.Unlock()
	if err := complete(r); err != nil {
		panic(err)
	}
	if _, taken := registry[r.Name]; taken {
		panic(fmt.Sprintf("rule %q is registered twice", r.Name))
	}
	registry[r.Name] = &r
	return &r
}

func complete(r Rule) error {
	for field, value := range map[string]string{"Name": r.Name, "Service": r.Service, "Source": r.Source, "Text": r.Text} {
		if strings.TrimSpace(value) == "" {
			return fmt.Errorf("rule %q has no %s", r.Name, field)
		}
	}
	if !strings.Contains(r.Name, ".") {
		return fmt.Errorf("rule %q is not named <service>.<what must hold>", r.Name)
	}
	return nil
}

// All lists every registered rule, sorted by name.
func All() []*Rule {
	registryLock.Lock()
	defer registryLock.Unlock()
	all := make([]*Rule, 0, len(registry))
	for _, r := range registry {
		all = append(all, r)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}

// Set says which rules are switched off. The zero value, and a nil set, have
// every rule on.
type Set struct {
	lock sync.RWMutex
	off  map[string]bool
}

// Disable switches one rule off. It is for the test that proves that somebody
// would notice; an unknown name panics, because such a test proves nothing.
func (s *Set) Disable(name string) {
	registryLock.Lock()
	_, known := registry[name]
	registryLock.Unlock()
	if !known {
		panic(fmt.Sprintf("rule %q is not registered: is its package imported?", name))
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.off == nil {
		s.off = map[string]bool{}
	}
	s.off[name] = true
}

// On says whether a rule is in force.
func (s *Set) On(r *Rule) bool {
	if s == nil {
		return true
	}
	s.lock.RLock()
	defer s.lock.RUnlock()
	return !s.off[r.Name]
}
