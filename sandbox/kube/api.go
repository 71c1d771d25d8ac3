package kube

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// api is the API server of one cluster inside one transaction.
type api struct {
	tx    *world.Tx
	rules *rule.Set
	scope string // the server's URL
	minor int
	name  string // of the EKS cluster
	aws   string // scope of the EKS cluster: account and region
	urn   string // on whose behalf objects are made
	// denied is the principal when it is no administrator of the cluster.
	denied string
	// onSample is told what runs while pods move; nil when nobody listens.
	onSample func(Sample)
	// warming are, of each workload in a drain, the instants at which the load
	// balancer will have found replaced pods healthy (gates.go).
	warming map[string][]time.Duration
	// took is how long the pods of a Job worked, where that is known.
	took time.Duration
}

// errNoMatch is an API group, version or kind that the server does not serve.
type errNoMatch struct{ gvk schema.GroupVersionKind }

func (e errNoMatch) Error() string {
	return fmt.Sprintf("no matches for kind %q in version %q", e.gvk.Kind, e.gvk.GroupVersion())
}

func isNoMatch(err error) bool {
	var e errNoMatch
	return errors.As(err, &e)
}

func worldKind(gvk schema.GroupVersionKind) string {
	return "kube:" + gvk.GroupVersion().String() + "/" + gvk.Kind
}

// gvkOfWorld reads the kind back from a world object's Kind.
func gvkOfWorld(kind string) schema.GroupVersionKind {
	s := strings.TrimPrefix(kind, "kube:")
	i := strings.LastIndex(s, "/")
	gv, err := schema.ParseGroupVersion(s[:i])
	if err != nil {
		return schema.GroupVersionKind{}
	}
	return gv.WithKind(s[i+1:])
}

func objectID(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

func splitID(id string) (namespace, name string) {
	if ns, n, ok := strings.Cut(id, "/"); ok {
		return ns, n
	}
	return "", id
}

// find returns an object in whichever version it was stored.
func (a *api) find(gvk schema.GroupVersionKind, namespace, name string) (*world.Object, bool) {
	for _, k := range sameKinds(gvk) {
		if o, ok := a.tx.Get(world.Key{Kind: worldKind(k), Scope: a.scope, ID: objectID(namespace, name)}); ok {
			return o, true
		}
	}
	return nil, false
}

// list are the objects of a kind, to be read only: they are the world's own.
func (a *api) list(apiVersion, kind string) []*world.Object {
	return a.tx.Peek("kube:"+apiVersion+"/"+kind, a.scope, nil)
}

// all are the objects of the cluster, optionally of one namespace.
func (a *api) all(namespace string) []*world.Object {
	return a.tx.Find("", a.scope, func(o *world.Object) bool {
		ns, _ := splitID(o.ID)
		return strings.HasPrefix(o.Kind, "kube:") && (namespace == "" || ns == namespace)
	})
}

// namespaced tells whether objects of a kind live in a namespace; unknown custom kinds count as namespaced: A5.5.
func (a *api) namespaced(gvk schema.GroupVersionKind) bool {
	if scheme.Recognizes(gvk) {
		return !clusterScoped[gvk.Kind]
	}
	if crd, _ := a.crd(gvk); crd != nil {
		return nested.Text(crd.Attrs, "spec", "scope") != "Cluster"
	}
	return true
}

// served answers whether the server knows the kind.
func (a *api) served(gvk schema.GroupVersionKind) error {
	if gvk.Group == "apiregistration.k8s.io" {
		return nil // served by the aggregator, whose types are not in k8s.io/api
	}
	if scheme.IsGroupRegistered(gvk.Group) {
		if !builtIn(gvk, a.minor) && a.rules.On(ruleServed) {
			return errNoMatch{gvk}
		}
		return nil
	}
	if _, version := a.crd(gvk); !version && a.rules.On(ruleCRDFirst) {
		return errNoMatch{gvk}
	}
	return nil
}

// admit is what the server checks before it stores an object.
func (a *api) admit(gvk schema.GroupVersionKind, obj map[string]any) error {
	if err := a.served(gvk); err != nil {
		return err
	}
	if err := a.decode(gvk, obj); err != nil {
		return err
	}
	if err := a.validate(gvk, obj); err != nil {
		return err
	}
	return a.validated(gvk, obj)
}

// create stores a new object and returns it as the server would.
func (a *api) create(gvk schema.GroupVersionKind, obj map[string]any, owner string) (*world.Object, error) {
	if err := a.admit(gvk, obj); err != nil {
		return nil, err
	}
	namespace, name := nested.Text(obj, "metadata", "namespace"), nested.Text(obj, "metadata", "name")
	if !a.namespaced(gvk) {
		namespace = ""
		if m := nested.Object(obj, "metadata"); m != nil {
			delete(m, "namespace")
		}
	}
	if err := a.openNamespace(gvk, namespace, name); err != nil {
		return nil, err
	}
	if err := a.asked(gvk, nil, obj); err != nil {
		return nil, err
	}
	if _, ok := a.find(gvk, namespace, name); ok && a.rules.On(ruleExists) {
		return nil, apierrors.NewAlreadyExists(resourceOf(gvk), name)
	}
	o := a.stored(gvk, namespace, name, obj, owner)
	if err := a.fillToken(gvk, o); err != nil {
		return nil, err
	}
	a.tx.Put(o)
	return o, nil
}

// openNamespace demands that the namespace exists and is not going away.
func (a *api) openNamespace(gvk schema.GroupVersionKind, namespace, name string) error {
	if namespace == "" {
		return nil
	}
	ns, ok := a.find(schema.GroupVersionKind{Version: "v1", Kind: "Namespace"}, "", namespace)
	if !ok {
		if a.rules.On(ruleNamespace) {
			return apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, namespace)
		}
		return nil
	}
	if nested.Text(ns.Attrs, "metadata", "deletionTimestamp") != "" && a.rules.On(ruleTerminating) {
		return apierrors.NewForbidden(resourceOf(gvk), name,
			fmt.Errorf("unable to create new content in namespace %s because it is being terminated", namespace))
	}
	return nil
}

// stored adds what the server adds to an object.
func (a *api) stored(gvk schema.GroupVersionKind, namespace, name string, obj map[string]any, owner string) *world.Object {
	attrs := clone(obj)
	attrs["apiVersion"], attrs["kind"] = gvk.GroupVersion().String(), gvk.Kind
	m := nested.Object(attrs, "metadata")
	if m == nil {
		m = map[string]any{}
		attrs["metadata"] = m
	}
	m["name"] = name
	if namespace != "" {
		m["namespace"] = namespace
	}
	m["uid"] = a.tx.NewID("", a.urn+a.scope+worldKind(gvk)+objectID(namespace, name), 32)
	m["creationTimestamp"] = a.tx.Now().UTC().Format(time.RFC3339)
	m["generation"] = 1.
	o := &world.Object{
		Kind: worldKind(gvk), Scope: a.scope, ID: objectID(namespace, name), Name: name, URN: a.urn,
		Owner: owner, Attrs: attrs, Created: a.tx.Now(),
	}
	if gvk.Group == "" && gvk.Kind == "Secret" {
		o.Secret = []string{"data", "stringData"}
	}
	return o
}

// update replaces an object's content; immutable fields are refused.
func (a *api) update(gvk schema.GroupVersionKind, old *world.Object, obj map[string]any) (*world.Object, error) {
	if err := a.admit(gvk, visible(obj)); err != nil {
		return nil, err
	}
	if err := a.immutable(gvk, old.Attrs, obj); err != nil {
		return nil, err
	}
	if err := a.asked(gvk, old.Attrs, obj); err != nil {
		return nil, err
	}
	next := *old
	next.Attrs = clone(obj)
	next.Attrs["apiVersion"], next.Attrs["kind"] = old.Attrs["apiVersion"], old.Attrs["kind"]
	if !sameJSON(old.Attrs["spec"], obj["spec"]) {
		if m := nested.Object(next.Attrs, "metadata"); m != nil {
			m["generation"] = number(old.Attrs, 1, "metadata", "generation") + 1
		}
	}
	a.tx.Put(&next)
	return &next, nil
}

// ensure makes an object of the cluster's own machinery unless it exists, without any check.
func (a *api) ensure(obj map[string]any, owner string) *world.Object {
	gv, err := schema.ParseGroupVersion(nested.Text(obj, "apiVersion"))
	if err != nil {
		panic("kube: a built-in object has a valid apiVersion: " + err.Error())
	}
	gvk := gv.WithKind(nested.Text(obj, "kind"))
	namespace, name := nested.Text(obj, "metadata", "namespace"), nested.Text(obj, "metadata", "name")
	if o, ok := a.find(gvk, namespace, name); ok {
		return o
	}
	o := a.stored(gvk, namespace, name, obj, owner)
	a.tx.Put(o)
	return o
}
