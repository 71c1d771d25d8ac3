// Package schema knows the shape of a provider's resources: which properties a
// type has, of which type they are, which are required and which cannot change
// without a replacement. Check and Diff answer from it what the bridged
// provider would answer, so that a typo or a wrong type never gets past the
// sandbox.
//
// The data is the official package schema of pulumi-aws (v6), cut down to what
// Check and Diff need; data/README.md says how to make it again. Types that the
// cut lacks are in data/extra.json with their source, and values that the
// schema's types do not express (enumerations) in data/enums.json.
//
// Not modelled: provider-side validation that needs code (it lives in the rules
// of sandbox/aws), and computed defaults.
package schema
