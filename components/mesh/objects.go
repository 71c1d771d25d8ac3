package mesh

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/mesh/plan"
	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// namespaces are those of the mesh itself and those that it enrols. Enrolling
// ones follow the data plane: a pod that starts before it would be outside.
func (b *builder) namespaces() error {
	for _, n := range plan.OwnNamespaces(b.cfg, b.in) {
		namespace, err := kube.New(b.ctx, b.id("namespace-"+n.Name), kube.Namespace, kube.Meta{Name: n.Name, Labels: n.Labels}, nil, b.onNodes()...)
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
		opts := append(b.onNodes(append(append([]pulumi.Resource{}, b.out.ControlPlane...), b.nodes...)...), pulumi.Protect(b.args.Environment.Protect && !spec.IsCheckNamespace(n.Name)))
		namespace, err := kube.New(b.ctx, b.id("namespace-"+n.Name), kube.Namespace, kube.Meta{Name: n.Name, Labels: n.Labels}, nil, opts...)
		if err != nil {
			return err
		}
		b.out.Namespaces[n.Name] = namespace
		b.ready = append(b.ready, namespace)
	}
	return nil
}

// objects registers the plan. Each stage waits for the one before it, so that
// nothing is refused before its permission is there, and a destroy lifts the
// refusals first.
func (b *builder) objects() error {
	stages := map[plan.Stage][]pulumi.Resource{}
	for _, o := range plan.Objects(b.cfg, b.in) {
		namespace, ok := b.out.Namespaces[o.Namespace]
		if !ok {
			return fmt.Errorf("%s %s/%s: the mesh makes no such namespace", o.Kind, o.Namespace, o.Name)
		}
		after := append([]pulumi.Resource{namespace}, b.crds...)
		after = append(append(after, b.out.ControlPlane...), b.nodes...)
		if o.Stage > plan.Settings {
			after = append(after, stages[o.Stage-1]...)
		}
		object, err := kube.New(b.ctx, b.id(o.Role()), kube.Kind{APIVersion: o.APIVersion, Kind: o.Kind},
			kube.Meta{Name: o.Name, Namespace: o.Namespace, Labels: o.Labels, Annotations: o.Annotations}, kube.Map(o.Body), b.onNodes(after...)...)
		if err != nil {
			return err
		}
		stages[o.Stage] = append(stages[o.Stage], object)
		b.ready = append(b.ready, object)
	}
	return nil
}

// istioBefore compares versions such as 1.30.5 by their numbers.
func istioBefore(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, errM := strconv.Atoi(x[i])
		n, errN := strconv.Atoi(y[i])
		if errM != nil || errN != nil {
			return a < b
		}
		if m != n {
			return m < n
		}
	}
	return len(x) < len(y)
}
