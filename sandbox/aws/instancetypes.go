package aws

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/ladder-platform/ladder/internal/facts"
)

// architecture of an instance type in EC2's words; "" for a type that facts do
// not know.
func architecture(instanceType string) string {
	t, ok := facts.InstanceType(instanceType)
	switch {
	case ok && t.Arch == facts.ARM64:
		return "arm64"
	case ok:
		return "x86_64"
	case burstableBelowFacts[instanceType] != "":
		return burstableBelowFacts[instanceType]
	}
	return ""
}

// burstableBelowFacts are the small types that a bastion has and no node can
// use, which facts leave out. Source: EC2 instance types, T3 and T4g, read 2026-11.
var burstableBelowFacts = map[string]string{
	"t3.nano": "x86_64", "t3.micro": "x86_64", "t4g.nano": "arm64", "t4g.micro": "arm64",
}

// hash is n hex digits that follow from text.
func hash(text string, n int) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])[:n]
}
