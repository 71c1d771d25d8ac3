package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// attrIssues are the health issues that EKS reports of an add-on, as "CODE (message)".
const attrIssues = "__issues"

// AddonIssues are the codes of the health issues of add-ons. Source: EKS API,
// AddonIssue, read 2026-11.
var AddonIssues = []string{
	"AccessDenied", "AddonPermissionFailure", "AdmissionRequestDenied", "ClusterUnreachable", "ConfigurationConflict",
	"InsufficientNumberOfReplicas", "InternalFailure", "K8sResourceNotFound", "UnsupportedAddonModification",
}

// Degrade makes an add-on unhealthy behind everybody's back, with the issue
// that EKS then reports; code "" makes it well again. id is "<cluster>:<add-on>".
// No refresh shows it, since the provider does not read an add-on's health; an
// update of the add-on ends it.
func Degrade(w *world.World, id, code string) error {
	if code != "" && !slices.Contains(AddonIssues, code) {
		return fmt.Errorf("%q is no health issue of an add-on; EKS has %s", code, strings.Join(AddonIssues, ", "))
	}
	return w.Tx(func(tx *world.Tx) error {
		o, _, err := theOne(tx, typeAddon, id)
		if err != nil {
			return err
		}
		if o.Attrs == nil {
			o.Attrs = map[string]any{}
		}
		o.State = "ACTIVE"
		delete(o.Attrs, attrIssues)
		if code != "" {
			o.State, o.Attrs[attrIssues] = "DEGRADED", []any{code}
		}
		tx.Put(o)
		return nil
	})
}

// Issues are the health issues that an object carries.
func Issues(o *world.Object) []string { return strs(o.Attrs, attrIssues) }
