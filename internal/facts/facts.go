package facts

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"
)

//go:embed data/platform.json
var platformJSON []byte

//go:embed data/prices.json
var pricesJSON []byte

// Confidence says how far a fact can be trusted.
type Confidence string

const (
	// High: a primary source was read.
	High Confidence = "high"
	// Medium: real third-party evidence, or an older primary source.
	Medium Confidence = "medium"
	// Low: derived or unverified; configuration can override it.
	Low Confidence = "low"
)

// Origin is where a fact comes from.
type Origin struct {
	Source     string     `json:"source"`
	Confidence Confidence `json:"confidence"`
}

type platform struct {
	AsOf                string              `json:"asOf"`
	EKSVersions         []eksVersionRow     `json:"eksVersions"`
	AddonVersions       []AddonBuild        `json:"eksAddonVersions"`
	APIRemovals         []APIRemoval        `json:"apiRemovals"`
	InstanceTypes       map[string]eniLimit `json:"instanceTypes"`
	InstanceTypesSource sourceNote          `json:"instanceTypesSource"`
	Quotas              []QuotaFact         `json:"quotas"`
	Latencies           []latencyRow        `json:"latencies"`
	NameRules           []NameRule          `json:"nameRules"`
}

type sourceNote struct {
	Note       string     `json:"note"`
	Source     string     `json:"source"`
	Confidence Confidence `json:"confidence"`
}

// load parses the embedded files once. They are part of the binary, so a
// mistake in them is a mistake of the build and panics in every test.
var load = sync.OnceValues(func() (platform, prices) {
	var p platform
	strict("platform.json", platformJSON, &p)
	var q prices
	strict("prices.json", pricesJSON, &q)
	return p, q
})

func strict(name string, data []byte, into any) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		panic(fmt.Sprintf("facts: embedded %s: %v", name, err))
	}
}

// AsOf is the date of the facts, for example "2026-11-21".
func AsOf() string {
	p, _ := load()
	return p.AsOf
}
