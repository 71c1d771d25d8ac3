package observe

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/kube"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/stacks/promotion"
)

// Kinds of the simulated cloud's objects.
const (
	kindCluster   = "aws:eks/cluster:Cluster"
	kindNodeGroup = "aws:eks/nodeGroup:NodeGroup"
	kindAddon     = "aws:eks/addon:Addon"
	kindAlarm     = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
	kindParameter = "aws:ssm/parameter:Parameter"
	kindHistory   = "hidden:cloudwatch/AlarmHistory"
)

// owner of the parameters that this package makes.
const owner = "service:ladder-observe"

// Simulated is a stack's account and region in the simulated cloud.
type Simulated struct {
	World *world.World
	// Scope is "<account>/<region>".
	Scope string
}

// Facts of the simulated cloud.
func (s Simulated) Facts(_ context.Context, clusters []string, alarm string, since time.Time) (promotion.Facts, error) {
	out := promotion.Facts{Alarm: alarm}
	inside := kube.NewInside(nil)
	err := s.World.Tx(func(tx *world.Tx) error { // looking into a cluster may start its machinery
		for _, name := range clusters {
			c, ok := tx.Get(world.Key{Kind: kindCluster, Scope: s.Scope, ID: name})
			if !ok {
				out.Parts = append(out.Parts, promotion.Part{Kind: "cluster", Name: name, Status: promotion.Missing})
				continue
			}
			out.Parts = append(out.Parts, promotion.Part{Kind: "cluster", Name: name, Status: status(c)})
			ofCluster := func(o *world.Object) bool { return o.Attrs["clusterName"] == name }
			for _, o := range tx.Find(kindNodeGroup, s.Scope, ofCluster) {
				out.Parts = append(out.Parts, promotion.Part{Kind: "node group", Name: partName(o), Status: status(o)})
			}
			endpoint, _ := c.Attrs["endpoint"].(string)
			for _, o := range tx.Find(kindAddon, s.Scope, ofCluster) {
				out.Parts = append(out.Parts, addon(tx, inside, endpoint, o))
			}
		}
		if a, ok := tx.Get(world.Key{Kind: kindAlarm, Scope: s.Scope, ID: alarm}); ok {
			out.AlarmState = "OK"
			if a.State != "" {
				out.AlarmState = a.State
			}
			out.AlarmLast = s.lastAlarm(tx, alarm, since)
		}
		return errLooked
	})
	if !errors.Is(err, errLooked) {
		return out, err
	}
	return out, nil
}

// errLooked undoes the transaction: observing changes nothing.
var errLooked = errors.New("only looked")

func partName(o *world.Object) string { return strings.Replace(o.ID, ":", "/", 1) }

// addon is an add-on as EKS reports it now: it goes on looking at the pods after
// the add-on is there.
func addon(tx *world.Tx, inside *kube.Inside, endpoint string, o *world.Object) promotion.Part {
	part := promotion.Part{Kind: "add-on", Name: partName(o), Status: status(o), Issues: aws.Issues(o)}
	name, _ := o.Attrs["addonName"].(string)
	if endpoint == "" || part.Status != "ACTIVE" {
		return part
	}
	if problem := inside.AddonHealth(tx, endpoint, name); problem != "" {
		part.Status, part.Issues = "DEGRADED", []string{"InsufficientNumberOfReplicas (" + problem + ")"}
	}
	return part
}

// lastAlarm is when an alarm was last in ALARM since a time.
func (s Simulated) lastAlarm(tx *world.Tx, alarm string, since time.Time) time.Time {
	var last time.Time
	h, ok := tx.Get(world.Key{Kind: kindHistory, Scope: s.Scope, ID: alarm})
	if !ok {
		return last
	}
	changes, _ := h.Attrs["changes"].([]any)
	for _, c := range changes {
		change, _ := c.(map[string]any)
		text, _ := change["at"].(string)
		at, err := time.Parse(time.RFC3339, text)
		if err == nil && (change["from"] == "ALARM" || change["to"] == "ALARM") && !at.Before(since) && at.After(last) {
			last = at
		}
	}
	return last
}

// status is the service's word: the object's state, unless its attribute was
// changed behind everybody's back.
func status(o *world.Object) string {
	if s, _ := o.Attrs["status"].(string); s != "" && s != "ACTIVE" {
		return s
	}
	return o.State
}

// Get reads a parameter.
func (s Simulated) Get(_ context.Context, name string) (string, error) {
	text := ""
	s.World.View(func(tx *world.Tx) {
		if o, ok := tx.Get(world.Key{Kind: kindParameter, Scope: s.Scope, ID: name}); ok {
			text, _ = o.Attrs["value"].(string)
		}
	})
	return text, nil
}

// Put writes a parameter.
func (s Simulated) Put(_ context.Context, name, value string) error {
	return s.World.Tx(func(tx *world.Tx) error {
		o, ok := tx.Get(world.Key{Kind: kindParameter, Scope: s.Scope, ID: name})
		if !ok {
			o = &world.Object{Kind: kindParameter, Scope: s.Scope, ID: name, Name: name, Owner: owner, Created: tx.Now(),
				Attrs: map[string]any{"name": name, "type": "String", "tier": "Standard"}}
		}
		o.Attrs["value"], o.Attrs["insecureValue"] = value, value
		tx.Put(o)
		return nil
	})
}
