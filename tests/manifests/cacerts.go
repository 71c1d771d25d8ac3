package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// chainFolder has, for each stack and cluster with a signing certificate of its
// own, the files of its Secret cacerts, for the judge of chains. The state holds
// them encrypted, so they come out of the simulated cluster; the keys in them
// sign for nobody outside of it.
const chainFolder = "cacerts"

// exportChains writes the Secrets of a world below folder.
func exportChains(w *world.World, folder, stack string) error {
	var found []*world.Object
	names := map[string]string{} // of clusters by their API server
	w.View(func(tx *world.Tx) {
		found = tx.Find("kube:v1/Secret", "", func(o *world.Object) bool { return o.Name == "cacerts" })
		for _, c := range tx.Find("aws:eks/cluster:Cluster", "", nil) {
			endpoint, _ := c.Attrs["endpoint"].(string)
			names[endpoint] = c.ID
		}
	})
	slices.SortFunc(found, func(a, b *world.Object) int { return slices.Compare([]string{a.Scope}, []string{b.Scope}) })
	for _, o := range found {
		cluster, ok := names[o.Scope]
		if !ok {
			return fmt.Errorf("secret %s: no cluster has the API server %s", o.ID, o.Scope)
		}
		dir := filepath.Join(folder, chainFolder, stack, cluster)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		data, _ := o.Attrs["data"].(map[string]any)
		for name, value := range data {
			encoded, _ := value.(string)
			text, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				return fmt.Errorf("secret %s of %s: %s: %w", o.ID, cluster, name, err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}
