package kube

import (
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	bindingGroup = "elbv2.k8s.aws"
	bindingHook  = `admission webhook "vtargetgroupbinding.elbv2.k8s.aws" denied the request: `
	bindingCode  = "aws-load-balancer-controller v3.5.0, webhooks/elbv2/targetgroupbinding_validator.go, read 2026-11"

	kindTargetGroup = "aws:lb/targetGroup:TargetGroup"
)

var (
	ruleWebhook = rule.Register(rule.Rule{Name: "kube.webhook-answers", Service: "kubernetes",
		Source: "k8s.io/apiserver 1.36, admission/plugin/webhook/errors; the webhook configurations of the named charts, failurePolicy Fail, read 2026-11",
		Text:   "Internal error occurred: failed calling webhook %q: failed to call webhook: Post %q: no endpoints available for service %q"})
	ruleBindingGroup = rule.Register(rule.Rule{Name: "kube.binding-target-group", Service: "kubernetes", Source: bindingCode,
		Text: bindingHook + "unable to get target group VpcID: operation error Elastic Load Balancing v2: DescribeTargetGroups, api error TargetGroupNotFound: One or more target groups not found"})
	ruleBindingVPC = rule.Register(rule.Rule{Name: "kube.binding-vpc", Service: "kubernetes", Source: bindingCode,
		Text: bindingHook + "invalid VpcID %s doesn't match VpcID from TargetGroup %s"})
	ruleBindingOnce = rule.Register(rule.Rule{Name: "kube.binding-once", Service: "kubernetes", Source: bindingCode,
		Text: bindingHook + "TargetGroup %s is already bound to TargetGroupBinding %s"})
	ruleBindingFixed = rule.Register(rule.Rule{Name: "kube.binding-fixed", Service: "kubernetes", Source: bindingCode,
		Text: bindingHook + "TargetGroupBinding update may not change these fields: %s"})
)

// webhook is asked before objects of an API group are stored, and refuses while
// nobody answers.
type webhook struct {
	name, service, path string
	app                 string // label of the deployment behind the service
}

// webhooks of the charts in the library, by API group. Istio's are its own.
var webhooks = map[string]webhook{
	bindingGroup: {"mtargetgroupbinding.elbv2.k8s.aws", "aws-load-balancer-webhook-service",
		"/mutate-elbv2-k8s-aws-v1beta1-targetgroupbinding?timeout=10s", "aws-load-balancer-controller"},
	"cert-manager.io": {"webhook.cert-manager.io", "cert-manager-webhook", "/validate?timeout=30s", "webhook"},
}

// asked are the webhooks of controllers that came with a chart; old is nil for
// an object that is new.
func (a *api) asked(gvk schema.GroupVersionKind, old, obj map[string]any) error {
	h, ok := webhooks[gvk.Group]
	if !ok {
		return nil
	}
	namespace := a.installed(h.app)
	if namespace == "" {
		return nil // no chart, no webhook
	}
	if !a.running(h.app) && a.rules.On(ruleWebhook) {
		url := fmt.Sprintf("https://%s.%s.svc:443%s", h.service, namespace, h.path)
		return apierrors.NewInternalError(fmt.Errorf("%s", strings.TrimPrefix(ruleWebhook.Errorf(h.name, url, h.service).Error(), "Internal error occurred: ")))
	}
	if gvk.Group == bindingGroup && gvk.Kind == "TargetGroupBinding" {
		return a.binding(old, obj)
	}
	return nil
}

// installed is the namespace of a controller's deployment, running or not.
func (a *api) installed(app string) string {
	for _, o := range a.list("apps/v1", "Deployment") {
		if nested.Text(o.Attrs, "metadata", "labels", "app.kubernetes.io/name") == app {
			return nested.Text(o.Attrs, "metadata", "namespace")
		}
	}
	return ""
}

// binding is what the load balancer controller checks of a TargetGroupBinding.
func (a *api) binding(old, obj map[string]any) error {
	arn := nested.Text(obj, "spec", "targetGroupARN")
	if old != nil {
		var changed []string
		for _, f := range []string{"targetGroupARN", "targetType", "ipAddressType", "vpcID"} {
			if was := nested.Text(old, "spec", f); was != "" && was != nested.Text(obj, "spec", f) {
				changed = append(changed, "spec."+f)
			}
		}
		if len(changed) > 0 && a.rules.On(ruleBindingFixed) {
			return denied(ruleBindingFixed, strings.Join(changed, ","))
		}
	}
	group, ok := a.tx.Get(world.Key{Kind: kindTargetGroup, Scope: a.aws, ID: arn})
	if !ok {
		if a.rules.On(ruleBindingGroup) {
			return denied(ruleBindingGroup)
		}
		return nil
	}
	if vpc := nested.Text(obj, "spec", "vpcID"); vpc != "" && vpc != nested.Text(group.Attrs, "vpcId") && a.rules.On(ruleBindingVPC) {
		return denied(ruleBindingVPC, vpc, arn)
	}
	self := objectID(nested.Text(obj, "metadata", "namespace"), nested.Text(obj, "metadata", "name"))
	for _, o := range a.list(bindingGroup+"/v1beta1", "TargetGroupBinding") {
		if o.ID != self && nested.Text(o.Attrs, "spec", "targetGroupARN") == arn && a.rules.On(ruleBindingOnce) {
			return denied(ruleBindingOnce, arn, o.ID)
		}
	}
	return nil
}

// denied is a webhook's answer, as the API server hands it on.
func denied(r *rule.Rule, args ...any) error {
	return apierrors.NewBadRequest(r.Errorf(args...).Error())
}
