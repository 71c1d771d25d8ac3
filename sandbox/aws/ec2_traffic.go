package aws

import (
	"fmt"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/world"
)

var ruleNATPorts = rule.Register(rule.Rule{
	Name: "ec2.nat-connection-quota", Service: "ec2",
	Source: "VPC user guide, NAT gateway basics: 55,000 connections at a time to one destination for each address (facts, quotas); metric ErrorPortAllocation of AWS/NATGateway",
	Text:   "ErrorPortAllocation: %s has no source port left to %s: %d connections, and %d addresses carry at most %d",
})

// PortError says that a NAT gateway has too few ports for what was asked of it.
type PortError struct{ error }

// Connect opens a number of connections at one time through a NAT gateway to
// one destination, an address with port and protocol such as
// "192.0.2.1:443/tcp". There are no packets: what follows is the metric, so the
// alarms on the gateway's ErrorPortAllocation go off or calm down, and with
// them the composite alarms that name them. More connections than the gateway
// has ports for are a PortError; the alarms have changed all the same.
func Connect(w *world.World, rules *rule.Set, gateway, destination string, connections int) error {
	var refused error
	err := w.Tx(func(tx *world.Tx) error {
		nat, scope, err := theOne(tx, typeNAT, gateway)
		if err != nil {
			return err
		}
		addresses := 0
		for _, o := range tx.Find(hiddenENI, scope, where("natGatewayId", gateway)) {
			if n := len(strs(o.Attrs, "allocationIds")); n > 0 {
				addresses += n
				continue
			}
			addresses += len(strs(o.Attrs, "privateIps")) // a private gateway
		}
		most := addresses * quotaOf(tx, scope, facts.QuotaNATConnections)
		state := alarmOK
		if connections > most && rules.On(ruleNATPorts) {
			state, refused = alarmRings, PortError{ruleNATPorts.Errorf(nat.ID, destination, connections, addresses, most)}
		}
		for _, o := range tx.Find(typeAlarm, scope, where("metricName", "ErrorPortAllocation")) {
			if str(dict(o.Attrs, "dimensions"), "NatGatewayId") == nat.ID {
				setAlarm(tx, o, state)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return refused
}

// theOne finds an object by kind and ID in whatever account and region.
func theOne(tx *world.Tx, kind, id string) (*world.Object, string, error) {
	all := tx.Find(kind, "", func(o *world.Object) bool { return o.ID == id })
	if len(all) != 1 {
		return nil, "", fmt.Errorf("the sandbox has %d objects %q of the kind %s, and one is needed", len(all), id, kind)
	}
	return all[0], all[0].Scope, nil
}
