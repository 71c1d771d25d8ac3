package judge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ladder-platform/ladder/tests/upstream/apiserver"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// fieldManager under which the judge applies.
const fieldManager = "ladder-judge"

// establishedWithin is how long the server may take to serve a new CRD. Measured
// well under a second each; the bound is for a loaded machine.
const establishedWithin = time.Minute

var (
	crdResource       = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	namespaceResource = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
)

// Cluster is an API server that judges.
type Cluster struct {
	server   *apiserver.Server
	client   dynamic.Interface
	finder   *discovery.DiscoveryClient
	mapper   meta.RESTMapper
	apis     []string
	warnings *warnings
}

// Begin starts a server with its files in dir.
func Begin(ctx context.Context, dir string) (*Cluster, error) {
	server, err := apiserver.Start(ctx, dir)
	if err != nil {
		return nil, err
	}
	c := &Cluster{server: server, warnings: &warnings{}}
	config := rest.CopyConfig(server.Config)
	config.WarningHandler = c.warnings
	if c.client, err = dynamic.NewForConfig(config); err == nil {
		c.finder, err = discovery.NewDiscoveryClientForConfig(config)
	}
	if err == nil {
		err = c.discover()
	}
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return c, nil
}

// Close ends the server.
func (c *Cluster) Close() error { return c.server.Close() }

// CPU of the server's processes, known after Close.
func (c *Cluster) CPU() time.Duration { return c.server.CPU() }

// APIs are the group versions that the server serves, alone and with each kind,
// in the form in which a chart asks for them: policy/v1, policy/v1/PodDisruptionBudget.
func (c *Cluster) APIs() []string { return c.apis }

func (c *Cluster) discover() error {
	groups, err := restmapper.GetAPIGroupResources(c.finder)
	if err != nil {
		return fmt.Errorf("discovery: %w", err)
	}
	c.apis = nil
	for _, group := range groups {
		for _, version := range group.Group.Versions {
			c.apis = append(c.apis, version.GroupVersion)
			for _, resource := range group.VersionedResources[version.Version] {
				c.apis = append(c.apis, version.GroupVersion+"/"+resource.Kind)
			}
		}
	}
	c.mapper = restmapper.NewDiscoveryRESTMapper(groups)
	return nil
}

// Install creates CRDs for real, strictly, and waits until the server serves them.
func (c *Cluster) Install(ctx context.Context, definitions []Object) error {
	for i := range definitions {
		d := &definitions[i]
		_, err := c.client.Resource(crdResource).Create(ctx, d, metav1.CreateOptions{FieldManager: fieldManager, FieldValidation: metav1.FieldValidationStrict})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("%s %s: %w", kindCRD, d.GetName(), err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, establishedWithin)
	defer cancel()
	for i := range definitions {
		if err := c.waitEstablished(ctx, definitions[i].GetName()); err != nil {
			return err
		}
	}
	return c.discover()
}

func (c *Cluster) waitEstablished(ctx context.Context, name string) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		live, err := c.client.Resource(crdResource).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return fmt.Errorf("%s %s: %w", kindCRD, name, err)
		}
		// A new definition has conditions: null, which is no slice.
		found, _, err := unstructured.NestedFieldNoCopy(live.Object, "status", "conditions")
		if err != nil {
			return fmt.Errorf("%s %s: %w", kindCRD, name, err)
		}
		conditions, _ := found.([]any)
		for _, entry := range conditions {
			condition, _ := entry.(map[string]any)
			switch {
			case condition["type"] == "Established" && condition["status"] == "True":
				return nil
			case condition["type"] == "NonStructuralSchema" && condition["status"] == "True",
				condition["type"] == "NamesAccepted" && condition["status"] == "False":
				return fmt.Errorf("%s %s: %v: %v", kindCRD, name, condition["type"], condition["message"])
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s %s: not established: %w", kindCRD, name, ctx.Err())
		}
	}
}

// Verdict is what the server says about one object.
type Verdict struct {
	// Err is nil when the server would accept it.
	Err error
	// Warnings such as a deprecated API; they accompany acceptance too.
	Warnings []string
}

// Judge applies the object server-side as a dry run with strict field validation.
// A namespace that it lives in is made first, for real; namespace is the one for a
// namespaced object that names none.
func (c *Cluster) Judge(ctx context.Context, o Object, namespace string) Verdict {
	mapping, err := c.mapper.RESTMapping(o.GroupVersionKind().GroupKind(), o.GroupVersionKind().Version)
	if err != nil {
		return Verdict{Err: err} // no such kind in this version of Kubernetes, or its CRD is in no module
	}
	target := o.DeepCopy()
	var resource dynamic.ResourceInterface = c.client.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		if target.GetNamespace() == "" {
			target.SetNamespace(namespace)
		}
		if target.GetNamespace() == "" {
			return Verdict{Err: fmt.Errorf("%s %q is namespaced and names no namespace", o.GetKind(), o.GetName())}
		}
		if err := c.ensureNamespace(ctx, target.GetNamespace()); err != nil {
			return Verdict{Err: err}
		}
		resource = c.client.Resource(mapping.Resource).Namespace(target.GetNamespace())
	} else if target.GetNamespace() != "" {
		return Verdict{Err: fmt.Errorf("%s %q is not namespaced and names namespace %q", o.GetKind(), o.GetName(), target.GetNamespace())}
	}
	body, err := json.Marshal(target)
	if err != nil {
		return Verdict{Err: err}
	}
	force := true
	c.warnings.take() // what setting up said is not about this object
	_, err = resource.Patch(ctx, target.GetName(), types.ApplyPatchType, body, metav1.PatchOptions{
		DryRun: []string{metav1.DryRunAll}, Force: &force, FieldManager: fieldManager, FieldValidation: metav1.FieldValidationStrict,
	})
	return Verdict{Err: err, Warnings: c.warnings.take()}
}

func (c *Cluster) ensureNamespace(ctx context.Context, name string) error {
	ns := &Object{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name}}}
	_, err := c.client.Resource(namespaceResource).Create(ctx, ns, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("namespace %s: %w", name, err)
	}
	return nil
}

// warnings collects the Warning headers of answers.
type warnings struct {
	mu   sync.Mutex
	text []string
}

// HandleWarningHeader is called by the client for every header.
func (w *warnings) HandleWarningHeader(_ int, _ string, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, text)
}

func (w *warnings) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.text
	w.text = nil
	return taken
}
