package rule

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

var testRule = Register(Rule{Name: "test.holds", Service: "test", Source: "this test", Text: "the value '%s' is invalid"})

func TestErrorsAreTheCloudsWordsAndKnowTheirRule(t *testing.T) {
	err := fmt.Errorf("create: %w", testRule.Errorf("x"))
	var broken *Error
	if !errors.As(err, &broken) || broken.Rule != testRule || broken.Error() != "the value 'x' is invalid" {
		t.Errorf("error %v", err)
	}
}

func TestASetHasEverythingOnButWhatIsDisabled(t *testing.T) {
	other := Register(Rule{Name: "test.other", Service: "test", Source: "this test", Text: "no"})
	var none *Set
	set := &Set{}
	if !none.On(testRule) || !set.On(testRule) {
		t.Error("an empty set has a rule off")
	}
	set.Disable("test.holds")
	if set.On(testRule) || !set.On(other) {
		t.Error("Disable does not switch off exactly its rule")
	}
}

func TestWhatPanics(t *testing.T) {
	tests := map[string]struct {
		run  func()
		says string
	}{
		"a name that is taken":     {func() { Register(*testRule) }, `rule "test.holds" is registered twice`},
		"no source":                {func() { Register(Rule{Name: "a.b", Service: "a", Text: "x"}) }, `rule "a.b" has no Source`},
		"a name without service":   {func() { Register(Rule{Name: "ab", Service: "a", Source: "s", Text: "x"}) }, "is not named <service>.<what must hold>"},
		"disabling what is not":    {func() { (&Set{}).Disable("test.hold") }, `rule "test.hold" is not registered`},
		"disabling a near miss":    {func() { (&Set{}).Disable("test.holds2") }, `rule "test.holds2" is not registered`},
		"a text of spaces is none": {func() { Register(Rule{Name: "a.c", Service: "a", Source: "s", Text: " "}) }, `rule "a.c" has no Text`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, test.says) {
					t.Errorf("panic %q, want %q", got, test.says)
				}
			}()
			test.run()
		})
	}
}

func TestAllIsSorted(t *testing.T) {
	all := All()
	for i := 1; i < len(all); i++ {
		if all[i-1].Name >= all[i].Name {
			t.Errorf("%s stands before %s", all[i-1].Name, all[i].Name)
		}
	}
}
