package plan

import (
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// CheckImage answers with its pod's name, and has curl. It is what Kubernetes
// tests itself with. Source: kubernetes test/images/agnhost, VERSION 2.53 (2024-10).
const CheckImage = "registry.k8s.io/e2e-test-images/agnhost:2.53"

const (
	checkPort = 8080
	// checkAttempts of checkPauseSeconds: five minutes, in which istiod has read
	// the other cluster and the load balancer has found its targets.
	checkAttempts     = 60
	checkPauseSeconds = 5
	// nobody is the user of containers that need none.
	nobody = 65534
)

// answerer is the Deployment and Service that answer for a cluster.
func answerer(cluster string) string { return "answer-" + cluster }

// CheckObjects are what one end of a link has for the check: who answers for
// this cluster, and the name of who answers for the other one. The namespace
// with its rules is the mesh's.
func CheckObjects(link, cluster, far string) []Object {
	ns := spec.CheckNamespace(link)
	match := map[string]string{"app": answerer(cluster)}
	return []Object{
		{
			APIVersion: "apps/v1", Kind: "Deployment", Namespace: ns, Name: answerer(cluster), Labels: match, Stage: Permit,
			Body: dict{"spec": dict{
				"replicas": 1, "selector": dict{"matchLabels": labels(match)},
				"template": dict{"metadata": dict{"labels": labels(match)}, "spec": dict{
					"automountServiceAccountToken": false, "securityContext": plainUser(),
					"containers": list{dict{
						"name": "answer", "image": CheckImage, "args": texts("netexec", fmt.Sprintf("--http-port=%d", checkPort)),
						"ports": list{dict{"name": "http", "containerPort": checkPort}}, "resources": small(), "securityContext": containerSecurity(),
						"readinessProbe": dict{"httpGet": dict{"path": "/hostname", "port": checkPort}},
					}},
				}},
			}},
		},
		answerService(ns, cluster, labels(match)), answerService(ns, far, nil),
	}
}

// answerService is the name of who answers for a cluster; without a selector
// where that is the other one.
func answerService(ns, cluster string, selector dict) Object {
	body := dict{"ports": list{dict{"name": "http", "port": checkPort, "protocol": "TCP", "targetPort": checkPort, "appProtocol": "http"}}}
	if selector != nil {
		body["selector"] = selector
	}
	return Object{
		APIVersion: "v1", Kind: "Service", Namespace: ns, Name: answerer(cluster), Stage: Permit,
		Labels: map[string]string{"istio.io/global": "true"}, Body: dict{"spec": body},
	}
}

// CheckJob asks the other cluster until it answers with a pod of its own. It is
// named after the release, so that each release is checked anew.
func CheckJob(link, far, release string) Object {
	ns := spec.CheckNamespace(link)
	ask := fmt.Sprintf("for i in $(seq %d); do curl -fsS -m %d http://%s.%s.svc.cluster.local:%d/hostname | grep -q '^%s-' && exit 0; sleep %d; done; exit 1",
		checkAttempts, checkPauseSeconds, answerer(far), ns, checkPort, answerer(far), checkPauseSeconds)
	return Object{
		APIVersion: "batch/v1", Kind: "Job", Namespace: ns, Name: "ask-" + far + "-" + strings.ReplaceAll(release, ".", "-"), Stage: Permit,
		// A Job that failed is made anew by the next up (facts/providers.md A6).
		Annotations: map[string]string{"pulumi.com/replaceUnready": "true"},
		Body: dict{"spec": dict{
			"backoffLimit": 2,
			"template": dict{
				// A sidecar that is an init container ends with the Job; another one keeps it running for ever.
				"metadata": dict{"labels": dict{"app": "ask-" + far}, "annotations": dict{"sidecar.istio.io/nativeSidecar": "true"}},
				"spec": dict{
					"restartPolicy": "Never", "automountServiceAccountToken": false, "securityContext": plainUser(),
					"containers": list{dict{"name": "ask", "image": CheckImage, "command": texts("sh", "-c", ask), "resources": small(), "securityContext": containerSecurity()}},
				},
			},
		}},
	}
}

func small() dict {
	return dict{"requests": dict{"cpu": "10m", "memory": "32Mi"}, "limits": dict{"memory": "64Mi"}}
}

func plainUser() dict {
	return dict{"runAsNonRoot": true, "runAsUser": nobody, "seccompProfile": dict{"type": "RuntimeDefault"}}
}

func containerSecurity() dict {
	return dict{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": dict{"drop": texts("ALL")}}
}
