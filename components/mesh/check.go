package mesh

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/mesh/plan"
	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// checkSeconds is how long the Job may ask before the up fails and says so.
const checkSeconds = 15 * 60

// answerers puts what a check needs into one cluster of the link.
func (l *Link) answerers(ctx *pulumi.Context, end, far End, after []pulumi.Resource) ([]pulumi.Resource, error) {
	name := l.name + "-check-" + end.Mesh.Key
	opts := func(more ...pulumi.Resource) []pulumi.ResourceOption {
		return []pulumi.ResourceOption{pulumi.Parent(l), pulumi.Provider(end.Kubernetes), pulumi.DependsOn(append(more, after...))}
	}
	ns, ok := end.Mesh.Namespaces[spec.CheckNamespace(l.args.Key)]
	if !ok {
		return nil, fmt.Errorf("the mesh of %s has no namespace for the check", end.Mesh.Key)
	}
	var out []pulumi.Resource
	for _, o := range plan.CheckObjects(l.args.Key, end.Mesh.Key, far.Mesh.Key) {
		made, err := object(ctx, name+"-"+o.Role(), o, opts(ns))
		if err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}

// ask is the Job by which from calls to, and what it has answered.
func (l *Link) ask(ctx *pulumi.Context, way string, from, to End, after []pulumi.Resource) (pulumi.StringOutput, error) {
	var job askJob
	o := plan.CheckJob(l.args.Key, to.Mesh.Key, from.Release)
	if err := kube.Register(ctx, l.name+"-"+way+"-check", kindOf(o), metaOf(o), kube.Map(o.Body), &job,
		pulumi.Parent(l), pulumi.Provider(from.Kubernetes), pulumi.DependsOn(after),
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: fmt.Sprintf("%ds", checkSeconds)})); err != nil {
		return pulumi.StringOutput{}, err
	}
	return job.Status.ApplyT(answered).(pulumi.StringOutput), nil
}

type askJob struct {
	pulumi.CustomResourceState

	Status pulumi.MapOutput `pulumi:"status"`
}

// answered reads a Job's status: the provider has waited until it is complete.
func answered(status map[string]any) (string, error) {
	if n, _ := status["succeeded"].(float64); n >= 1 {
		return "answered", nil
	}
	return "", errors.New("the check of the link has not succeeded")
}

func object(ctx *pulumi.Context, name string, o plan.Object, opts []pulumi.ResourceOption) (pulumi.Resource, error) {
	return kube.New(ctx, name, kindOf(o), metaOf(o), kube.Map(o.Body), opts...)
}

func kindOf(o plan.Object) kube.Kind { return kube.Kind{APIVersion: o.APIVersion, Kind: o.Kind} }

func metaOf(o plan.Object) kube.Meta {
	return kube.Meta{Name: o.Name, Namespace: o.Namespace, Labels: o.Labels, Annotations: o.Annotations}
}
