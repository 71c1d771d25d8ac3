package kube

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/api/validation/path"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
)

// decode is the server's strict decoding: unknown and duplicate fields and wrong types are refused.
func (a *api) decode(gvk schema.GroupVersionKind, obj map[string]any) error {
	if !scheme.Recognizes(gvk) {
		return a.decodeCustom(gvk, obj)
	}
	_, err := typed(gvk, obj)
	if err == nil || !a.rules.On(ruleKnownFields) {
		return nil
	}
	return apierrors.NewBadRequest(ruleKnownFields.Errorf(gvk.Kind, gvk.Version, gvk.Kind, decodingText(err)).Error())
}

// decodingText removes what the serializer says and the server does not.
func decodingText(err error) string {
	return strings.ReplaceAll(err.Error(), "\n", ", ")
}

func typed(gvk schema.GroupVersionKind, obj map[string]any) (runtime.Object, error) {
	full := clone(obj)
	full["apiVersion"], full["kind"] = gvk.GroupVersion().String(), gvk.Kind
	raw, err := json.Marshal(full)
	if err != nil {
		return nil, fmt.Errorf("marshal %s: %w", gvk.Kind, err)
	}
	out, _, err := strict.Decode(raw, &gvk, nil)
	return out, err
}

// nameRules are the kinds whose names are not DNS subdomains. Source: k8s.io/kubernetes pkg/apis/*/validation, 1.36.
func nameRule(gvk schema.GroupVersionKind) validation.ValidateNameFunc {
	switch gvk.Kind {
	case "Namespace":
		return validation.ValidateNamespaceName
	case "Service":
		if gvk.Group == "" {
			return validation.NameIsDNS1035Label
		}
	case "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding":
		//lint:ignore SA1019 the API server itself validates these names by it
		return func(name string, prefix bool) []string { return path.ValidatePathSegmentName(name, prefix) }
	}
	return validation.NameIsDNSSubdomain
}

// validate checks names, labels and annotations with the upstream functions, and the parts of specs that people get wrong.
func (a *api) validate(gvk schema.GroupVersionKind, obj map[string]any) error {
	name := nested.Text(obj, "metadata", "name")
	if a.rules.On(ruleMetadata) {
		raw, err := json.Marshal(map[string]any{"metadata": obj["metadata"]})
		if err != nil {
			return fmt.Errorf("marshal the metadata of %s: %w", gvk.Kind, err)
		}
		var partial metav1.PartialObjectMetadata
		if err := json.Unmarshal(raw, &partial); err != nil {
			return apierrors.NewBadRequest(err.Error())
		}
		namespaced := a.namespaced(gvk)
		if !namespaced {
			partial.Namespace = ""
		}
		if errs := validation.ValidateObjectMeta(&partial.ObjectMeta, namespaced, nameRule(gvk), field.NewPath("metadata")); len(errs) > 0 {
			return apierrors.NewInvalid(gvk.GroupKind(), name, errs)
		}
	}
	if !a.rules.On(ruleSpec) || !scheme.Recognizes(gvk) {
		return nil
	}
	decoded, err := typed(gvk, obj)
	if err != nil {
		return nil // kube.known-fields is off, or has already refused
	}
	if errs := validateSpec(decoded); len(errs) > 0 {
		return apierrors.NewInvalid(gvk.GroupKind(), name, errs)
	}
	return nil
}

// validateSpec is the part of k8s.io/kubernetes validation that a program can get wrong without a type error.
func validateSpec(obj runtime.Object) field.ErrorList {
	spec := field.NewPath("spec")
	switch o := obj.(type) {
	case *appsv1.Deployment:
		return validateWorkload(o.Spec.Selector, &o.Spec.Template, spec)
	case *appsv1.StatefulSet:
		return validateWorkload(o.Spec.Selector, &o.Spec.Template, spec)
	case *appsv1.DaemonSet:
		return validateWorkload(o.Spec.Selector, &o.Spec.Template, spec)
	case *batchv1.Job:
		return validateJob(&o.Spec.Template, spec)
	case *batchv1.CronJob:
		errs := validateJob(&o.Spec.JobTemplate.Spec.Template, spec.Child("jobTemplate", "spec"))
		if o.Spec.Schedule == "" {
			errs = append(errs, field.Required(spec.Child("schedule"), ""))
		}
		return errs
	case *corev1.Pod:
		return validatePod(&o.Spec, spec)
	case *corev1.Service:
		return validateService(o, spec)
	case *corev1.PersistentVolumeClaim:
		return validateClaim(o, spec)
	}
	return nil
}

func validateWorkload(selector *metav1.LabelSelector, template *corev1.PodTemplateSpec, spec *field.Path) field.ErrorList {
	var errs field.ErrorList
	if selector == nil || len(selector.MatchLabels)+len(selector.MatchExpressions) == 0 {
		errs = append(errs, field.Required(spec.Child("selector"), ""))
	} else if s, err := metav1.LabelSelectorAsSelector(selector); err != nil {
		errs = append(errs, field.Invalid(spec.Child("selector"), selector, "invalid label selector"))
	} else if !s.Matches(labels.Set(template.Labels)) {
		errs = append(errs, field.Invalid(spec.Child("template", "metadata", "labels"), template.Labels, "`selector` does not match template `labels`"))
	}
	if r := template.Spec.RestartPolicy; r != "" && r != corev1.RestartPolicyAlways {
		errs = append(errs, field.NotSupported(spec.Child("template", "spec", "restartPolicy"), r, []corev1.RestartPolicy{corev1.RestartPolicyAlways}))
	}
	return append(errs, validatePod(&template.Spec, spec.Child("template", "spec"))...)
}

func validateJob(template *corev1.PodTemplateSpec, spec *field.Path) field.ErrorList {
	var errs field.ErrorList
	switch r := template.Spec.RestartPolicy; r {
	case corev1.RestartPolicyNever, corev1.RestartPolicyOnFailure:
	case "":
		errs = append(errs, field.Required(spec.Child("template", "spec", "restartPolicy"), `valid values: "OnFailure", "Never"`))
	default:
		errs = append(errs, field.NotSupported(spec.Child("template", "spec", "restartPolicy"), r,
			[]corev1.RestartPolicy{corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever}))
	}
	return append(errs, validatePod(&template.Spec, spec.Child("template", "spec"))...)
}

func validatePod(pod *corev1.PodSpec, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	if len(pod.Containers) == 0 {
		return field.ErrorList{field.Required(at.Child("containers"), "")}
	}
	volumes := map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = true
	}
	seen := map[string]bool{}
	for i, c := range pod.Containers {
		p := at.Child("containers").Index(i)
		switch {
		case c.Name == "":
			errs = append(errs, field.Required(p.Child("name"), ""))
		case seen[c.Name]:
			errs = append(errs, field.Duplicate(p.Child("name"), c.Name))
		}
		seen[c.Name] = true
		if c.Image == "" {
			errs = append(errs, field.Required(p.Child("image"), ""))
		}
		for j, m := range c.VolumeMounts {
			if !volumes[m.Name] {
				errs = append(errs, field.NotFound(p.Child("volumeMounts").Index(j).Child("name"), m.Name))
			}
		}
		for _, r := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
			request, limit := c.Resources.Requests[r], c.Resources.Limits[r]
			if _, ok := c.Resources.Limits[r]; ok && request.Cmp(limit) > 0 {
				errs = append(errs, field.Invalid(p.Child("resources", "requests"), request.String(),
					fmt.Sprintf("must be less than or equal to %s limit of %s", r, limit.String())))
			}
		}
	}
	return errs
}

func validateService(s *corev1.Service, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	if len(s.Spec.Ports) == 0 && s.Spec.ClusterIP != "None" && s.Spec.Type != corev1.ServiceTypeExternalName {
		errs = append(errs, field.Required(at.Child("ports"), ""))
	}
	for i, p := range s.Spec.Ports {
		if p.Port < 1 || p.Port > 65535 {
			errs = append(errs, field.Invalid(at.Child("ports").Index(i).Child("port"), p.Port, "must be between 1 and 65535, inclusive"))
		}
		if p.Name == "" && len(s.Spec.Ports) > 1 {
			errs = append(errs, field.Required(at.Child("ports").Index(i).Child("name"), ""))
		}
	}
	return errs
}

func validateClaim(c *corev1.PersistentVolumeClaim, at *field.Path) field.ErrorList {
	var errs field.ErrorList
	if len(c.Spec.AccessModes) == 0 {
		errs = append(errs, field.Required(at.Child("accessModes"), "at least 1 access mode is required"))
	}
	if _, ok := c.Spec.Resources.Requests[corev1.ResourceStorage]; !ok {
		errs = append(errs, field.Required(at.Child("resources").Key(string(corev1.ResourceStorage)), ""))
	}
	return errs
}

// frozen are fields that the API server does not let change, beyond what the provider's table replaces.
// Source: k8s.io/kubernetes 1.36 ValidateUpdate of each kind.
var frozen = map[string]struct {
	fields []string
	text   string
}{
	"apps/Deployment":                              {[]string{"spec.selector"}, "field is immutable"},
	"apps/DaemonSet":                               {[]string{"spec.selector"}, "field is immutable"},
	"apps/StatefulSet":                             {[]string{"spec.selector", "spec.serviceName", "spec.podManagementPolicy", "spec.volumeClaimTemplates"}, "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"},
	"batch/Job":                                    {[]string{"spec.selector", "spec.template", "spec.completions"}, "field is immutable"},
	"storage.k8s.io/StorageClass":                  {[]string{"parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"}, "updates to %s are forbidden."},
	"/PersistentVolumeClaim":                       {[]string{"spec.accessModes", "spec.storageClassName", "spec.volumeName", "spec.selector", "spec.volumeMode"}, "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"},
	"scheduling.k8s.io/PriorityClass":              {[]string{"value", "preemptionPolicy"}, "may not be changed in an update."},
	"rbac.authorization.k8s.io/RoleBinding":        {[]string{"roleRef"}, "cannot change roleRef"},
	"rbac.authorization.k8s.io/ClusterRoleBinding": {[]string{"roleRef"}, "cannot change roleRef"},
	"networking.k8s.io/IngressClass":               {[]string{"spec.controller"}, "field is immutable"},
	"/Secret":                                      {[]string{"type"}, "field is immutable"},
}

// immutable refuses changes of what a server keeps as it was created.
func (a *api) immutable(gvk schema.GroupVersionKind, old, new map[string]any) error {
	if !a.rules.On(ruleImmutable) {
		return nil
	}
	var errs field.ErrorList
	f := frozen[gvk.Group+"/"+gvk.Kind]
	for _, p := range f.fields {
		keys := strings.Split(p, ".")
		if sameJSON(nested.At(old, keys...), nested.At(new, keys...)) {
			continue
		}
		fp, detail := field.NewPath(keys[0], keys[1:]...), f.text
		if strings.Contains(detail, "%s") {
			errs = append(errs, field.Forbidden(fp, fmt.Sprintf(detail, keys[len(keys)-1])))
		} else {
			errs = append(errs, field.Invalid(fp, nested.At(new, keys...), detail))
		}
	}
	if isImmutable, _ := old["immutable"].(bool); isImmutable && (gvk.Kind == "ConfigMap" || gvk.Kind == "Secret") {
		for _, k := range []string{"data", "binaryData", "immutable"} {
			if !sameJSON(old[k], new[k]) {
				errs = append(errs, field.Forbidden(field.NewPath(k), "field is immutable when `immutable` is set"))
			}
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return apierrors.NewInvalid(gvk.GroupKind(), nested.Text(new, "metadata", "name"), errs)
}

func sameJSON(a, b any) bool {
	if a == nil || b == nil {
		return emptyJSON(a) && emptyJSON(b)
	}
	return reflect.DeepEqual(a, b)
}

func emptyJSON(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case map[string]any:
		return len(x) == 0
	case []any:
		return len(x) == 0
	case string:
		return x == ""
	}
	return false
}
