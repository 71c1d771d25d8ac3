package local

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/blang/semver"
	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// Kind of a property's value.
type Kind int

// Kinds of values.
const (
	String Kind = iota
	Number
	Bool
	List
	Object
)

// Property is one input.
type Property struct {
	Kind     Kind
	Required bool
	// Default is written by Check when the program gives nothing; nil writes nothing.
	Default any
	// InPlace inputs change without a replacement.
	InPlace bool
	Secret  bool
}

// Resource is one type.
type Resource struct {
	Properties map[string]Property
	// Outputs are the computed properties, unknown in a preview.
	Outputs []string
	// Secrets are outputs that are always secret.
	Secrets []string
	// Create makes the outputs; inputs are plain JSON values.
	Create func(c Call) (id string, outputs map[string]any, err error)
	// Expired asks for a replacement even when no input changed; nil never does.
	Expired func(state map[string]any, now time.Time) bool
	// Update recomputes outputs after an in-place change; nil keeps them.
	Update func(inputs, state map[string]any, now time.Time) map[string]any
}

// Call is what Create sees.
type Call struct {
	URN    string
	Inputs map[string]any
	Now    time.Time
	// Entropy is a stream of bytes that depends on the seed, the URN and how often that URN was created.
	Entropy *Stream
}

// Provider serves a table of resources.
type Provider struct {
	plugin.UnimplementedProvider
	pkg       string
	version   semver.Version
	deps      deps.Deps
	resources map[string]Resource
}

// New makes a provider of a package.
func New(pkg, version string, d deps.Deps, resources map[string]Resource) *Provider {
	return &Provider{pkg: pkg, version: semver.MustParse(version), deps: d, resources: resources}
}

func (p *Provider) Pkg() tokens.Package { return tokens.Package(p.pkg) }

func (p *Provider) Close() error { return nil }

func (p *Provider) Handshake(context.Context, plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true, AcceptResources: true, AcceptOutputs: true}, nil
}

func (p *Provider) Attach(string) error { return nil }

func (p *Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &p.version}, nil
}

func (p *Provider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	return plugin.GetSchemaResponse{Schema: []byte(fmt.Sprintf(`{"name":%q,"version":%q}`, p.pkg, p.version))}, nil
}

// CheckConfig refuses configuration: these packages have next to none, and none of it is simulated.
func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	var failures []plugin.CheckFailure
	for k := range req.News {
		if k != "version" && k != "pluginDownloadURL" {
			failures = append(failures, plugin.CheckFailure{Property: k, Reason: fmt.Sprintf("sandbox: configuration %q of package %s is not simulated", k, p.pkg)})
		}
	}
	return plugin.CheckConfigResponse{Properties: req.News, Failures: failures}, nil
}

func (p *Provider) DiffConfig(context.Context, plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	return plugin.DiffResult{Changes: plugin.DiffNone}, nil
}

func (p *Provider) Configure(context.Context, plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	return plugin.ConfigureResponse{}, nil
}

func (p *Provider) SignalCancellation(context.Context) error { return nil }

func (p *Provider) resource(t tokens.Type) (Resource, error) {
	r, ok := p.resources[string(t)]
	if !ok {
		return r, fmt.Errorf("sandbox: resource type %q is not simulated", t)
	}
	return r, nil
}

// Check refuses unknown, missing and mistyped properties and writes defaults.
func (p *Provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	r, err := p.resource(req.Type)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	props := req.News.Copy()
	var failures []plugin.CheckFailure
	fail := func(k, format string, args ...any) {
		failures = append(failures, plugin.CheckFailure{Property: resource.PropertyKey(k), Reason: fmt.Sprintf(format, args...)})
	}
	for k, v := range req.News {
		prop, known := r.Properties[string(k)]
		switch {
		case len(k) > 2 && k[:2] == "__": // the engine's own
		case !known:
			fail(string(k), "unknown property %q of %s", k, req.Type)
		case !fits(plain(v), prop.Kind):
			fail(string(k), "property %q of %s is a %s", k, req.Type, plain(v).TypeString())
		}
	}
	for _, k := range slices.Sorted(maps.Keys(r.Properties)) {
		prop, key := r.Properties[k], resource.PropertyKey(k)
		switch {
		case !plain(props[key]).IsNull():
			if prop.Secret && !props[key].IsSecret() {
				props[key] = resource.MakeSecret(props[key])
			}
		case prop.Required:
			fail(k, "missing required property %q of %s", k, req.Type)
		case prop.Default != nil:
			props[key] = resource.NewPropertyValue(prop.Default)
		}
	}
	return plugin.CheckResponse{Properties: props, Failures: failures}, nil
}

func plain(v resource.PropertyValue) resource.PropertyValue {
	for v.IsSecret() {
		v = v.SecretValue().Element
	}
	return v
}

func fits(v resource.PropertyValue, k Kind) bool {
	switch {
	case v.IsComputed(), v.IsOutput(), v.IsNull():
		return true
	case k == String:
		return v.IsString()
	case k == Number:
		return v.IsNumber()
	case k == Bool:
		return v.IsBool()
	case k == List:
		return v.IsArray()
	}
	return v.IsObject()
}

// Values turns inputs into JSON values without secrets.
func Values(m resource.PropertyMap) map[string]any {
	out, _ := values(resource.NewProperty(m)).(map[string]any)
	return out
}

func values(v resource.PropertyValue) any {
	v = plain(v)
	switch {
	case v.IsArray():
		out := []any{}
		for _, e := range v.ArrayValue() {
			out = append(out, values(e))
		}
		return out
	case v.IsObject():
		out := map[string]any{}
		for k, e := range v.ObjectValue() {
			if x := values(e); x != nil {
				out[string(k)] = x
			}
		}
		return out
	case v.IsComputed():
		return nil
	}
	return v.Mappable()
}

// Diff replaces on every changed input but the in-place ones, and on expiry.
func (p *Provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	r, err := p.resource(req.Type)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	result := plugin.DiffResult{Changes: plugin.DiffNone, DetailedDiff: map[string]plugin.PropertyDiff{}}
	add := func(k string, kind plugin.DiffKind, replace, input bool) {
		result.Changes = plugin.DiffSome
		result.ChangedKeys = append(result.ChangedKeys, resource.PropertyKey(k))
		if replace {
			kind = kind.AsReplace()
			result.ReplaceKeys = append(result.ReplaceKeys, resource.PropertyKey(k))
		}
		result.DetailedDiff[k] = plugin.PropertyDiff{Kind: kind, InputDiff: input}
	}
	old, new := Values(req.OldInputs), Values(req.NewInputs)
	for _, k := range slices.Sorted(maps.Keys(r.Properties)) {
		o, hadOld := old[k]
		n, hasNew := new[k]
		switch {
		case req.NewInputs[resource.PropertyKey(k)].ContainsUnknowns():
			add(k, plugin.DiffUpdate, !r.Properties[k].InPlace, true)
		case !hadOld && hasNew:
			add(k, plugin.DiffAdd, !r.Properties[k].InPlace, true)
		case hadOld && !hasNew:
			add(k, plugin.DiffDelete, !r.Properties[k].InPlace, true)
		case !reflect.DeepEqual(o, n):
			add(k, plugin.DiffUpdate, !r.Properties[k].InPlace, true)
		}
	}
	if r.Expired != nil && r.Expired(Values(req.OldOutputs), p.now()) {
		add("readyForRenewal", plugin.DiffUpdate, true, false)
	}
	return result, nil
}

func (p *Provider) now() time.Time {
	var t time.Time
	p.deps.World.View(func(tx *world.Tx) { t = tx.Now() })
	return t
}

// Create generates; a preview knows only the inputs.
func (p *Provider) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	r, err := p.resource(req.Type)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	out := req.Properties.Copy()
	if req.Preview {
		for _, k := range r.Outputs {
			out[resource.PropertyKey(k)] = resource.MakeComputed(resource.NewProperty(""))
		}
		return plugin.CreateResponse{Properties: out, Status: resource.StatusOK}, nil
	}
	c := Call{URN: string(req.URN), Inputs: Values(req.Properties)}
	if err := p.deps.World.Tx(func(tx *world.Tx) error {
		c.Now, c.Entropy = tx.Now(), NewStream(tx.NewID("", string(req.URN), 64))
		return nil
	}); err != nil {
		return plugin.CreateResponse{}, err
	}
	id, computed, err := r.Create(c)
	if err != nil {
		return plugin.CreateResponse{}, fmt.Errorf("sandbox: create %s: %w", req.Type, err)
	}
	for k, v := range computed {
		value := resource.NewPropertyValue(v)
		if slices.Contains(r.Secrets, k) {
			value = resource.MakeSecret(value)
		}
		out[resource.PropertyKey(k)] = value
	}
	p.report(req.URN, req.Type, "create", id)
	return plugin.CreateResponse{ID: resource.ID(id), Properties: out, Status: resource.StatusOK}, nil
}

// latency of a local computation, in virtual time: no service is asked.
const latency = 100 * time.Millisecond

func (p *Provider) report(urn resource.URN, t tokens.Type, verb, id string) {
	p.deps.Report(deps.Operation{URN: string(urn), Verb: verb, Kind: string(t), ID: id, Service: p.pkg, Latency: latency})
}

// Update takes over in-place inputs.
func (p *Provider) Update(_ context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	r, err := p.resource(req.Type)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	out := req.OldOutputs.Copy()
	for k := range r.Properties {
		delete(out, resource.PropertyKey(k))
	}
	maps.Copy(out, req.NewInputs)
	if r.Update != nil && !req.NewInputs.ContainsUnknowns() {
		for k, v := range r.Update(Values(req.NewInputs), Values(req.OldOutputs), p.now()) {
			out[resource.PropertyKey(k)] = resource.NewPropertyValue(v)
		}
	}
	if !req.Preview {
		p.report(req.URN, req.Type, "update", string(req.ID))
	}
	return plugin.UpdateResponse{Properties: out, Status: resource.StatusOK}, nil
}

// Read returns the state as it is: there is nowhere to look.
func (p *Provider) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	if _, err := p.resource(req.Type); err != nil {
		return plugin.ReadResponse{}, err
	}
	if len(req.State) == 0 {
		return plugin.ReadResponse{}, fmt.Errorf("sandbox: %s cannot be imported: it exists only in the state that made it", req.Type)
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: req.ID, Inputs: req.Inputs, Outputs: req.State}, Status: resource.StatusOK}, nil
}

// Delete forgets.
func (p *Provider) Delete(_ context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	if _, err := p.resource(req.Type); err != nil {
		return plugin.DeleteResponse{}, err
	}
	p.report(req.URN, req.Type, "delete", string(req.ID))
	return plugin.DeleteResponse{Status: resource.StatusOK}, nil
}

// Stream is an endless deterministic sequence of bytes: SHA-256 in counter mode.
type Stream struct {
	key     []byte
	counter uint64
	rest    []byte
}

// NewStream starts a sequence.
func NewStream(key string) *Stream { return &Stream{key: []byte(key)} }

// Read fills b; it never fails.
func (s *Stream) Read(b []byte) (int, error) {
	for n := 0; n < len(b); {
		if len(s.rest) == 0 {
			sum := sha256.Sum256(binary.BigEndian.AppendUint64(slices.Clone(s.key), s.counter))
			s.rest, s.counter = sum[:], s.counter+1
		}
		c := copy(b[n:], s.rest)
		s.rest, n = s.rest[c:], n+c
	}
	return len(b), nil
}

// Bytes returns the next n bytes.
func (s *Stream) Bytes(n int) []byte {
	b := make([]byte, n)
	if _, err := s.Read(b); err != nil {
		panic("local: a stream never ends: " + err.Error())
	}
	return b
}

// Intn returns a number in [0, n), n at most 256.
func (s *Stream) Intn(n int) int {
	limit := 256 - 256%n // no bias
	for {
		if b := int(s.Bytes(1)[0]); b < limit {
			return b % n
		}
	}
}
