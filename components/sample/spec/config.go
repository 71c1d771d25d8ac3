package spec

import (
	"regexp"

	"github.com/ladder-platform/ladder/internal/finding"
)

// What the sample is called in every cluster, and where it listens.
const (
	// Namespace of the mesh that holds it, and the name of its service.
	Namespace = "sample"
	Service   = "sample"
	// ServicePort is the service's, Port the pods': above 1023, so that a user
	// who is not root may listen on it.
	ServicePort = 80
	Port        = 9376
	// Gateway of the mesh that its requests come through.
	Gateway = "application"
)

// Image answers every request with the name of its pod, and does nothing else
// (its command serve-hostname; others of the same image run what they are told,
// and must never stand behind a public host). It is built for amd64 and arm64.
// Source: kubernetes/kubernetes v1.36.3, test/utils/image/manifest.go and
// test/images/agnhost/serve-hostname, read 2026-11.
const Image = "registry.k8s.io/e2e-test-images/agnhost:2.63.0"

// What a pod asks for, in thousandths of a core and MiB: what the image was seen
// to need, with room, because it holds one string.
const (
	CPU         = 10
	Memory      = 32
	MemoryLimit = 64
)

// Limits of the number of pods: one cannot survive the drain of its node, and
// more than ten is no sample.
const (
	defaultReplicas = 2
	minReplicas     = 2
	maxReplicas     = 10
)

// Config is the sample section of a stack: a small application behind one host,
// so that the first up ends with a URL that answers. Config: sample.
type Config struct {
	// Host that the sample answers under: the edge's domain, or a name below it
	// that no other entry has. Config: sample.host.
	Host string `json:"host"`
	// Image in place of the built-in one, with a tag or digest; it must answer HTTP
	// on port 9376 when started as "serve-hostname". For accounts whose nodes
	// reach a mirror only. Config: sample.image.
	Image string `json:"image,omitempty"`
	// Replicas is the number of pods, 2 to 10; 0 means 2. Config: sample.replicas.
	Replicas int `json:"replicas,omitempty"`
}

// WithDefaults is the configuration with what a stack file may leave out.
func (c Config) WithDefaults() Config {
	if c.Image == "" {
		c.Image = Image
	}
	if c.Replicas == 0 {
		c.Replicas = defaultReplicas
	}
	return c
}

// hostPattern is a DNS name of at least two labels, in lower case.
var hostPattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$`)

// imagePattern is an image with a tag or a digest.
var imagePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._:/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})$`)

// latest is the tag that moves.
var latest = regexp.MustCompile(`:latest$`)

// Validate returns every finding about the section itself.
func (c Config) Validate(path string) finding.List {
	var out finding.List
	switch {
	case c.Host == "":
		out.Add(path+".host", "name the host that the sample answers under, for example hello.dev.example.com", "is missing")
	case len(c.Host) > 253 || !hostPattern.MatchString(c.Host):
		out.Add(path+".host", "use a DNS name in lower case such as hello.dev.example.com, without scheme and path", "%q is not a host name", c.Host)
	}
	switch {
	case c.Image == "":
	case latest.MatchString(c.Image):
		out.Add(path+".image", "name a version", "%q moves: nobody knows which version runs", c.Image)
	case !imagePattern.MatchString(c.Image):
		out.Add(path+".image", "use registry/name:tag, or a digest", "%q names no version of an image", c.Image)
	}
	if c.Replicas != 0 && (c.Replicas < minReplicas || c.Replicas > maxReplicas) {
		out.Add(path+".replicas", "use 2 to 10", "%d pods: one cannot survive the drain of its node, and more than ten is no sample", c.Replicas)
	}
	return out
}
