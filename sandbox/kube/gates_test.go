package kube

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// behindABalancer is a service in namespace in behind a binding. The namespace
// has the labels, the controller the values.
func behindABalancer(b *bench, labels, values m) {
	balancedWith(b, values)
	b.must(typeNamespace, "in", m{"metadata": m{"name": "in", "labels": labels}})
	b.must(typeService, "gateway", inGateways("gateway", m{"spec": m{"selector": m{"app": "gateway"}, "ports": []any{m{"port": 80}}}}))
	b.must(typeBinding, "gateway", inGateways("gateway", m{"spec": bindingInputs("gateway", nil)["spec"]}))
	b.must(typeBudget, "gateway", inGateways("gateway", m{"spec": m{"minAvailable": 1, "selector": m{"matchLabels": m{"app": "gateway"}}}}))
}

func inGateways(name string, more m) m {
	return with(m{"metadata": m{"name": name, "namespace": "in"}}, more)
}

func gatewayPods() m {
	return inGateways("gateway", m{"spec": deploymentInputs("gateway", 2, "10m")["spec"]})
}

// gatewayOn puts the two pods where the test wants them.
func gatewayOn(b *bench, nodes ...string) {
	b.tx(func(tx *world.Tx) {
		a := b.inside.open(tx, endpoint)
		p := a.schedule()
		p["kube:apps/v1/Deployment in/gateway"].nodes = nodes
		a.bind(p)
	})
}

func balancedWith(b *bench, values m) {
	b.put(kindTargetGroup, groupARN, m{"arn": groupARN, "vpcId": "vpc-1"})
	b.must(tokenRelease, "lbc", chartRelease("aws-load-balancer-controller", "aws-load-balancer-controller", "https://aws.github.io/eks-charts", "3.5.0",
		with(m{"clusterName": "prd"}, values)))
}

func failing() m { return m{"podMutatorWebhookConfig": m{"failurePolicy": "Fail"}} }

func init() {
	maps.Copy(ruleCases, map[string]struct {
		want string
		do   func(b *bench) error
	}{
		"kube.readiness-gate": {
			`failed calling webhook "mpod.elbv2.k8s.aws": failed to call webhook: Post "https://aws-load-balancer-webhook-service.kube-system.svc:443/mutate-v1-pod?timeout=10s": no endpoints available for service "aws-load-balancer-webhook-service"`,
			func(b *bench) error {
				behindABalancer(b, m{gateLabel: "enabled"}, with(failing(), m{"nodeSelector": m{"zone": "za"}}))
				b.drop("kube:v1/Node", endpoint, "a")
				return b.apply(typeDeployment, "gateway", gatewayPods())
			},
		},
	})
}

// TestWithoutAGateADrainEmptiesATargetGroup: both pods of a node go one after
// the other, each within its budget. Only with the gate does the second
// wait until the load balancer sends to the first one's successor.
func TestWithoutAGateADrainEmptiesATargetGroup(t *testing.T) {
	for _, c := range []struct {
		name   string
		labels m
		want   []string
	}{
		{"with the label", m{gateLabel: "enabled"}, []string{
			"0s: 1 of 2 ready, 1 healthy, gated", "1m0s: 2 of 2 ready, 2 healthy, gated",
			"1m0s: 1 of 2 ready, 1 healthy, gated", "2m0s: 2 of 2 ready, 2 healthy, gated",
		}},
		{"without it", nil, []string{
			"0s: 1 of 2 ready, 1 healthy", "30s: 2 of 2 ready, 1 healthy",
			"30s: 1 of 2 ready, 0 healthy", "1m0s: 2 of 2 ready, 1 healthy",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			drainAccount(b)
			behindABalancer(b, c.labels, failing())
			b.must(typeDeployment, "gateway", gatewayPods())
			gatewayOn(b, "a", "a")
			var seen []string
			b.inside.Listen(func(s Sample) {
				for _, w := range s.Workloads {
					if w.ID != "in/gateway" || !w.Bound {
						continue
					}
					line := fmt.Sprintf("%v: %d of %d ready, %d healthy", s.At, w.Ready, w.Desired, w.Healthy)
					if w.Gated {
						line += ", gated"
					}
					seen = append(seen, line)
				}
			})
			b.must(typeJob, "drain", drainInputs())
			if diff := cmp.Diff(c.want, seen); diff != "" {
				t.Errorf("samples (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAPodThatRunsNeedsNoGate: the webhook is asked at creation only.
func TestAPodThatRunsNeedsNoGate(t *testing.T) {
	b := newBench(t)
	behindABalancer(b, m{gateLabel: "enabled"}, with(failing(), m{"nodeSelector": m{"zone": "za"}}))
	b.must(typeDeployment, "gateway", gatewayPods())
	gatewayOn(b, "a", "b")
	b.drop("kube:v1/Node", endpoint, "a") // with the controller
	b.node("c", nil)
	b.world.View(func(tx *world.Tx) {
		for _, w := range Running(tx, endpoint) {
			if w.ID == "in/gateway" && w.Ready != 1 {
				t.Errorf("%d pods run, want the one that was on node b: the other one's successor is refused", w.Ready)
			}
		}
	})
}

func TestTheGateIsForPodsBehindABinding(t *testing.T) {
	for _, c := range []struct {
		name         string
		labels, spec m
		bound, gated bool
	}{
		{name: "a labelled namespace", labels: m{gateLabel: "enabled"}, bound: true, gated: true},
		{name: "a namespace without the label", bound: true},
		{name: "the label with another value", labels: m{gateLabel: "true"}, bound: true},
		{name: "another service", labels: m{gateLabel: "enabled"}, spec: m{"serviceRef": m{"name": "other", "port": 80.}}},
		{name: "nodes as targets", labels: m{gateLabel: "enabled"}, spec: m{"targetType": "instance"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			balancedWith(b, nil)
			b.must(typeNamespace, "in", m{"metadata": m{"name": "in", "labels": c.labels}})
			for _, name := range []string{"gateway", "other"} {
				b.must(typeService, name, inGateways(name, m{"spec": m{"selector": m{"app": name}, "ports": []any{m{"port": 80}}}}))
			}
			b.must(typeBinding, "gateway", inGateways("gateway", m{"spec": bindingInputs("gateway", c.spec)["spec"]}))
			b.must(typeDeployment, "gateway", gatewayPods())
			b.world.View(func(tx *world.Tx) {
				for _, w := range Running(tx, endpoint) {
					if w.ID == "in/gateway" && (w.Bound != c.bound || w.Gated != c.gated) {
						t.Errorf("bound %v, gated %v; want %v, %v", w.Bound, w.Gated, c.bound, c.gated)
					}
				}
			})
		})
	}
}

func TestAControllerThatIsAwayLetsPodsByUnlessItsWebhookFails(t *testing.T) {
	b := newBench(t)
	behindABalancer(b, m{gateLabel: "enabled"}, m{"nodeSelector": m{"zone": "za"}})
	b.drop("kube:v1/Node", endpoint, "a")
	if err := b.apply(typeDeployment, "gateway", gatewayPods()); err != nil && strings.Contains(err.Error(), gateHook) {
		t.Errorf("failurePolicy is Ignore by default, got %v", err)
	}
}
