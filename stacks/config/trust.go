package config

import (
	"time"

	"github.com/ladder-platform/ladder/internal/finding"
)

// validateTrust: who can read the state of a stack can be everybody in a mesh
// whose root key lies in it, so past dev no root does.
func (s Stack) validateTrust() finding.List {
	var out finding.List
	if s.Mesh != nil && s.Mesh.CA != nil && s.Mesh.CA.Development() && (s.Environment.Stage == Stg || s.Environment.Stage == Prd) {
		out.Add("mesh.ca.roots", "name a root in AWS Private CA by its ARN", "a development root has its key in the state of the stack, which is not for %s", s.Environment.Stage)
	}
	return out
}

// Expiry is what the calendar has against the certificates of the mesh.
func (s Stack) Expiry(on time.Time) finding.List {
	if s.Mesh == nil || s.Mesh.CA == nil {
		return nil
	}
	return s.Mesh.CA.Expiry("mesh.ca", on)
}
