//go:build trials

package rig

// Trials says whether the tag trials is set.
const Trials = true
