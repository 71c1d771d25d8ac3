package facts

import "testing"

func TestWhatANodeLeavesToPods(t *testing.T) {
	for sentence, c := range map[string]struct{ vcpu, gib, pods, cpu, memory int }{
		"two cores keep 70 thousandths, and memory by the pods that may come": {2, 8, 29, 1930, 6903},
		"four cores keep 80": {4, 16, 58, 3920, 14162},
		"eight cores keep 90, and 110 pods more memory than 58":       {8, 32, 110, 7910, 28745},
		"a node too small for its pods has nothing, and not less":     {2, 1, 110, 1930, 0},
		"sixteen cores keep a quarter of a percent of the later ones": {16, 64, 234, 15890, 57691},
	} {
		t.Run(sentence, func(t *testing.T) {
			if cpu, memory := Allocatable(c.vcpu, c.gib, c.pods); cpu != c.cpu || memory != c.memory {
				t.Errorf("%dm and %d MiB, want %dm and %d MiB", cpu, memory, c.cpu, c.memory)
			}
		})
	}
}
