package kube

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// A token Secret comes back filled and secret, and stays as it is.
func TestATokenSecretIsFilledAndSecret(t *testing.T) {
	const typ = "kubernetes:core/v1:Secret"
	b := newBench(t)
	b.must("kubernetes:core/v1:ServiceAccount", "reader", inSystem("reader"))
	in := m{"type": typeToken, "metadata": m{"name": "token", "namespace": "kube-system", "annotations": m{tokenAccount: "reader"}}}
	b.must(typ, "token", in)
	data := b.states[typ+"token"]["data"]
	if !data.IsSecret() {
		t.Fatalf("data is no secret: %v", b.states)
	}
	first := data.SecretValue().Element.ObjectValue()
	for _, key := range []resource.PropertyKey{"token", "ca.crt", "namespace"} {
		if v, ok := first[key]; !ok || key == "token" && v.StringValue() == "" {
			t.Errorf("%s is missing: %v", key, first)
		}
	}
	in["metadata"].(m)["labels"] = m{"a": "b"}
	b.must(typ, "token", in)
	if again := b.states[typ+"token"]["data"].SecretValue().Element.ObjectValue(); again["token"].StringValue() != first["token"].StringValue() {
		t.Error("an update of a label made another token")
	}
}
