package kube

import "github.com/ladder-platform/ladder/sandbox/world"

// Placement says how many pods a workload wants, how many have a place on a
// ready node now, and why the others have none. apiVersion and kind are the
// workload's, id is "<namespace>/<name>". It only reads: it may be asked inside
// World.View. This is what runs between two operations of a provider; what runs
// inside one is told in samples.
func Placement(tx *world.Tx, endpoint, apiVersion, kind, id string) (desired, ready int, why []string) {
	a := &api{tx: tx, scope: endpoint, minor: defaultMinor}
	if cluster := clusterAt(tx, endpoint); cluster != nil {
		a.adopt(cluster)
	}
	p := a.schedule()["kube:"+apiVersion+"/"+kind+" "+id]
	if p == nil {
		return 0, 0, nil
	}
	return p.desired, p.ready, p.reasons
}
