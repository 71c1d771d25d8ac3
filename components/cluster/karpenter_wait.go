package cluster

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/kube"
)

const (
	// waitName names the Job's service account and role.
	waitName = "ladder-node-release"
	// waitSeconds is how long a climb may take to replace Karpenter's nodes.
	// Pools replace a tenth at a time by default, and a drain takes minutes.
	waitSeconds = 2 * 60 * 60
	// waitRetries cover an API server that answers late while it is upgraded.
	waitRetries = 6
)

// waitForNodes is a Job named after the release. It ends when no node claim
// of another release is left, so whatever depends on it runs on nodes of this
// one. A new release makes a new Job.
func (b *builder) waitForNodes(pools []pulumi.Resource) (pulumi.Resource, error) {
	account, err := kube.New(b.ctx, b.id("node-release"), kube.ServiceAccount, kube.Meta{Name: waitName, Namespace: systemNamespace}, nil, b.kube()...)
	if err != nil {
		return nil, err
	}
	role, err := kube.New(b.ctx, b.id("node-release"), kube.ClusterRole, kube.Meta{Name: waitName}, pulumi.Map{
		"rules": pulumi.Array{pulumi.Map{
			"apiGroups": pulumi.ToStringArray([]string{"karpenter.sh"}), "resources": pulumi.ToStringArray([]string{"nodeclaims"}),
			"verbs": pulumi.ToStringArray([]string{"get", "list", "watch"}),
		}},
	}, b.kube()...)
	if err != nil {
		return nil, err
	}
	binding, err := kube.New(b.ctx, b.id("node-release"), kube.ClusterRoleBinding, kube.Meta{Name: waitName}, pulumi.Map{
		"roleRef": pulumi.StringMap{
			"apiGroup": pulumi.String("rbac.authorization.k8s.io"), "kind": pulumi.String("ClusterRole"), "name": pulumi.String(waitName),
		},
		"subjects": pulumi.Array{pulumi.StringMap{
			"kind": pulumi.String("ServiceAccount"), "name": pulumi.String(waitName), "namespace": pulumi.String(systemNamespace),
		}},
	}, b.kube(role, account)...)
	if err != nil {
		return nil, err
	}
	return kube.New(b.ctx, b.id("node-release"), kube.Job,
		kube.Meta{
			Name: waitName + "-" + objectName(b.args.Release.Name), Namespace: systemNamespace,
			// A Job that failed is made anew by the next up (facts/providers.md A6).
			Annotations: map[string]string{"pulumi.com/replaceUnready": "true"},
		},
		pulumi.Map{"spec": b.waitJob()},
		append(b.kube(append(pools, binding)...),
			pulumi.Timeouts(&pulumi.CustomTimeouts{Create: fmt.Sprintf("%ds", waitSeconds)}))...)
}

// waitJob runs on a managed group: a node of Karpenter may be the one that goes.
func (b *builder) waitJob() pulumi.Map {
	return pulumi.Map{
		"backoffLimit": pulumi.Int(waitRetries), "activeDeadlineSeconds": pulumi.Int(waitSeconds),
		"template": pulumi.Map{"spec": pulumi.Map{
			"serviceAccountName": pulumi.String(waitName), "restartPolicy": pulumi.String("OnFailure"),
			"securityContext": pulumi.Map{
				"runAsNonRoot": pulumi.Bool(true), "runAsUser": pulumi.Int(nobody), "seccompProfile": pulumi.StringMap{"type": pulumi.String("RuntimeDefault")},
			},
			"affinity": pulumi.Map{"nodeAffinity": pulumi.Map{"requiredDuringSchedulingIgnoredDuringExecution": pulumi.Map{
				"nodeSelectorTerms": pulumi.Array{pulumi.Map{"matchExpressions": pulumi.Array{pulumi.Map{
					"key": pulumi.String("karpenter.sh/nodepool"), "operator": pulumi.String("DoesNotExist"),
				}}}},
			}}},
			"containers": pulumi.Array{pulumi.Map{
				"name": pulumi.String("wait"), "image": pulumi.String(b.args.Release.KubectlImage),
				"args": pulumi.ToStringArray([]string{
					"wait", "--for=delete", "nodeclaims.karpenter.sh",
					"--selector=" + releaseLabel + "!=" + b.args.Release.Name, fmt.Sprintf("--timeout=%ds", waitSeconds),
				}),
				"resources": requests("50m", "64Mi"),
				"securityContext": pulumi.Map{
					"allowPrivilegeEscalation": pulumi.Bool(false), "readOnlyRootFilesystem": pulumi.Bool(true),
					"capabilities": pulumi.Map{"drop": pulumi.ToStringArray([]string{"ALL"})},
				},
			}},
		}},
	}
}

const nobody = 65532 // the user "nonroot" of distroless images

// objectName makes a release's name fit for an object: "2026.08" is "2026-08".
func objectName(release string) string {
	return strings.ToLower(strings.NewReplacer(".", "-", "_", "-").Replace(release))
}
