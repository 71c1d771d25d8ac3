package kube

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const unreachableAdvice = "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation " +
	"with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to \"true\""

// managerKey keeps the field manager's name with the object; outputs call it __fieldManager.
const managerKey = "__manager"

func notFound(gvk schema.GroupVersionKind, name string) error {
	return apierrors.NewNotFound(resourceOf(gvk), name)
}

// retried tells whether the provider would have tried again for a minute: A7.4.
func retried(err error) bool { return isNoMatch(err) || apierrors.IsNotFound(err) }

// createError wraps an API server's refusal as the provider does: A8.1, A8.3, A8.4.
func createError(urn resource.URN, gvk schema.GroupVersionKind, err error) error {
	if u, ok := asUnreachable(err); ok {
		return u
	}
	switch {
	case isNoMatch(err):
		return noMatchError("creation", urn, gvk, err)
	case apierrors.IsAlreadyExists(err):
		return fmt.Errorf("resource %q was not successfully created by the Kubernetes API server: %w; "+
			"if the object is managed by another Pulumi stack or tool, import it, use an alias, a Patch resource or upsertExistingObjects", urn, err)
	}
	return fmt.Errorf("resource %q was not successfully created by the Kubernetes API server: %w", urn, err)
}

func noMatchError(what string, urn resource.URN, gvk schema.GroupVersionKind, err error) error {
	return fmt.Errorf("%s of resource %q with kind %s/%s failed because the Kubernetes API server reported that the apiVersion for this "+
		"resource does not exist. Verify that any required CRDs have been created: %w", what, urn, gvk.GroupVersion(), gvk.Kind, err)
}

// updateError wraps a refused update: A8.3, A8.7.
func updateError(urn resource.URN, gvk schema.GroupVersionKind, err error) error {
	if u, ok := asUnreachable(err); ok {
		return u
	}
	if isNoMatch(err) {
		return noMatchError("update", urn, gvk, err)
	}
	return fmt.Errorf("update of resource %q failed: %w", urn, err)
}

// initError tells the engine that the object exists but is not live: its state is saved, and the next up retries.
func initError(id string, props, inputs resource.PropertyMap, reason string, more []string) error {
	opts := plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}
	out, err := plugin.MarshalProperties(props, opts)
	if err != nil {
		return fmt.Errorf("marshal the state of %s: %w", id, err)
	}
	in, err := plugin.MarshalProperties(inputs, opts)
	if err != nil {
		return fmt.Errorf("marshal the inputs of %s: %w", id, err)
	}
	reasons := append([]string{reason}, more...)
	st, err := status.New(codes.Unknown, strings.Join(reasons, "\n")).WithDetails(&pulumirpc.ErrorResourceInitFailed{
		Id: id, Properties: out, Inputs: in, Reasons: reasons,
	})
	if err != nil {
		return fmt.Errorf("describe the state of %s: %w", id, err)
	}
	return &initFailed{InitError: &plugin.InitError{Reasons: reasons}, status: st}
}

// initFailed is what callers in this process expect (plugin.InitError) and what
// the protocol carries (a status with the state as a detail).
type initFailed struct {
	*plugin.InitError
	status *status.Status
}

func (e *initFailed) Unwrap() error              { return e.InitError }
func (e *initFailed) GRPCStatus() *status.Status { return e.status }
func (e *initFailed) Error() string              { return strings.Join(e.Reasons, "\n") }

// visible is an object without what only the sandbox keeps with it.
func visible(attrs map[string]any) map[string]any {
	out := clone(attrs)
	delete(out, managerKey)
	delete(out, sandboxKey)
	return out
}

// outputs are the live object as the program sees it: A10.4.
func outputs(o *world.Object, inputs resource.PropertyMap) resource.PropertyMap {
	attrs := visible(o.Attrs)
	manager := nested.Text(o.Attrs, managerKey)
	props := withSecrets(resource.NewPropertyValue(attrs), resource.NewProperty(inputs)).ObjectValue()
	for _, k := range o.Secret {
		if v, ok := props[resource.PropertyKey(k)]; ok && !v.IsSecret() {
			props[resource.PropertyKey(k)] = resource.MakeSecret(v)
		}
	}
	props["__initialApiVersion"] = resource.NewProperty(nested.Text(attrs, "apiVersion"))
	props["__inputs"] = resource.NewProperty(inputs)
	if manager != "" {
		props["__fieldManager"] = resource.NewProperty(manager)
	}
	return props
}

// readInputs are the inputs after a refresh: what the old inputs speak of, as it is
// now; for an import everything but what the server itself writes.
func readInputs(o *world.Object, old resource.PropertyMap) resource.PropertyMap {
	live := visible(o.Attrs)
	if len(old) == 0 {
		delete(live, "status")
		if m := nested.Object(live, "metadata"); m != nil {
			for _, k := range []string{"uid", "creationTimestamp", "generation", "resourceVersion", "managedFields", "deletionTimestamp", "finalizers"} {
				delete(m, k)
			}
		}
		return withSecretData(o, resource.NewPropertyValue(live).ObjectValue())
	}
	pruned := prune(resource.NewPropertyValue(live), resource.NewProperty(old))
	return withSecretData(o, withSecrets(pruned, resource.NewProperty(old)).ObjectValue())
}

func withSecretData(o *world.Object, props resource.PropertyMap) resource.PropertyMap {
	for _, k := range o.Secret {
		if v, ok := props[resource.PropertyKey(k)]; ok && !v.IsSecret() {
			props[resource.PropertyKey(k)] = resource.MakeSecret(v)
		}
	}
	return props
}

// foldSecret writes stringData into base64 data and marks both secret: A5.8.
func foldSecret(props resource.PropertyMap) {
	data := resource.PropertyMap{}
	if d := bare(props["data"]); d.IsObject() {
		data = d.ObjectValue().Copy()
	} else if d.IsComputed() {
		return
	}
	s := bare(props["stringData"])
	if s.IsObject() {
		for k, v := range s.ObjectValue() {
			v = bare(v)
			if v.IsString() {
				v = resource.NewProperty(base64.StdEncoding.EncodeToString([]byte(v.StringValue())))
			}
			data[k] = v
		}
		delete(props, "stringData")
	}
	if len(data) > 0 {
		props["data"] = resource.MakeSecret(resource.NewProperty(data))
	}
}

// applied is the live object after an apply: fields that the old inputs had and the
// new ones lack are gone, the new ones hold, others' fields stay.
func applied(live, old, new map[string]any) map[string]any {
	out := clone(live)
	for k := range old {
		if _, still := new[k]; !still {
			delete(out, k)
		}
	}
	for k, n := range new {
		l, lok := out[k].(map[string]any)
		nm, nok := n.(map[string]any)
		if lok && nok {
			om, _ := old[k].(map[string]any)
			out[k] = applied(l, om, nm)
			continue
		}
		out[k] = cloneAny(n)
	}
	return out
}
