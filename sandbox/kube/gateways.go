package kube

import (
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

// istiod's controller of Kubernetes Gateways: for each Gateway of its classes it
// makes a proxy, as a Deployment with a Service and an account, and an autoscaler
// and a budget where an overlay asks for them. Sources: istio.io/istio
// release-1.31, pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go and
// pkg/revisions/tag_watcher.go.

const (
	gatewayAPI   = "gateway.networking.k8s.io"
	gatewayOwner = "service:istiod/"
	overlayLabel = "gateway.istio.io/defaults-for-class"
	revLabel     = "istio.io/rev"
)

// gatewayClass is a class that istiod serves.
type gatewayClass struct {
	controller string
	// suffix of the names of what is made.
	suffix string
	// service is the Service's type unless an annotation says another.
	service string
}

var gatewayClasses = map[string]gatewayClass{
	"istio":           {"istio.io/gateway-controller", "-istio", "LoadBalancer"},
	"istio-waypoint":  {"istio.io/mesh-controller", "", "ClusterIP"},
	"istio-east-west": {"istio.io/eastwest-controller", "", "LoadBalancer"},
}

// manageGateways makes what istiod makes for Gateways, while an istiod runs.
func (a *api) manageGateways() {
	if _, served := a.crd(schema.GroupVersionKind{Group: gatewayAPI, Version: "v1", Kind: "Gateway"}); !served {
		return
	}
	var placements map[string]*placement
	for _, gw := range slices.Concat(a.list(gatewayAPI+"/v1", "Gateway"), a.list(gatewayAPI+"/v1beta1", "Gateway")) {
		class, ours := gatewayClasses[nested.Text(gw.Attrs, "spec", "gatewayClassName")]
		if !ours || nested.Text(gw.Attrs, "metadata", "deletionTimestamp") != "" || unmanaged(gw) {
			continue
		}
		if placements == nil {
			placements = a.schedule()
		}
		if !a.controlled(gw, placements) {
			continue
		}
		if wanted := a.proxyOf(gw, class); wanted != nil {
			a.own(gatewayOwner+gw.ID, wanted)
		}
	}
	if placements != nil {
		a.announceClasses()
	}
}

// announceClasses are the GatewayClasses that istiod makes when their kind is there.
func (a *api) announceClasses() {
	gvk := schema.GroupVersionKind{Group: gatewayAPI, Version: "v1", Kind: "GatewayClass"}
	if _, served := a.crd(gvk); !served {
		return
	}
	for _, name := range sorted(gatewayClasses) {
		c := plainObject(gatewayAPI+"/v1", "GatewayClass", "", name)
		c["spec"] = map[string]any{"controllerName": gatewayClasses[name].controller}
		a.ensure(c, "service:istiod")
	}
}

// unmanaged: a Gateway that names a service of its own has its proxy already.
func unmanaged(gw *world.Object) bool {
	return slices.ContainsFunc(nested.List(gw.Attrs, "spec", "addresses"), func(v any) bool {
		m, _ := v.(map[string]any)
		return nested.Text(m, "type") == "Hostname"
	})
}

// own makes the objects of one owner what they should be. An object that is as it
// should be is not touched, so that a run of the controllers changes nothing twice.
func (a *api) own(owner string, objs []map[string]any) {
	wanted := map[string]bool{}
	for _, obj := range objs {
		gv, _ := schema.ParseGroupVersion(nested.Text(obj, "apiVersion"))
		gvk := gv.WithKind(nested.Text(obj, "kind"))
		ns, name := nested.Text(obj, "metadata", "namespace"), nested.Text(obj, "metadata", "name")
		wanted[worldKind(gvk)+" "+objectID(ns, name)] = true
		if o, ok := a.find(gvk, ns, name); ok && sameJSON(o.Attrs["spec"], obj["spec"]) && sameJSON(nested.At(o.Attrs, "metadata", "labels"), nested.At(obj, "metadata", "labels")) {
			continue
		}
		a.replace(obj, owner, "")
	}
	for _, o := range a.owned(owner) {
		if !wanted[o.Kind+" "+o.ID] {
			a.remove(o)
		}
	}
}

// collectGateway takes away what hung on a Gateway that is deleted: garbage
// collection by owner references, which needs no istiod.
func (a *api) collectGateway(gw *world.Object) {
	if gvk := gvkOfWorld(gw.Kind); gvk.Group != gatewayAPI || gvk.Kind != "Gateway" {
		return
	}
	for _, o := range a.owned(gatewayOwner + gw.ID) {
		a.remove(o)
	}
}

// controlled tells whether a running istiod holds the Gateway for its own: by the
// revision or tag in the Gateway's label, else in its namespace's, else the default.
func (a *api) controlled(gw *world.Object, placements map[string]*placement) bool {
	ns, _ := splitID(gw.ID)
	selected := nested.Text(gw.Attrs, "metadata", "labels", revLabel)
	if selected == "" {
		selected = nested.Text(a.namespaceLabels(ns), revLabel)
	}
	for _, o := range a.list("apps/v1", "Deployment") {
		rev := nested.Text(o.Attrs, sandboxKey, "istiod")
		if p := placements[o.Kind+" "+o.ID]; rev == "" || p == nil || p.ready == 0 {
			continue
		}
		tags := a.tagsOf(rev)
		if slices.Contains(tags, selected) || selected == "" && a.isDefault(rev, tags) {
			return true
		}
	}
	return false
}

func (a *api) tagsOf(rev string) []string {
	out := []string{rev}
	for _, o := range a.list("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration") {
		if tag := nested.Text(o.Attrs, "metadata", "labels", "istio.io/tag"); tag != "" && nested.Text(o.Attrs, "metadata", "labels", revLabel) == rev {
			out = append(out, tag)
		}
	}
	return out
}

// isDefault: the tag "default" decides, and without one the base chart's defaultRevision.
func (a *api) isDefault(rev string, tags []string) bool {
	if slices.Contains(tags, "default") {
		return true
	}
	find := func(kind, name string) (*world.Object, bool) {
		return a.find(schema.GroupVersionKind{Group: "admissionregistration.k8s.io", Version: "v1", Kind: kind}, "", name)
	}
	if _, other := find("MutatingWebhookConfiguration", "istio-revision-tag-default"); other {
		return false
	}
	o, ok := find("ValidatingWebhookConfiguration", "istiod-default-validator")
	return ok && nested.Text(o.Attrs, "metadata", "labels", revLabel) == rev
}

// proxyOf are the objects of a Gateway's proxy; nil when the parameters that it
// names are not there or cannot be laid over it: istiod only logs that.
func (a *api) proxyOf(gw *world.Object, class gatewayClass) []map[string]any {
	ns, gwName := splitID(gw.ID)
	name := gwName + class.suffix
	overlays, ok := a.overlays(gw, ns)
	if !ok {
		return nil
	}
	labels := map[string]any{}
	for k, v := range nested.Object(gw.Attrs, "spec", "infrastructure", "labels") {
		labels[k] = v
	}
	labels["gateway.networking.k8s.io/gateway-name"] = gwName
	labels["gateway.networking.k8s.io/gateway-class-name"] = nested.Text(gw.Attrs, "spec", "gatewayClassName")
	labels["gateway.istio.io/managed"] = strings.ReplaceAll(class.controller, "/", "-")

	w := deployment(pods{namespace: ns, name: name, app: "istio-proxy", replicas: 1, cpu: "100m", memory: "128Mi", image: "istio/proxyv2", account: name})
	selecting(w, map[string]any{"gateway.networking.k8s.io/gateway-name": gwName},
		with2(with2(labels, dataPlane, "none"), "sidecar.istio.io/inject", "false"))
	nested.Object(w, "metadata")["labels"] = clone(labels)
	s := service(ns, name, "", a.serviceType(gw, class), 15021)
	nested.Object(s, "metadata")["labels"] = clone(labels)
	nested.Object(s, "spec")["ports"] = portsOf(gw)
	selecting(s, map[string]any{"gateway.networking.k8s.io/gateway-name": gwName}, nil)
	hpa := autoscaler(ns, name, 1, 1)
	delete(nested.Object(hpa, "spec"), "minReplicas")
	pdb := budgetOf(ns, name, map[string]any{"gateway.networking.k8s.io/gateway-name": gwName}, nil)

	out := []map[string]any{laidOver(serviceAccount(ns, name, nil), overlays, "serviceAccount"), laidOver(s, overlays, "service")}
	w = laidOver(w, overlays, "deployment")
	if hpa, asked := overlaid(hpa, overlays, "horizontalPodAutoscaler"); asked {
		nested.Object(w, "spec")["replicas"] = max(number(w, 1, "spec", "replicas"), number(hpa, 1, "spec", "minReplicas"))
		out = append(out, hpa)
	}
	if pdb, asked := overlaid(pdb, overlays, "podDisruptionBudget"); asked {
		out = append(out, pdb)
	}
	return append(out, w)
}

func (a *api) serviceType(gw *world.Object, class gatewayClass) string {
	if t := nested.Text(gw.Attrs, "metadata", "annotations", "networking.istio.io/service-type"); t != "" {
		return t
	}
	return class.service
}

// portsOf are the status port and one port for each listener's.
func portsOf(gw *world.Object) []any {
	out := []any{map[string]any{"name": "status-port", "port": 15021., "protocol": "TCP"}}
	seen := map[float64]bool{15021: true}
	for _, v := range nested.List(gw.Attrs, "spec", "listeners") {
		l, _ := v.(map[string]any)
		if port := number(l, 0, "port"); port > 0 && !seen[port] {
			seen[port] = true
			out = append(out, map[string]any{"name": nested.Text(l, "name"), "port": port, "protocol": "TCP"})
		}
	}
	return out
}

// overlays are the ConfigMaps laid over a proxy's objects, the class's before the
// Gateway's own. The second answer is false when the one that it names is not there.
func (a *api) overlays(gw *world.Object, namespace string) ([]map[string]any, bool) {
	var out []map[string]any
	for _, o := range a.list("v1", "ConfigMap") {
		if nested.Text(o.Attrs, "metadata", "labels", overlayLabel) == nested.Text(gw.Attrs, "spec", "gatewayClassName") {
			out = append(out, nested.Object(o.Attrs, "data"))
			break // the oldest one counts
		}
	}
	name := nested.Text(gw.Attrs, "spec", "infrastructure", "parametersRef", "name")
	if name == "" {
		return out, true
	}
	o, ok := a.find(schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}, namespace, name)
	if !ok {
		return nil, false
	}
	return append(out, nested.Object(o.Attrs, "data")), true
}

func laidOver(o map[string]any, overlays []map[string]any, key string) map[string]any {
	out, _ := overlaid(o, overlays, key)
	return out
}

// overlaid merges maps key by key and containers by name; another list in an
// overlay takes the place of the list below it, where the real merge knows more keys.
func overlaid(o map[string]any, overlays []map[string]any, key string) (map[string]any, bool) {
	asked := false
	for _, overlay := range overlays {
		written, ok := overlay[key].(string)
		if !ok {
			continue
		}
		var patch map[string]any
		if err := yaml.Unmarshal([]byte(written), &patch); err != nil {
			continue
		}
		asked = true
		o = merged(o, patch)
	}
	return o, asked
}

func merged(under, over map[string]any) map[string]any {
	out := clone(under)
	for k, v := range over {
		below, isMap := out[k].(map[string]any)
		if above, ok := v.(map[string]any); ok && isMap {
			out[k] = merged(below, above)
			continue
		}
		if k == "containers" {
			v = mergedByName(nested.List(out, k), nested.List(over, k))
		}
		out[k] = cloneAny(v)
	}
	return out
}

func mergedByName(under, over []any) []any {
	out := slices.Clone(under)
	for _, v := range over {
		above, _ := v.(map[string]any)
		i := slices.IndexFunc(out, func(b any) bool {
			below, _ := b.(map[string]any)
			return nested.Text(below, "name") == nested.Text(above, "name")
		})
		if i < 0 {
			out = append(out, v)
			continue
		}
		out[i] = merged(out[i].(map[string]any), above)
	}
	return out
}

func yamlText(v any) string {
	raw, err := yaml.Marshal(v)
	if err != nil {
		panic("kube: values of a release are JSON: " + err.Error())
	}
	return string(raw)
}
