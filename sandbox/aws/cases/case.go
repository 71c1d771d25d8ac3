package cases

// Step is one operation on one resource.
type Step struct {
	// Op is create, update, delete or configure (the provider itself), or connect:
	// connections through a NAT gateway, which no provider makes; "" is create.
	Op string
	// Type is the Pulumi token, Name the logical name. Update and delete name a
	// resource of an earlier step.
	Type, Name string
	// In are the inputs. A text "${name}" is replaced by the id of an earlier
	// step, "${name.path}" by one of its outputs.
	In map[string]any
}

// Case breaks one rule.
type Case struct {
	// Rule that is broken, and a sentence that says how.
	Rule, Sentence string
	// Quotas are limits of the account, by the name that facts have; they are
	// seeded, so that a case need not make a hundred objects.
	Quotas map[string]int
	// Given is created first, and is accepted.
	Given []Step
	// Then is refused. Create steps can run through an engine as they are.
	Then Step
	// Text is in the refusal, word for word.
	Text string
	// Behind are rules that refuse the same input when this one is off, because
	// AWS checks twice: the provider before the call and the service after it.
	Behind []string
	// Against is, of a deletion, the type of the objects that stand against it:
	// without them the same deletion goes through.
	Against string
	// Own: what keeps the object from being deleted is its own, and no other
	// resource's: a protection, or what others put into it.
	Own bool
	// Saved: the object exists all the same, with this text as its reason.
	Saved bool
}

type in = map[string]any

func create(typ, name string, inputs in) Step { return Step{Type: typ, Name: name, In: inputs} }

func update(typ, name string, inputs in) Step {
	return Step{Op: "update", Type: typ, Name: name, In: inputs}
}

func remove(typ, name string) Step { return Step{Op: "delete", Type: typ, Name: name} }

func steps(groups ...[]Step) []Step {
	var out []Step
	for _, g := range groups {
		out = append(out, g...)
	}
	return out
}

// All are the cases, service by service.
func All() []Case {
	var out []Case
	for _, group := range [][]Case{provider(), workspaces(), vpc(), subnets(), gateways(), routes(), groups(), endpoints(), peering(), instances(),
		iam(), keys(), authorities(), logs(), alarms(), files(), queues(), parameters(), clusters(), nodeGroups(), nodes(), addons(), access(), order(), quotas(),
		balancers(), targets(), listeners(), listenerRules(), certificates(), zones(), records(), acls(), buckets(), domains(), streams()} {
		out = append(out, group...)
	}
	return out
}
