package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Plane is where a workload stands in the mesh, which decides who enforces what.
type Plane string

// Planes. A namespace without a plane is not in the mesh.
const (
	PlaneSidecar  Plane = "sidecar"
	PlaneAmbient  Plane = "ambient"
	PlaneWaypoint Plane = "ambient with waypoint"
	PlaneGateway  Plane = "gateway"
	PlaneNone     Plane = "none"
)

// Planes in the order of the table.
var Planes = []Plane{PlaneSidecar, PlaneAmbient, PlaneWaypoint, PlaneGateway}

// Enforcer is what makes a setting come true.
type Enforcer string

// Enforcers.
const (
	BySidecar       Enforcer = "sidecar"
	ByZtunnel       Enforcer = "ztunnel"
	ByWaypoint      Enforcer = "waypoint"
	ByGateway       Enforcer = "gateway"
	ByNetworkPolicy Enforcer = "NetworkPolicy"
	ByUntaint       Enforcer = "istiod's untaint controller"
	// Nothing takes the setting and does not act on it.
	Nothing Enforcer = "nothing"
	// Never: the setting cannot be made there.
	Never Enforcer = "–"
)

// Feature is one thing that a mesh can be asked for.
type Feature struct {
	// Key names it in code, Title in the table and in findings.
	Key, Title string
	// Settings are the configuration paths that ask for it.
	Settings []string
	// By are the enforcers in the order of Planes.
	By [4]Enforcer
	// Note is what one must know beside it.
	Note string
}

// Keys of features.
const (
	FeatureMTLS            = "mtls"
	FeaturePlainPort       = "plainPort"
	FeatureL4              = "l4Authorization"
	FeatureL7              = "l7Authorization"
	FeatureOneService      = "serviceAuthorization"
	FeatureOneWorkload     = "workloadAuthorization"
	FeatureExternalAuthz   = "externalAuthorization"
	FeatureRetries         = "retries"
	FeatureTimeout         = "timeout"
	FeatureConnections     = "connectionLimits"
	FeatureOutlier         = "outlierDetection"
	FeatureRegistryOnly    = "registryOnly"
	FeatureExternalCallers = "externalCallers"
	FeatureConnectionLog   = "connectionLog"
	FeatureRequestLog      = "requestLog"
	FeatureTracing         = "tracing"
	FeatureEnvoyFilter     = "envoyFilter"
	FeatureHold            = "holdApplication"
	FeatureRootRotation    = "rootRotation"
)

// Features is the table: data plane by feature, who enforces it. A setting that
// lands on Nothing is a finding. Sources: istio.io, ambient "Configure waypoint
// proxies", "Use Layer 4 security policy", "Use Layer 7 features"; ztunnel's
// source for what it reads; for rotation istio#47427 and #61719; read 2026-11.
var Features = []Feature{
	{FeatureMTLS, "mTLS between workloads", []string{"mtls"}, [4]Enforcer{BySidecar, ByZtunnel, ByZtunnel, ByGateway}, ""},
	{FeaturePlainPort, "a port that accepts plain text", []string{"namespaces.*.plainPorts"}, [4]Enforcer{BySidecar, ByZtunnel, ByZtunnel, Never},
		"the authorization rules let the port in from everywhere then; in ambient namespaces the NetworkPolicy still names who may"},
	{FeatureL4, "authorization by identity and port", []string{"authorization.default", "namespaces.*.allow", "namespaces.*.gateways"}, [4]Enforcer{BySidecar, ByZtunnel, ByWaypoint, ByGateway},
		"behind a waypoint ztunnel lets the waypoint in and nobody else, so that nothing goes past it"},
	{FeatureL7, "authorization by method, path or host", []string{"namespaces.*.allow.*.methods", "namespaces.*.allow.*.paths", "namespaces.*.allow.*.hosts"},
		[4]Enforcer{BySidecar, Nothing, ByWaypoint, ByGateway}, "ztunnel refuses all that a rule with HTTP in it would allow"},
	{FeatureOneService, "authorization of one service", []string{"namespaces.*.allow.*.service"}, [4]Enforcer{Nothing, Nothing, ByWaypoint, Never}, "policies attach to services at waypoints only"},
	{FeatureOneWorkload, "authorization of some pods", []string{"namespaces.*.allow.*.workload"}, [4]Enforcer{BySidecar, ByZtunnel, Nothing, Never},
		"behind a waypoint ztunnel sees the waypoint as the caller"},
	{FeatureExternalAuthz, "external authorization", []string{"externalAuthorization", "namespaces.*.externalAuthorization"}, [4]Enforcer{BySidecar, Nothing, ByWaypoint, ByGateway}, ""},
	{FeatureRetries, "retries", []string{"retries", "namespaces.*.services.*.retries"}, [4]Enforcer{BySidecar, Nothing, ByWaypoint, ByGateway}, "with sidecars by the caller's, else by the waypoint of the called"},
	{FeatureTimeout, "timeouts", []string{"namespaces.*.services.*.timeoutSeconds"}, [4]Enforcer{BySidecar, Nothing, ByWaypoint, ByGateway}, ""},
	{FeatureConnections, "connection limits", []string{"traffic.connections", "namespaces.*.traffic.connections", "namespaces.*.services.*.connections"},
		[4]Enforcer{BySidecar, Nothing, ByWaypoint, ByGateway}, ""},
	{FeatureOutlier, "outlier detection", []string{"traffic.outlier", "namespaces.*.traffic.outlier", "namespaces.*.services.*.outlier"},
		[4]Enforcer{BySidecar, Nothing, ByWaypoint, ByGateway}, ""},
	{FeatureRegistryOnly, "no way out but what is named", []string{"egress"}, [4]Enforcer{BySidecar, ByNetworkPolicy, ByNetworkPolicy, ByNetworkPolicy},
		"ztunnel passes on what it does not know, whatever outboundTrafficPolicy says; a sidecar can be gone round by a process that may change its own network, a NetworkPolicy cannot"},
	{FeatureExternalCallers, "who may reach an external service", []string{"external.*.namespaces"}, [4]Enforcer{BySidecar, ByWaypoint, ByWaypoint, Never}, "in ambient namespaces by the egress waypoint"},
	{FeatureConnectionLog, "a log line for each connection", []string{"accessLog"}, [4]Enforcer{BySidecar, ByZtunnel, ByZtunnel, ByGateway}, "ztunnel always writes it"},
	{FeatureRequestLog, "a log line and metrics for each HTTP request", []string{"accessLog"}, [4]Enforcer{BySidecar, Nothing, ByWaypoint, ByGateway}, "mesh-wide, so it is no finding where nothing writes it"},
	{FeatureTracing, "spans of requests", []string{"tracing"}, [4]Enforcer{BySidecar, Nothing, ByWaypoint, ByGateway}, "mesh-wide, so it is no finding where nothing sends them"},
	{FeatureEnvoyFilter, "EnvoyFilter", []string{"envoyFilters"}, [4]Enforcer{BySidecar, Nothing, Nothing, ByGateway}, ""},
	{FeatureHold, "no pod before its proxy", nil, [4]Enforcer{BySidecar, ByUntaint, ByUntaint, Never},
		"nodes that carry pods in ambient namespaces need the taint cni.istio.io/not-ready"},
	{FeatureRootRotation, "a new root without loss", []string{"ca.roots"}, [4]Enforcer{BySidecar, Nothing, Nothing, ByGateway},
		"ambient: a new root means a new cluster and a shift of traffic, or an outage (istio#47427, istio#61719)"},
}

// Lookup is a feature by its key.
func Lookup(key string) (Feature, bool) {
	i := slices.IndexFunc(Features, func(f Feature) bool { return f.Key == key })
	if i < 0 {
		return Feature{}, false
	}
	return Features[i], true
}

// EnforcedBy says who enforces a feature on a plane.
func EnforcedBy(key string, on Plane) Enforcer {
	f, ok := Lookup(key)
	at := slices.Index(Planes, on)
	if !ok || at < 0 {
		return Nothing
	}
	return f.By[at]
}

// Ask reports a setting at path that nothing enforces on a plane.
func Ask(out *finding.List, path, key string, on Plane) {
	if by := EnforcedBy(key, on); by != Nothing && by != Never {
		return
	}
	f, _ := Lookup(key)
	fix := "remove it"
	switch {
	case on == PlaneNone:
		fix = "enrol the namespace with dataPlane, or remove it"
	case on == PlaneAmbient && EnforcedBy(key, PlaneWaypoint) == ByWaypoint:
		fix = "give the namespace a waypoint: write waypoint: {}"
	case key == FeatureOneService:
		fix = "name the pods with workload"
	case key == FeatureOneWorkload:
		fix = "name the service with service"
	}
	out.Add(path, fix, "nothing enforces %s %s (docs/mesh-enforcement.md)", f.Title, on.where())
}

// words is the plane as what a namespace is.
func (p Plane) words() string {
	switch p {
	case PlaneAmbient:
		return "ambient without a waypoint"
	case PlaneNone:
		return "not in the mesh"
	}
	return string(p)
}

// where is the plane in a sentence.
func (p Plane) where() string {
	switch p {
	case PlaneSidecar:
		return "in a namespace with sidecars"
	case PlaneAmbient:
		return "in an ambient namespace without a waypoint"
	case PlaneWaypoint:
		return "in an ambient namespace with a waypoint"
	case PlaneGateway:
		return "at a gateway"
	}
	return "in a namespace outside the mesh"
}

// EnforcementPage is the table as a page of the documentation.
func EnforcementPage() string {
	var b strings.Builder
	b.WriteString("# Who enforces what in the mesh\n\nWritten from `components/mesh/spec/enforce.go` by a test (`make golden`). A setting that\nlands on *nothing* is a finding, so that no rule is believed to hold that does not.\n\n")
	b.WriteString("| feature | settings below `mesh` |")
	for _, p := range Planes {
		fmt.Fprintf(&b, " %s |", p)
	}
	b.WriteString(" note |\n|" + strings.Repeat("---|", len(Planes)+3) + "\n")
	for _, f := range Features {
		settings := make([]string, len(f.Settings))
		for i, s := range f.Settings {
			settings[i] = "`" + s + "`"
		}
		fmt.Fprintf(&b, "| %s | %s |", f.Title, strings.Join(settings, ", "))
		for _, by := range f.By {
			text := string(by)
			if by == Nothing {
				text = "*nothing*"
			}
			fmt.Fprintf(&b, " %s |", text)
		}
		fmt.Fprintf(&b, " %s |\n", f.Note)
	}
	return b.String()
}
