package doctor

import (
	"cmp"
	"context"
	"slices"
)

// Level says how much a check matters.
type Level string

const (
	// OK: nothing to do.
	OK Level = "ok"
	// Unknown: it could not be found out, and may be well.
	Unknown Level = "unknown"
	// Warning: up works, and somebody should look at it.
	Warning Level = "warning"
	// Failed: up would fail, or would do what it should not.
	Failed Level = "failed"
)

// Check is one thing that was looked at.
type Check struct {
	// Area is stack, tools, backend, credentials, quotas or network.
	Area  string `json:"area"`
	Level Level  `json:"level"`
	// Found is what there is.
	Found string `json:"found"`
	// Do is what to do about it; "" where nothing is.
	Do string `json:"do,omitempty"`
}

// Patient is everything that is looked at.
type Patient struct {
	Need  Need
	Tools Runner
	// Account is nil when nobody should ask AWS.
	Account Account
	// SecretsProvider of the stack file; "" where the stack was never made.
	SecretsProvider string
}

// Examine looks at everything, and goes on after what is wrong.
func Examine(ctx context.Context, p Patient) []Check {
	out := tools(ctx, p.Tools, p.Need)
	out = append(out, backend(ctx, p.Tools, p.SecretsProvider)...)
	if p.Account == nil {
		out = append(out, Check{"credentials", Unknown, "AWS was not asked (--offline)", ""}, Check{"quotas", Unknown, "AWS was not asked (--offline)", ""})
	} else if checks, ours := identity(ctx, p.Account, p.Need); ours {
		out = append(append(out, checks...), quotas(ctx, p.Account, p.Need)...)
	} else {
		// Another account's quotas would say nothing of this one.
		out = append(append(out, checks...), Check{"quotas", Unknown, "not asked: the credentials are of no use for it", ""})
	}
	return append(out, network(p.Need)...)
}

// Worst is the level of the worst check.
func Worst(checks []Check) Level {
	order := []Level{OK, Unknown, Warning, Failed}
	if len(checks) == 0 {
		return OK
	}
	return slices.MaxFunc(checks, func(a, b Check) int {
		return cmp.Compare(slices.Index(order, a.Level), slices.Index(order, b.Level))
	}).Level
}
