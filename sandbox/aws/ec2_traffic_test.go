package aws

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// TestConnectionsRingTheAlarmsAbove: the metric alarm of the gateway, the
// composite alarm that names it, and the one above that; nobody else's.
func TestConnectionsRingTheAlarmsAbove(t *testing.T) {
	const scope = "1/r"
	w := world.New(7, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	put := func(kind, id string, attrs map[string]any) {
		if err := w.Tx(func(tx *world.Tx) error {
			tx.Put(&world.Object{Kind: kind, Scope: scope, ID: id, Attrs: attrs})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	alarm := func(gateway string) map[string]any {
		return map[string]any{"metricName": "ErrorPortAllocation", "dimensions": map[string]any{"NatGatewayId": gateway}}
	}
	put(typeNAT, "nat-1", nil)
	put(hiddenENI, "eni-1", map[string]any{"natGatewayId": "nat-1", "allocationIds": []any{"a", "b"}})
	put(typeAlarm, "ports-1", alarm("nat-1"))
	put(typeAlarm, "ports-2", alarm("nat-2"))
	put(typeComposite, "network", map[string]any{"alarmRule": `ALARM("ports-1") OR ALARM("ports-2")`})
	put(typeComposite, "stack", map[string]any{"alarmRule": `ALARM("network")`})
	put(typeComposite, "other", map[string]any{"alarmRule": `ALARM("ports-2")`})
	check := func(when, want string) {
		t.Helper()
		got := ""
		w.View(func(tx *world.Tx) {
			for _, id := range []string{"ports-1", "network", "stack", "other"} {
				for _, kind := range []string{typeAlarm, typeComposite} {
					if o, ok := tx.Get(world.Key{Kind: kind, Scope: scope, ID: id}); ok {
						got += alarmState(o) + " "
					}
				}
			}
		})
		if got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	if err := Connect(w, nil, "nat-1", "192.0.2.1:443/tcp", 110000); err != nil {
		t.Errorf("as many as two addresses carry: %v", err)
	}
	check("before", "OK OK OK OK ")
	var short PortError
	if err := Connect(w, nil, "nat-1", "192.0.2.1:443/tcp", 110001); !errors.As(err, &short) {
		t.Errorf("one more: %v", err)
	}
	check("with one too many", "ALARM ALARM ALARM OK ")
	if err := Connect(w, nil, "nat-1", "192.0.2.1:443/tcp", 1); err != nil {
		t.Error(err)
	}
	check("after it", "OK OK OK OK ")
	if err := Connect(w, nil, "nat-9", "x", 1); err == nil || !strings.Contains(err.Error(), `0 objects "nat-9"`) {
		t.Errorf("no gateway: %v", err)
	}
}
