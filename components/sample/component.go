package sample

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/kube"
	"github.com/ladder-platform/ladder/components/sample/spec"
	"github.com/ladder-platform/ladder/internal/finding"
)

const typeToken = "ladder:sample:Sample"

// The user that the pods run as: nobody, as in distroless images.
const nobody = 65532

// nameLabel tells the pods, for the service and the budget.
const nameLabel = "app.kubernetes.io/name"

// Args is the sample section plus what other rooms hand over.
type Args struct {
	Config spec.Config
	// After is what a workload of the cluster waits for, the mesh included.
	After []pulumi.Resource
}

// Sample is the application in one cluster.
type Sample struct {
	pulumi.ResourceState

	// Host that it answers under.
	Host pulumi.StringOutput `pulumi:"host"`
	// Image that runs.
	Image pulumi.StringOutput `pulumi:"image"`
}

// Validate returns every finding of the arguments.
func (a Args) Validate() finding.List {
	out := a.Config.Validate("sample")
	if len(a.After) == 0 {
		out.Add("sample", "pass what a workload waits for in sample.Args", "the sample waits for nothing, and its pods would start before the mesh")
	}
	return out
}

// New puts the sample into the cluster that the kubernetes provider in opts
// points at. Nothing of it begins before all of args.After is done: the component
// waits, and its children with it.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Sample, error) {
	if err := args.Validate().Err(); err != nil {
		return nil, err
	}
	s, cfg := &Sample{}, args.Config.WithDefaults()
	if err := ctx.RegisterComponentResource(typeToken, name, s, append(opts, pulumi.DependsOn(args.After))...); err != nil {
		return nil, fmt.Errorf("sample %s: register: %w", name, err)
	}
	add := func(role string, kind kube.Kind, body pulumi.Map, after ...pulumi.Resource) (*kube.Object, error) {
		meta := kube.Meta{Name: spec.Service, Namespace: spec.Namespace, Labels: map[string]string{nameLabel: spec.Service}}
		o, err := kube.New(ctx, name+"-"+role, kind, meta, body, pulumi.Parent(s), pulumi.DependsOn(after))
		if err != nil {
			return nil, fmt.Errorf("sample %s: %w", name, err)
		}
		return o, nil
	}
	account, err := add("account", kube.ServiceAccount, pulumi.Map{"automountServiceAccountToken": pulumi.Bool(false)})
	if err != nil {
		return nil, err
	}
	pods, err := add("pods", kube.Deployment, pulumi.Map{"spec": deployment(cfg)}, account)
	if err != nil {
		return nil, err
	}
	if _, err := add("budget", kube.PodDisruptionBudget, pulumi.Map{"spec": kube.Map(map[string]any{
		"maxUnavailable": 1, "selector": map[string]any{"matchLabels": labels()},
	})}, pods); err != nil {
		return nil, err
	}
	// After the pods: the provider waits until a service has an address to send to.
	if _, err := add("service", kube.Service, pulumi.Map{"spec": service()}, pods); err != nil {
		return nil, err
	}
	s.Host, s.Image = pulumi.String(cfg.Host).ToStringOutput(), pulumi.String(cfg.Image).ToStringOutput()
	if err := ctx.RegisterResourceOutputs(s, pulumi.Map{"host": s.Host, "image": s.Image}); err != nil {
		return nil, fmt.Errorf("sample %s: outputs: %w", name, err)
	}
	return s, nil
}

func labels() map[string]string { return map[string]string{nameLabel: spec.Service} }

// service names its port for HTTP, so that the mesh looks at it as such.
func service() pulumi.Map {
	return kube.Map(map[string]any{
		"selector": labels(),
		"ports":    []any{map[string]any{"name": "http", "appProtocol": "http", "port": spec.ServicePort, "targetPort": spec.Port}},
	})
}

// deployment is what the restricted Pod Security Standard admits.
func deployment(cfg spec.Config) pulumi.Map {
	return kube.Map(map[string]any{
		"replicas": cfg.Replicas,
		"selector": map[string]any{"matchLabels": labels()},
		"template": map[string]any{
			"metadata": map[string]any{"labels": labels()},
			"spec": map[string]any{
				"serviceAccountName": spec.Service,
				"securityContext": map[string]any{
					"runAsNonRoot": true, "runAsUser": nobody, "runAsGroup": nobody, "seccompProfile": map[string]string{"type": "RuntimeDefault"},
				},
				// On different nodes where there are such: one node may go.
				"topologySpreadConstraints": []any{map[string]any{
					"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway",
					"labelSelector": map[string]any{"matchLabels": labels()},
				}},
				"containers": []any{container(cfg)},
			},
		},
	})
}

func container(cfg spec.Config) map[string]any {
	return map[string]any{
		"name": spec.Service, "image": cfg.Image, "args": []string{"serve-hostname", fmt.Sprintf("--port=%d", spec.Port)},
		"ports": []any{map[string]any{"name": "http", "containerPort": spec.Port}},
		"readinessProbe": map[string]any{
			"httpGet": map[string]any{"path": "/", "port": spec.Port}, "periodSeconds": 5,
		},
		"resources": map[string]any{
			"requests": map[string]string{"cpu": fmt.Sprintf("%dm", spec.CPU), "memory": fmt.Sprintf("%dMi", spec.Memory)},
			"limits":   map[string]string{"memory": fmt.Sprintf("%dMi", spec.MemoryLimit)},
		},
		"securityContext": map[string]any{
			"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": map[string]any{"drop": []string{"ALL"}},
		},
	}
}
