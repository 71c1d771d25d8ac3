package mesh

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/mesh/plan"
	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// namespaces are those of the mesh itself and those that it enrols. Enrolling
// ones follow the data plane: a pod that starts before it would be outside.
func (b *builder) namespaces() error {
	for _, n := range plan.OwnNamespaces(b.cfg, b.in) {
		namespace, err := kube.New(b.ctx, b.id("namespace-"+n.Name), kube.Namespace, kube.Meta{Name: n.Name, Labels: n.Labels}, nil, b.kube()...)
		if err != nil {
			return err
		}
		b.out.Namespaces[n.Name] = namespace
	}
	b.system = b.out.Namespaces[spec.SystemNamespace]
	return nil
}

// enrol makes the namespaces of workloads. They are protected with the stack: a
// namespace that is deleted takes everything in it along, and an entry that
// vanished from a file must not do that.
func (b *builder) enrol() error {
	for _, n := range plan.Enrolments(b.cfg) {
		opts := append(b.kube(b.up), pulumi.Protect(b.args.Environment.Protect && !spec.IsCheckNamespace(n.Name)))
		namespace, err := kube.New(b.ctx, b.id("namespace-"+n.Name), kube.Namespace, kube.Meta{Name: n.Name, Labels: n.Labels}, nil, opts...)
		if err != nil {
			return err
		}
		b.out.Namespaces[n.Name] = namespace
		b.ready = append(b.ready, namespace)
	}
	return nil
}

// objects registers the plan in its order, each object after those that it
// needs, so that nothing is refused before its permission is there, and a
// destroy lifts the refusals first.
func (b *builder) objects() error {
	objects := plan.Objects(b.cfg, b.in)
	made, needed := make([]pulumi.Resource, len(objects)), map[int]bool{}
	for i, o := range objects {
		namespace, ok := b.out.Namespaces[o.Namespace]
		if !ok {
			return fmt.Errorf("%s %s/%s: the mesh makes no such namespace", o.Kind, o.Namespace, o.Name)
		}
		// An object of the plan has waited for its namespace and the data plane.
		var after []pulumi.Resource
		housed := false
		for _, j := range plan.Needs(objects, i) {
			after, needed[j] = append(after, made[j]), true
			housed = housed || objects[j].Namespace == o.Namespace
		}
		if _, enrolled := b.cfg.Namespaces[o.Namespace]; !enrolled && len(after) == 0 {
			after = append(after, b.up) // the mesh's own namespaces are there before it
		}
		if !housed {
			after = append(after, namespace)
		}
		object, err := kube.New(b.ctx, b.id(o.Role()), kube.Kind{APIVersion: o.APIVersion, Kind: o.Kind},
			kube.Meta{Name: o.Name, Namespace: o.Namespace, Labels: o.Labels, Annotations: o.Annotations}, kube.Map(o.Body), b.kube(after...)...)
		if err != nil {
			return err
		}
		made[i] = object
	}
	for i, object := range made {
		if !needed[i] {
			b.ready = append(b.ready, object)
		}
	}
	return nil
}
