// Package spec is the networks section of a stack file: plain types, defaults
// and validation, without the Pulumi SDK, so that it tests in milliseconds.
//
// WithDefaults fills in what a stack file leaves out, in one visible place.
// Validate returns every finding at once, each with its full path. What needs
// a cluster's configuration too (service CIDR, pod addressing, headroom) is
// judged in stacks/config, with the helpers Blocks, HasPodSubnets and Layout
// from here and the proof from components/network/plan.
package spec
