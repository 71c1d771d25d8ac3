package upgrade

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
	appsv1 "k8s.io/api/apps/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Workloads are pods' owners and the budgets that keep their pods.
type Workloads struct {
	Owners  []Owner
	Budgets []Budget
}

// Owner makes pods.
type Owner struct {
	// Kind is Deployment or StatefulSet.
	Kind, Namespace, Name string
	Replicas              int
	// Labels of its pods.
	Labels map[string]string
}

// Budget is a PodDisruptionBudget.
type Budget struct {
	Namespace, Name string
	// Says is its rule, for example "minAvailable 2".
	Says     string
	selector labels.Selector
	min, max *intstr.IntOrString
	// live is what a cluster says of it now; nil for one that was only written down.
	live *policyv1.PodDisruptionBudgetStatus
}

// ReadWorkloads reads Deployments, StatefulSets and PodDisruptionBudgets, and
// leaves out other kinds: JSON or YAML, one document or several, lists included,
// as kubectl get pdb,deployments,statefulsets -A -o json prints them.
func ReadWorkloads(r io.Reader) (Workloads, error) {
	var out Workloads
	dec := yaml.NewDecoder(r)
	for n := 1; ; n++ {
		var doc map[string]any
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return out, fmt.Errorf("document %d is not readable: %w", n, err)
		}
		items, list := doc["items"].([]any)
		if !list {
			items = []any{doc}
		}
		for i, item := range items {
			text, err := json.Marshal(item)
			if err == nil {
				err = out.Add(text)
			}
			if err != nil {
				return out, fmt.Errorf("document %d, item %d: %w", n, i+1, err)
			}
		}
	}
	if len(out.Owners)+len(out.Budgets) == 0 {
		return out, errors.New("there is no workload in it; give what kubectl get pdb,deployments,statefulsets -A -o json prints")
	}
	return out, nil
}

// Add takes one object as JSON; kinds that do not matter here are left out.
func (w *Workloads) Add(object []byte) error {
	var head struct {
		metav1.TypeMeta `json:",inline"`
	}
	if err := json.Unmarshal(object, &head); err != nil {
		return err
	}
	strictly := func(into any) error {
		if err := json.NewDecoder(bytes.NewReader(object)).Decode(into); err != nil {
			return fmt.Errorf("%s: %w", head.Kind, err)
		}
		return nil
	}
	switch head.APIVersion + " " + head.Kind {
	case "apps/v1 Deployment":
		var o appsv1.Deployment
		if err := strictly(&o); err != nil {
			return err
		}
		w.owner(head.Kind, o.ObjectMeta, o.Spec.Replicas, o.Spec.Template.Labels)
	case "apps/v1 StatefulSet":
		var o appsv1.StatefulSet
		if err := strictly(&o); err != nil {
			return err
		}
		w.owner(head.Kind, o.ObjectMeta, o.Spec.Replicas, o.Spec.Template.Labels)
	case "policy/v1 PodDisruptionBudget":
		var o policyv1.PodDisruptionBudget
		if err := strictly(&o); err != nil {
			return err
		}
		return w.budget(o)
	}
	return nil
}

func (w *Workloads) owner(kind string, meta metav1.ObjectMeta, replicas *int32, pods map[string]string) {
	n := 1
	if replicas != nil {
		n = int(*replicas)
	}
	w.Owners = append(w.Owners, Owner{kind, namespaceOf(meta), meta.Name, n, pods})
}

func (w *Workloads) budget(o policyv1.PodDisruptionBudget) error {
	b := Budget{Namespace: namespaceOf(o.ObjectMeta), Name: o.Name, min: o.Spec.MinAvailable, max: o.Spec.MaxUnavailable, Says: "no rule"}
	var err error
	if b.selector, err = metav1.LabelSelectorAsSelector(o.Spec.Selector); err != nil {
		return fmt.Errorf("PodDisruptionBudget %s/%s: %w", b.Namespace, b.Name, err)
	}
	switch {
	case b.max != nil:
		b.Says = "maxUnavailable " + b.max.String()
	case b.min != nil:
		b.Says = "minAvailable " + b.min.String()
	}
	if o.Status.ObservedGeneration > 0 {
		b.live = &o.Status
	}
	w.Budgets = append(w.Budgets, b)
	return nil
}

func namespaceOf(meta metav1.ObjectMeta) string {
	if meta.Namespace == "" {
		return "default"
	}
	return meta.Namespace
}

// pods that a budget selects, and the owners that make them.
func (w Workloads) pods(b Budget) (n int, owners []string) {
	for _, o := range w.Owners {
		if o.Namespace == b.Namespace && b.selector.Matches(labels.Set(o.Labels)) {
			n += o.Replicas
			owners = append(owners, o.Kind+" "+o.Name)
		}
	}
	return n, owners
}

// allowed is how many of so many healthy pods may go. Source: k8s.io/kubernetes
// 1.36, pkg/controller/disruption: percentages round up, both ways.
func (b Budget) allowed(pods int) int {
	switch {
	case b.max != nil:
		return min(pods, part(*b.max, pods))
	case b.min != nil:
		return max(0, pods-part(*b.min, pods))
	}
	return pods
}

func part(v intstr.IntOrString, all int) int {
	if v.Type == intstr.Int {
		return v.IntValue()
	}
	percent, err := strconv.ParseFloat(strings.TrimSuffix(v.StrVal, "%"), 64)
	if err != nil {
		return 0
	}
	return int(math.Ceil(percent * float64(all) / 100))
}

// budgets names what would stop a drain, before it begins.
func (p *planner) budgets() {
	var seen []string
	moves := slices.ContainsFunc(p.out.Runs, func(r Run) bool {
		return slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Disruption == PodsMove })
	})
	for _, key := range p.clusters() { // of others nothing moves
		w, looked := p.in.Workloads[key]
		if !looked {
			seen = append(seen, key+": not looked at")
			continue
		}
		seen = append(seen, key+": "+w.String())
		if moves {
			p.out.Findings.Join("", w.Blocking("clusters."+key))
		}
	}
	p.out.Budgets = strings.Join(seen, "; ")
}
