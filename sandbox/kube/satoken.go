package kube

import (
	"encoding/base64"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	// typeToken is a Secret that the token controller fills.
	typeToken = "kubernetes.io/service-account-token"
	// tokenAccount names the account of such a Secret.
	tokenAccount = "kubernetes.io/service-account.name"
)

var ruleTokenAccount = rule.Register(rule.Rule{Name: "kube.token-needs-account", Service: "kubernetes",
	Source: "Kubernetes documentation, service account token Secrets: the token controller deletes one whose account does not exist; pulumi-kubernetes waits for its data (await of core/v1 Secret)",
	Text:   "serviceaccounts %q not found"})

// fillToken writes what the token controller puts into a Secret of that type:
// the account's token, which never ends, and the cluster's own certificate.
func (a *api) fillToken(gvk schema.GroupVersionKind, o *world.Object) error {
	if gvk.Group != "" || gvk.Kind != "Secret" || nested.Text(o.Attrs, "type") != typeToken {
		return nil
	}
	namespace, _ := splitID(o.ID)
	account := nested.Text(o.Attrs, "metadata", "annotations", tokenAccount)
	if _, ok := a.find(schema.GroupVersionKind{Version: "v1", Kind: "ServiceAccount"}, namespace, account); !ok && a.rules.On(ruleTokenAccount) {
		return apierrors.NewNotFound(schema.GroupResource{Resource: "serviceaccounts"}, account)
	}
	authority := ""
	if c := clusterAt(a.tx, a.scope); c != nil {
		authority = nested.Text(c.Attrs, "certificateAuthority", "data")
	}
	encode := base64.StdEncoding.EncodeToString
	o.Attrs["data"] = map[string]any{
		"token": encode([]byte(a.tx.NewID("sandbox-token-", a.urn+a.scope+o.ID, 40))), "ca.crt": authority, "namespace": encode([]byte(namespace)),
	}
	return nil
}
