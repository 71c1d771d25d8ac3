package cluster

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/cluster/spec"
	"github.com/ladder-platform/ladder/components/internal/kube"
)

const (
	// drainName names the service account and role of drain Jobs.
	drainName = "ladder-drain"
	// drainNode is how long the pods of one node may take. EKS gives them as
	// long before its own PodEvictionFailure (EKS user guide, "Understand each
	// phase of node updates", read 2026-11).
	drainNode = 15 * time.Minute
)

// drains makes a Job for each slot that drains (docs/adr/0012-drain-job.md).
// Whatever depends on nodes depends on it too, and so does the record: a slot
// that is recorded as draining is empty.
func (b *builder) drains() error {
	var account pulumi.Resource
	var jobs []pulumi.Resource
	for _, slot := range b.slots {
		if slot.State != spec.Draining {
			continue
		}
		if account == nil {
			var err error
			if account, err = b.drainAccount(); err != nil {
				return err
			}
		}
		job, err := b.drain(slot, account)
		if err != nil {
			return fmt.Errorf("drain %s: %w", slot.Name(), err)
		}
		jobs = append(jobs, job)
	}
	b.groups = append(b.groups, jobs...) // and every add-on waits for these
	return nil
}

// drainAccount may cordon nodes and evict pods, and no more. Reading budgets
// lets the Job name the one that stops it.
func (b *builder) drainAccount() (pulumi.Resource, error) {
	account, err := kube.New(b.ctx, b.id("drain"), kube.ServiceAccount, kube.Meta{Name: drainName, Namespace: systemNamespace}, nil, b.kube()...)
	if err != nil {
		return nil, err
	}
	rule := func(group, resource string, verbs ...string) pulumi.Map {
		return pulumi.Map{
			"apiGroups": pulumi.ToStringArray([]string{group}), "resources": pulumi.ToStringArray([]string{resource}), "verbs": pulumi.ToStringArray(verbs),
		}
	}
	role, err := kube.New(b.ctx, b.id("drain"), kube.ClusterRole, kube.Meta{Name: drainName}, pulumi.Map{"rules": pulumi.Array{
		rule("", "nodes", "get", "list", "patch"),
		rule("", "pods", "get", "list"),
		rule("", "pods/eviction", "create"),
		rule("apps", "daemonsets", "get"), // to tell their pods from others
		rule("policy", "poddisruptionbudgets", "get", "list", "watch"),
	}}, b.kube()...)
	if err != nil {
		return nil, err
	}
	return kube.New(b.ctx, b.id("drain"), kube.ClusterRoleBinding, kube.Meta{Name: drainName}, pulumi.Map{
		"roleRef": pulumi.StringMap{
			"apiGroup": pulumi.String("rbac.authorization.k8s.io"), "kind": pulumi.String("ClusterRole"), "name": pulumi.String(drainName),
		},
		"subjects": pulumi.Array{pulumi.StringMap{
			"kind": pulumi.String("ServiceAccount"), "name": pulumi.String(drainName), "namespace": pulumi.String(systemNamespace),
		}},
	}, b.kube(role, account)...)
}

// drain is the Job of one slot, named after slot and release. It begins when
// every group of the cluster is there, so that pods have somewhere to go.
func (b *builder) drain(slot spec.NodeSlot, account pulumi.Resource) (pulumi.Resource, error) {
	limit := drainLimit(slot)
	return kube.New(b.ctx, b.id("drain-"+slot.Name()), kube.Job,
		kube.Meta{
			Name: drainName + "-" + slot.Name() + "-" + objectName(slot.Release), Namespace: systemNamespace,
			// A Job that failed is made anew by the next up (facts/providers.md A6).
			Annotations: map[string]string{"pulumi.com/replaceUnready": "true"},
		},
		pulumi.Map{"spec": b.drainJob(slot, limit)},
		append(b.kube(append(slices.Clone(b.groups), account)...), pulumi.Timeouts(&pulumi.CustomTimeouts{Create: fmt.Sprintf("%ds", int(limit.Seconds()))}))...)
}

// drainLimit is for all nodes that the slot can have, one after another.
func drainLimit(slot spec.NodeSlot) time.Duration { return time.Duration(max(2, slot.Max)) * drainNode }

// drainJob evicts through the Eviction API, so budgets are respected, and
// leaves alone DaemonSets and mirror pods. The image has no shell: kubectl drain
// names the pod that stays but not the budget that keeps it, so a sidecar writes
// every change of a budget beside it.
func (b *builder) drainJob(slot spec.NodeSlot, limit time.Duration) pulumi.Map {
	budgets := b.kubectl("budgets", "get", "poddisruptionbudgets.policy", "--all-namespaces", "--watch",
		"--output=custom-columns="+strings.Join(budgetColumns, ","))
	budgets["restartPolicy"] = pulumi.String("Always") // a sidecar: it does not keep the Job from ending
	return pulumi.Map{
		"backoffLimit": pulumi.Int(0), "activeDeadlineSeconds": pulumi.Int(int(limit.Seconds())),
		"template": pulumi.Map{"spec": pulumi.Map{
			"serviceAccountName": pulumi.String(drainName), "restartPolicy": pulumi.String("Never"),
			"securityContext": pulumi.Map{
				"runAsNonRoot": pulumi.Bool(true), "runAsUser": pulumi.Int(nobody), "seccompProfile": pulumi.StringMap{"type": pulumi.String("RuntimeDefault")},
			},
			"affinity":       pulumi.Map{"nodeAffinity": pulumi.Map{"requiredDuringSchedulingIgnoredDuringExecution": pulumi.Map{"nodeSelectorTerms": elsewhere(slot)}}},
			"initContainers": pulumi.Array{budgets},
			"containers": pulumi.Array{b.kubectl("drain", "drain",
				fmt.Sprintf("--selector=%s=%s,%s=%s", groupLabel, slot.Group, slotLabel, slot.Slot),
				"--ignore-daemonsets", "--delete-emptydir-data", "--timeout="+drainNode.String())},
		}},
	}
}

// budgetColumns are what a person needs to see which budget lets nothing go.
var budgetColumns = []string{
	"NAMESPACE:.metadata.namespace", "BUDGET:.metadata.name", "ALLOWED:.status.disruptionsAllowed",
	"HEALTHY:.status.currentHealthy", "WANTED:.status.desiredHealthy",
}

// elsewhere are the nodes that are not of the slot: terms are alternatives, so
// a node of another group, or of another slot, will do.
func elsewhere(slot spec.NodeSlot) pulumi.Array {
	not := func(label, value string) pulumi.Map {
		return pulumi.Map{"matchExpressions": pulumi.Array{pulumi.Map{
			"key": pulumi.String(label), "operator": pulumi.String("NotIn"), "values": pulumi.ToStringArray([]string{value}),
		}}}
	}
	return pulumi.Array{not(groupLabel, slot.Group), not(slotLabel, slot.Slot)}
}

// kubectl is a container that runs one command. Its last lines become the
// container's message when it fails.
func (b *builder) kubectl(name string, args ...string) pulumi.Map {
	return pulumi.Map{
		"name": pulumi.String(name), "image": pulumi.String(b.args.Release.KubectlImage), "args": pulumi.ToStringArray(args),
		"resources": requests("50m", "64Mi"), "terminationMessagePolicy": pulumi.String("FallbackToLogsOnError"),
		"securityContext": pulumi.Map{
			"allowPrivilegeEscalation": pulumi.Bool(false), "readOnlyRootFilesystem": pulumi.Bool(true),
			"capabilities": pulumi.Map{"drop": pulumi.ToStringArray([]string{"ALL"})},
		},
	}
}
