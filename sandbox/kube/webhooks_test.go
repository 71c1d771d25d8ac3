package kube

import (
	"maps"
	"strings"
	"testing"
)

const (
	typeBinding = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
	groupARN    = "arn:aws:elasticloadbalancing:ap-northeast-2:111111111111:targetgroup/app/0123456789abcdef"
)

// balanced installs the load balancer controller beside a target group.
func balanced(b *bench) {
	b.put(kindTargetGroup, groupARN, m{"arn": groupARN, "vpcId": "vpc-1"})
	b.must(tokenRelease, "lbc", chartRelease("aws-load-balancer-controller", "aws-load-balancer-controller", "https://aws.github.io/eks-charts", "3.5.0", m{"clusterName": "prd"}))
}

func bindingInputs(name string, more m) m {
	return with(inSystem(name), m{"spec": with(m{"serviceRef": m{"name": "gateway", "port": 80.}, "targetGroupARN": groupARN, "targetType": "ip", "vpcID": "vpc-1"}, more)})
}

func init() {
	maps.Copy(ruleCases, map[string]struct {
		want string
		do   func(b *bench) error
	}{
		"kube.webhook-answers": {
			`failed calling webhook "mtargetgroupbinding.elbv2.k8s.aws": failed to call webhook: Post "https://aws-load-balancer-webhook-service.kube-system.svc:443/mutate-elbv2-k8s-aws-v1beta1-targetgroupbinding?timeout=10s": no endpoints available for service "aws-load-balancer-webhook-service"`,
			func(b *bench) error {
				balanced(b)
				b.drop("kube:v1/Node", endpoint, "a")
				b.drop("kube:v1/Node", endpoint, "b")
				return b.apply(typeBinding, "x", bindingInputs("x", nil))
			},
		},
		"kube.binding-target-group": {
			"denied the request: unable to get target group VpcID: operation error Elastic Load Balancing v2: DescribeTargetGroups, api error TargetGroupNotFound: One or more target groups not found",
			func(b *bench) error {
				balanced(b)
				return b.apply(typeBinding, "x", bindingInputs("x", m{"targetGroupARN": groupARN + "0"}))
			},
		},
		"kube.binding-vpc": {
			"denied the request: invalid VpcID vpc-2 doesn't match VpcID from TargetGroup " + groupARN,
			func(b *bench) error {
				balanced(b)
				return b.apply(typeBinding, "x", bindingInputs("x", m{"vpcID": "vpc-2"}))
			},
		},
		"kube.binding-once": {
			"denied the request: TargetGroup " + groupARN + " is already bound to TargetGroupBinding kube-system/first",
			func(b *bench) error {
				balanced(b)
				b.must(typeBinding, "first", bindingInputs("first", nil))
				return b.apply(typeBinding, "x", bindingInputs("x", nil))
			},
		},
		"kube.binding-fixed": {
			"denied the request: TargetGroupBinding update may not change these fields: spec.targetType",
			func(b *bench) error {
				balanced(b)
				b.must(typeBinding, "x", bindingInputs("x", nil))
				return b.apply(typeBinding, "x", bindingInputs("x", m{"targetType": "instance"}))
			},
		},
	})
}

func TestABindingWhoseControllerIsGoneStays(t *testing.T) {
	b := newBench(t)
	balanced(b)
	b.must(typeBinding, "x", bindingInputs("x", nil))
	if err := b.remove(tokenRelease, "lbc"); err != nil {
		t.Fatal(err)
	}
	err := b.remove(typeBinding, "x")
	if err == nil || !strings.Contains(err.Error(), "elbv2.k8s.aws/resources") {
		t.Errorf("deleting the binding: %v, want its finalizer named", err)
	}
	balanced(b)
	if err := b.remove(typeBinding, "x"); err != nil || b.exists("kube:elbv2.k8s.aws/v1beta1/TargetGroupBinding", "kube-system/x") {
		t.Errorf("with the controller back: %v", err)
	}
}

func TestNoChartNoWebhook(t *testing.T) {
	b := newBench(t)
	b.must(typeCRD, "crd", definition{bindingGroup, "TargetGroupBinding", "targetgroupbindings", []string{"v1beta1"}, false}.object())
	b.must(typeBinding, "x", bindingInputs("x", nil))
}

func TestAMistypedFieldOfABindingOrIssuer(t *testing.T) {
	b := newBench(t)
	balanced(b)
	if err := b.apply(typeBinding, "x", bindingInputs("x", m{"targetGroupArn": groupARN})); err == nil || !strings.Contains(err.Error(), `unknown field "spec.targetGroupArn"`) {
		t.Errorf("a binding: %v", err)
	}
	b.must(tokenRelease, "cm", chartRelease("cert-manager", "cert-manager", "https://charts.jetstack.io", "v1.21.2", m{"crds": m{"enabled": true}}))
	issuer := m{"metadata": m{"name": "edge"}, "spec": m{"acme": m{"server": "https://acme.example.com/directory", "mail": "x@example.com", "privateKeySecretRef": m{"name": "edge"}}}}
	if err := b.apply("kubernetes:cert-manager.io/v1:ClusterIssuer", "edge", issuer); err == nil || !strings.Contains(err.Error(), `unknown field "spec.acme.mail"`) {
		t.Errorf("an issuer: %v", err)
	}
}
