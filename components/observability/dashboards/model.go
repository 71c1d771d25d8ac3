package dashboards

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Dashboard is one page of Grafana.
type Dashboard struct {
	// UID is part of its address, so links to it outlive a new title.
	UID, Title string
	// Variables are chosen at the top of the page.
	Variables []Variable
	Rows      []Row
}

// Variable offers the values of a label.
type Variable struct {
	Name, Metric, Label string
}

// Row of panels, side by side.
type Row struct {
	Title  string
	Panels []Panel
}

// Panel draws queries.
type Panel struct {
	Title string
	// Kind is timeseries, stat or table.
	Kind string
	// Unit in Grafana's words, such as percentunit; empty means a plain number.
	Unit string
	// Help says what to think of what is shown.
	Help    string
	Queries []Query
	// Warn and Bad colour the panel from there on; 0 for neither.
	Warn, Bad float64
}

// Query is PromQL and what to call its series.
type Query struct{ Expr, Legend string }

// Kinds of panels.
const (
	line  = "timeseries"
	value = "stat"
	table = "table"
)

// Grafana's own numbers. schemaVersion is that of Grafana 12, which migrates
// older ones itself; the grid is 24 columns wide.
const (
	schemaVersion = 41
	gridWidth     = 24
	panelHeight   = 8
	valueHeight   = 4
)

type (
	dict = map[string]any
	list = []any
)

// source is the data source that the reader of a dashboard chooses.
func source() dict { return dict{"type": "prometheus", "uid": "${source}"} }

// JSON is the dashboard as Grafana loads it; the same each time.
func (d Dashboard) JSON() (string, error) {
	variables := list{dict{"name": "source", "label": "Source", "type": "datasource", "query": "prometheus", "refresh": 1, "hide": 0}}
	for _, v := range d.Variables {
		variables = append(variables, dict{
			"name": v.Name, "label": v.Name, "type": "query", "datasource": source(), "refresh": 2, "includeAll": true, "multi": true, "allValue": ".+", "sort": 1,
			"current": dict{"text": "All", "value": "$__all"},
			"query":   dict{"query": fmt.Sprintf("label_values(%s, %s)", v.Metric, v.Label), "refId": v.Name},
		})
	}
	panels, id, y := list{}, 1, 0
	for _, r := range d.Rows {
		panels = append(panels, dict{"id": id, "type": "row", "title": r.Title, "collapsed": false, "gridPos": grid(0, y, gridWidth, 1), "panels": list{}})
		id, y = id+1, y+1
		width, height := gridWidth/len(r.Panels), panelHeight
		if !slices.ContainsFunc(r.Panels, func(p Panel) bool { return p.Kind != value }) {
			height = valueHeight
		}
		for i, p := range r.Panels {
			panels = append(panels, p.json(id, grid(i*width, y, width, height)))
			id++
		}
		y += height
	}
	text, err := json.MarshalIndent(dict{
		"uid": d.UID, "title": d.Title, "tags": list{"ladder"}, "schemaVersion": schemaVersion, "version": 1, "editable": false,
		"timezone": "browser", "refresh": "1m", "time": dict{"from": "now-6h", "to": "now"},
		"templating": dict{"list": variables}, "panels": panels,
		"links": list{dict{"type": "dashboards", "tags": list{"ladder"}, "asDropdown": true, "title": "Platform", "includeVars": true, "keepTime": true}},
	}, "", " ")
	if err != nil {
		return "", fmt.Errorf("dashboard %s: %w", d.UID, err)
	}
	return string(text) + "\n", nil
}

func grid(x, y, w, h int) dict { return dict{"x": x, "y": y, "w": w, "h": h} }

func (p Panel) json(id int, at dict) dict {
	targets := list{}
	for i, q := range p.Queries {
		t := dict{"refId": string(rune('A' + i)), "datasource": source(), "expr": q.Expr, "legendFormat": q.Legend}
		if p.Kind != line {
			t["instant"], t["range"] = true, false
		}
		if p.Kind == table {
			t["format"] = "table"
		}
		targets = append(targets, t)
	}
	steps := list{dict{"color": "green", "value": nil}}
	if p.Warn != 0 {
		steps = append(steps, dict{"color": "orange", "value": p.Warn})
	}
	if p.Bad != 0 {
		steps = append(steps, dict{"color": "red", "value": p.Bad})
	}
	return dict{
		"id": id, "type": p.Kind, "title": p.Title, "description": p.Help, "datasource": source(), "gridPos": at, "targets": targets,
		"fieldConfig": dict{"defaults": dict{"unit": p.unit(), "min": 0, "thresholds": dict{"mode": "absolute", "steps": steps}}, "overrides": list{}},
		"options":     options(p.Kind),
	}
}

func (p Panel) unit() string {
	if p.Unit == "" {
		return "short"
	}
	return p.Unit
}

func options(kind string) dict {
	switch kind {
	case line:
		return dict{"legend": dict{"displayMode": "list", "placement": "bottom"}, "tooltip": dict{"mode": "multi", "sort": "desc"}}
	case value:
		return dict{"reduceOptions": dict{"calcs": list{"lastNotNull"}, "values": false}, "colorMode": "value", "graphMode": "none"}
	}
	return dict{"showHeader": true}
}

// one query, the usual case.
func one(expr, legend string) []Query { return []Query{{expr, legend}} }
