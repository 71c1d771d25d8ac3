package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ladder-platform/ladder/components/mesh/spec"
)

// traffic are DestinationRules for each namespace and for services that differ,
// and routes with retries and timeouts of their own. Of the rules that fit a
// host Istio takes the most exact one and leaves the others out, so that a
// service's own rule holds the namespace's settings too.
func traffic(cfg spec.Config) []Object {
	var out []Object
	for _, name := range cfg.Enrolled() {
		ns := cfg.Namespaces[name]
		if spec.EnforcedBy(spec.FeatureOutlier, ns.Plane()) == spec.Nothing {
			continue
		}
		whole := ns.Traffic.Over(cfg.Traffic)
		out = append(out, destination(name, "traffic", "*."+name+".svc.cluster.local", whole))
		for _, key := range slices.Sorted(maps.Keys(ns.Services)) {
			s, host := ns.Services[key], key+"."+name+".svc.cluster.local"
			if s.Connections != nil || s.Outlier != nil {
				out = append(out, destination(name, "traffic-"+key, host, s.Traffic.Over(whole)))
			}
			if s.Retries != nil || s.TimeoutSeconds > 0 {
				out = append(out, route(name, key, host, s))
			}
		}
	}
	return out
}

func destination(namespace, name, host string, t spec.Traffic) Object {
	c, o := t.Connections, t.Outlier
	return Object{
		APIVersion: networkingVersion, Kind: "DestinationRule", Namespace: namespace, Name: name, Stage: Permit,
		Body: dict{"spec": dict{"host": host, "trafficPolicy": dict{
			"connectionPool": dict{
				"tcp":  dict{"maxConnections": c.Max, "connectTimeout": seconds(c.ConnectSeconds)},
				"http": dict{"http1MaxPendingRequests": c.Pending, "http2MaxRequests": c.Max, "idleTimeout": seconds(c.IdleSeconds)},
			},
			"outlierDetection": dict{
				"consecutive5xxErrors": o.Errors, "interval": seconds(o.IntervalSeconds),
				"baseEjectionTime": seconds(o.EjectSeconds), "maxEjectionPercent": o.MaxPercent,
			},
		}}},
	}
}

func route(namespace, service, host string, s spec.Service) Object {
	// A destination without a port is the port that the caller asked for.
	http := dict{"route": list{dict{"destination": dict{"host": host}}}}
	if s.Retries != nil {
		http["retries"] = retryPolicy(s.Retries)
	}
	if s.TimeoutSeconds > 0 {
		http["timeout"] = seconds(s.TimeoutSeconds)
	}
	return Object{
		APIVersion: networkingVersion, Kind: "VirtualService", Namespace: namespace, Name: "route-" + service, Stage: Permit,
		Body: dict{"spec": dict{"hosts": texts(host), "http": list{http}}},
	}
}

// retryPolicy: Istio refuses conditions beside no attempts at all.
func retryPolicy(r *spec.Retries) dict {
	if r.Attempts == 0 {
		return dict{"attempts": 0}
	}
	return dict{"attempts": r.Attempts, "retryOn": strings.Join(r.On, ",")}
}

func seconds(n int) string { return fmt.Sprintf("%ds", n) }

func portText(n int) string { return strconv.Itoa(n) }

func portTexts(in []int) []string {
	out := make([]string, len(in))
	for i, n := range in {
		out[i] = portText(n)
	}
	return out
}
