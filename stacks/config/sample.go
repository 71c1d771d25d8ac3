package config

import (
	"maps"
	"slices"
	"strings"

	edge "github.com/ladder-platform/ladder/components/edge/spec"
	mesh "github.com/ladder-platform/ladder/components/mesh/spec"
	sample "github.com/ladder-platform/ladder/components/sample/spec"
	"github.com/ladder-platform/ladder/internal/finding"
)

// validateSample are the findings of the sample: its own, and whether mesh and
// edge, which it becomes an ordinary part of, have room for it.
func (s Stack) validateSample() finding.List {
	var out finding.List
	if s.Sample == nil {
		return out
	}
	out = s.Sample.Validate("sample")
	if len(out) > 0 {
		return out
	}
	host := s.Sample.Host
	switch {
	case s.Edge == nil || s.Mesh == nil:
		out.Add("sample", "add both, or remove it", "answers behind the edge, in a namespace of the mesh, and the stack has not both")
		return out
	case s.Edge.Domain.Name != "" && host != s.Edge.Domain.Name && !strings.HasSuffix(host, "."+s.Edge.Domain.Name):
		out.Add("sample.host", "use a name such as hello."+s.Edge.Domain.Name, "%q does not lie in edge.domain.name, %q", host, s.Edge.Domain.Name)
	case s.named(host) != "":
		out.Add("sample.host", "use another name, or remove one of the two", "%q is %s already", host, s.named(host))
	}
	if _, taken := s.Mesh.Namespaces[sample.Namespace]; taken {
		out.Add("mesh.namespaces."+sample.Namespace, "rename it, or remove sample", "is the sample's, which makes it itself")
	}
	if _, there := s.Mesh.Gateways[sample.Gateway]; !there {
		out.Add("sample", "add mesh.gateways."+sample.Gateway, "is reached through the mesh's gateway %q, which is not there", sample.Gateway)
	}
	if s.Environment.Stage == Prd {
		out.Warn("sample", "remove it when a host of your own answers", "is a sample, and this is prd")
	}
	return out
}

// named says where in the edge a host is in use; "" where it is free.
func (s Stack) named(host string) string {
	in := func(hosts map[string]edge.Host) bool { _, ok := hosts[host]; return ok }
	switch {
	case in(s.Edge.Application.Hosts):
		return "a host of edge.application"
	case s.Edge.Management != nil && in(s.Edge.Management.Hosts):
		return "a host of edge.management"
	case s.Edge.Application.Redirects[host] != "":
		return "a redirect of edge.application"
	}
	return ""
}

// withSample is the stack with the sample's namespace in the mesh and its host
// in the edge, as if the file had said so. s itself stays as it is.
func (s Stack) withSample() Stack {
	if s.Sample == nil || s.Edge == nil || s.Mesh == nil {
		return s
	}
	m, e := *s.Mesh, *s.Edge
	m.Namespaces, e.Application.Hosts = copied(m.Namespaces), copied(e.Application.Hosts)
	m.Namespaces[sample.Namespace] = mesh.Namespace{Gateways: []string{sample.Gateway}}
	e.Application.Hosts[s.Sample.Host] = edge.Host{Routes: []edge.Route{{
		Prefix: "/", Service: edge.Service{Namespace: sample.Namespace, Name: sample.Service, Port: sample.ServicePort},
	}}}
	s.Mesh, s.Edge = &m, &e
	return s
}

// withoutSample is the stack before withSample.
func (s Stack) withoutSample() Stack {
	if s.Sample == nil || s.Edge == nil || s.Mesh == nil {
		return s
	}
	m, e := *s.Mesh, *s.Edge
	m.Namespaces, e.Application.Hosts = copied(m.Namespaces), copied(e.Application.Hosts)
	delete(m.Namespaces, sample.Namespace)
	delete(e.Application.Hosts, s.Sample.Host)
	s.Mesh, s.Edge, s.Sample = &m, &e, nil
	return s
}

// SampleClusters are the clusters that run the sample: those that the edge leads to.
func (s Stack) SampleClusters() []string {
	if s.Sample == nil {
		return nil
	}
	return slices.Clone(s.EdgeClusters())
}

// copied is a map of one's own.
func copied[V any](m map[string]V) map[string]V {
	out := maps.Clone(m)
	if out == nil {
		out = map[string]V{}
	}
	return out
}
