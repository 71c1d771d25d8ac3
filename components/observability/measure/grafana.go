package measure

import (
	"fmt"
	"strings"

	"github.com/ladder-platform/ladder/components/observability/capacity"
	"github.com/ladder-platform/ladder/components/observability/spec"
)

// Labels by which Grafana's watchers find ConfigMaps, and the annotation that
// names a dashboard's folder.
const (
	DashboardLabel   = "grafana_dashboard"
	DataSourceLabel  = "grafana_datasource"
	FolderAnnotation = "grafana_folder"
	labelled         = "1"
)

// Grafana are the values of its chart. It has no volume and no database that
// its pods share: dashboards and data sources are ConfigMaps, and alerts are
// Prometheus's. Who signed in is known to one pod, which the mesh's gateway
// keeps sending them to; when it goes they sign in again.
func Grafana(in Input) dict {
	g := *in.Config.Grafana
	watcher := func(label string) dict {
		return dict{
			"enabled": true, "label": label, "labelValue": labelled, "searchNamespace": "ALL",
			"resource": "configmap",
		}
	}
	dashboards := watcher(DashboardLabel)
	dashboards["folderAnnotation"] = FolderAnnotation
	dashboards["provider"] = dict{"foldersFromFilesStructure": true, "allowUiUpdates": false}
	out := dict{
		"fullnameOverride": GrafanaRelease,
		"replicas":         g.Replicas,
		"serviceAccount":   dict{"create": true, "name": GrafanaAccount},
		"admin":            dict{"existingSecret": GrafanaAdmin, "userKey": "admin-user", "passwordKey": "admin-password"},
		"resources":        in.asks(capacity.Grafana, 2*capacity.WatcherCPU, 2*capacity.WatcherMemory),
		"sidecar": dict{
			"resources":  beside(capacity.WatcherCPU, capacity.WatcherMemory),
			"dashboards": dashboards, "datasources": watcher(DataSourceLabel),
		},
		"topologySpreadConstraints": in.spread(dict{"app.kubernetes.io/name": "grafana", "app.kubernetes.io/instance": GrafanaRelease}, g.Replicas, false),
		"testFramework":             dict{"enabled": false}, "initChownData": dict{"enabled": false},
		"serviceMonitor": dict{"enabled": in.Config.Metrics != nil},
		"grafana.ini":    in.settings(g),
	}
	if g.Replicas > 1 {
		out["podDisruptionBudget"] = dict{"maxUnavailable": 1}
	}
	if g.SingleSignOn != nil {
		out["envValueFrom"] = dict{"GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET": dict{
			"secretKeyRef": dict{"name": GrafanaSignOn, "key": "client-secret"},
		}}
	}
	if in.managed() {
		out["plugins"] = list{managedPlugin}
	}
	return out
}

// managedPlugin reads Amazon Managed Service for Prometheus with signed
// requests; Grafana's own data source hands that over to it.
const managedPlugin = "grafana-amazonprometheus-datasource"

func (in Input) managed() bool { return in.Config.Metrics != nil && in.Config.Metrics.Managed != nil }

// settings of grafana.ini; the secret of single sign-on is in the environment.
func (in Input) settings(g spec.Grafana) dict {
	out := dict{
		"analytics":        dict{"check_for_updates": false, "reporting_enabled": false},
		"users":            dict{"allow_sign_up": false, "viewers_can_edit": false},
		"unified_alerting": dict{"enabled": false},
	}
	if g.URL != "" {
		out["server"] = dict{"root_url": g.URL}
	}
	if in.managed() {
		out["auth"] = dict{"sigv4_auth_enabled": true}
	}
	if s := g.SingleSignOn; s != nil {
		out["auth.generic_oauth"] = dict{
			"enabled": true, "name": "single sign-on", "allow_sign_up": true, "use_pkce": true, "client_id": s.ClientID, "scopes": "openid profile email groups",
			"auth_url": s.AuthorizeURL, "token_url": s.TokenURL, "api_url": s.UserInfoURL,
			"role_attribute_path": rolePath(*s), "role_attribute_strict": true,
		}
	}
	return out
}

// rolePath is a JMESPath that makes a role out of the claim groups.
func rolePath(s spec.SingleSignOn) string {
	var parts []string
	for _, r := range []struct{ group, role string }{{s.AdminGroup, "Admin"}, {s.EditorGroup, "Editor"}} {
		if r.group != "" {
			parts = append(parts, fmt.Sprintf("contains(groups[*], '%s') && '%s'", strings.ReplaceAll(r.group, "'", `\'`), r.role))
		}
	}
	return strings.Join(append(parts, "'Viewer'"), " || ")
}

// DataSources are those of metrics. managedURL is the workspace's, known late;
// nil without one.
func DataSources(in Input, managedURL any) list {
	m := *in.Config.Metrics
	alertmanager := dict{
		"name": "Alertmanager", "uid": "alertmanager", "type": "alertmanager", "access": "proxy", "url": AlertmanagerURL(),
		"jsonData": dict{"implementation": "prometheus", "handleGrafanaManagedAlerts": false},
	}
	prometheus := func(name, uid, url string, first bool) dict {
		return dict{
			"name": name, "uid": uid, "type": "prometheus", "access": "proxy", "url": url, "isDefault": first,
			"jsonData": dict{"httpMethod": "POST", "timeInterval": fmt.Sprintf("%ds", m.Prometheus.ScrapeSeconds)},
		}
	}
	out := list{prometheus("Metrics", "metrics", QueryURL(m), true)}
	if m.Thanos != nil && m.Store != spec.StoreThanos {
		out = append(out, prometheus("Metrics of the old store", "metrics-old", ThanosURL(), false))
	}
	if managedURL != nil {
		out = append(out, dict{
			"name": "Metrics in AWS", "uid": "metrics-aws", "type": managedPlugin, "access": "proxy", "url": managedURL,
			"jsonData": dict{"httpMethod": "POST", "sigV4Auth": true, "sigV4AuthType": "default", "sigV4Region": in.Region},
		})
	}
	return append(out, alertmanager)
}

// DataSourceFile is what Grafana's provisioning reads.
func DataSourceFile(sources list) dict { return dict{"apiVersion": 1, "datasources": sources} }
