package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Limits of EKS managed node groups. Source: EKS API reference, CreateNodegroup
// (labels, taints), read 2026-11; reserved prefixes: aws/containers-roadmap#1451.
const (
	maxLabels   = 50
	maxTaints   = 50
	maxLabelLen = 63 // Kubernetes, "Labels and Selectors"
	maxPrefix   = 253
)

var (
	labelName   = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$`)
	labelPrefix = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$`)
	taintEffect = []string{"NoSchedule", "PreferNoSchedule", "NoExecute"}
	// reservedDomains belong to Kubernetes, EKS and Karpenter, own prefix
	// "ladder" to this program.
	reservedDomains = []string{"kubernetes.io", "k8s.io", "eks.amazonaws.com", "karpenter.sh", "ladder"}
)

func validateLabels(labels map[string]string) finding.List {
	var out finding.List
	if n := len(labels); n > maxLabels {
		out.Add("labels", "remove some", "%d labels are more than EKS takes, which is %d", n, maxLabels)
	}
	for _, key := range sortedKeys(labels) {
		at := "labels." + key
		if msg := qualifiedName(key); msg != "" {
			out.Add(at, "use for example team or example.com/team", "the label key %q %s", key, msg)
		}
		if domain, reserved := reservedDomain(key); reserved {
			out.Add(at, "use a prefix of your own", "labels of nodes under %q are reserved", domain)
		}
		if msg := labelValue(labels[key]); msg != "" {
			out.Add(at, "use letters, digits, hyphens, underscores and dots", "the value %q %s", labels[key], msg)
		}
	}
	return out
}

func validateTaints(taints []Taint) finding.List {
	var out finding.List
	if n := len(taints); n > maxTaints {
		out.Add("taints", "remove some", "%d taints are more than EKS takes, which is %d", n, maxTaints)
	}
	for i, t := range taints {
		at := index("taints", i)
		if msg := qualifiedName(t.Key); msg != "" {
			out.Add(at+".key", "use for example dedicated or example.com/dedicated", "the taint key %q %s", t.Key, msg)
		}
		if t.Key == DrainingTaint {
			out.Add(at+".key", "set the slot's state to draining", "%q is set by the slot's state", t.Key)
		}
		if msg := labelValue(t.Value); msg != "" {
			out.Add(at+".value", "use letters, digits, hyphens, underscores and dots", "the value %q %s", t.Value, msg)
		}
		if !slices.Contains(taintEffect, t.Effect) {
			out.Add(at+".effect", "use "+strings.Join(taintEffect, ", "), "%q is not known", t.Effect)
		}
		if slices.ContainsFunc(taints[:i], func(o Taint) bool { return o.Key == t.Key && o.Effect == t.Effect }) {
			out.Add(at, "remove it", "the taint %q with effect %q is listed twice", t.Key, t.Effect)
		}
	}
	return out
}

// qualifiedName says what is wrong with a Kubernetes key, "" when nothing is.
func qualifiedName(key string) string {
	prefix, name, prefixed := strings.Cut(key, "/")
	if !prefixed {
		prefix, name = "", key
	}
	switch {
	case prefixed && (len(prefix) > maxPrefix || !labelPrefix.MatchString(prefix)):
		return "has a prefix that is not a DNS name"
	case name == "":
		return "has no name"
	case len(name) > maxLabelLen:
		return fmt.Sprintf("has a name of %d characters, Kubernetes takes %d", len(name), maxLabelLen)
	case !labelName.MatchString(name):
		return "holds characters that Kubernetes refuses"
	}
	return ""
}

// labelValue says what is wrong with a value, "" when nothing is.
func labelValue(value string) string {
	switch {
	case value == "":
		return ""
	case len(value) > maxLabelLen:
		return fmt.Sprintf("has %d characters, Kubernetes takes %d", len(value), maxLabelLen)
	case !labelName.MatchString(value):
		return "holds characters that Kubernetes refuses"
	}
	return ""
}

func reservedDomain(key string) (string, bool) {
	prefix, _, prefixed := strings.Cut(key, "/")
	if !prefixed {
		return "", false
	}
	for _, domain := range reservedDomains {
		if prefix == domain || strings.HasSuffix(prefix, "."+domain) {
			return domain, true
		}
	}
	return "", false
}
