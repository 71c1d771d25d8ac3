package routes

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// Object is a Kubernetes object that a table becomes.
type Object struct {
	APIVersion, Kind string
	Namespace, Name  string
	// Role is what the object is for, unique in a rendering: the part of a
	// logical name that never moves when the table is reordered.
	Role string
	Spec any
}

// Fields is the spec as plain maps and lists, as a manifest has it.
func (o Object) Fields() (map[string]any, error) {
	b, err := json.Marshal(o.Spec)
	if err != nil {
		return nil, fmt.Errorf("%s %s: encode: %w", o.Kind, o.Name, err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("%s %s: decode: %w", o.Kind, o.Name, err)
	}
	return out, nil
}

// Gateway is where a table is bound to: the pods of one ingress gateway.
type Gateway struct {
	// Name of the entrance: application or management.
	Name string
	// Namespace and Service of the mesh's gateway; all objects lie in Namespace.
	Namespace, Service string
	// Labels of its pods.
	Labels map[string]string
	// HTTPPort and HTTPSPort are the ports of Service.
	HTTPPort, HTTPSPort int
	// Secret with the certificate, where the gateway ends TLS; empty behind an
	// ALB, which has ended it already.
	Secret string
}

// object is the name of the entrance's gateway object.
func (g Gateway) object() string { return "edge-" + g.Name }

// maxName keeps names within a DNS label (RFC 1123).
const maxName = 63

// slug makes a DNS name, with more behind it, the name of an object. Two names
// never make the same one: a dot becomes one hyphen, a hyphen two, a wildcard's
// star a word and three. What does not fit is replaced by a digest.
func slug(host string, more ...string) string {
	name := strings.ReplaceAll(strings.ReplaceAll(host, "-", "--"), ".", "-")
	name = strings.Replace(name, "*-", "wildcard---", 1)
	text := strings.Join(append([]string{name}, more...), "-")
	if len(text) <= maxName {
		return text
	}
	return strings.TrimRight(text[:maxName-9], "-") + "-" + digest(text)
}

// digest is 8 hexadecimal digits of a text.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}
