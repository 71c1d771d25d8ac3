package spec

// Ceilings of pods per node that EKS enforces on managed node groups, with and
// without prefix delegation. Source: EKS user guide, "How maxPods is
// determined", read 2026-11; facts/platform.json network_formulas.
const (
	maxPodsSmall  = 110 // up to manyVCPU
	maxPodsLarge  = 250
	manyVCPU      = 30
	hostPods      = 2  // aws-node and kube-proxy run on the host's address
	prefixAddress = 16 // addresses of a /28 prefix
)

// MaxPods is the number of pods that fit on every one of the instance types:
// a group has one kubelet setting, so the smallest type decides. ok is false
// when there is no type or one of them is not known.
func (c Config) MaxPods(types []string) (pods int, ok bool) {
	for i, name := range types {
		t, known := c.instanceType(name)
		if !known {
			return 0, false
		}
		n := c.PodAddressing.maxPods(t)
		if i == 0 || n < pods {
			pods = n
		}
	}
	return pods, len(types) > 0
}

// maxPods is ENIs × (addresses − 1) + 2; with custom networking the primary
// interface carries no pods, with prefixes each address slot carries 16.
func (p PodAddressing) maxPods(t InstanceType) int {
	enis := t.ENIs
	if p.Mode == PodsInPodSubnets {
		enis--
	}
	perENI := t.AddressesPerENI - 1
	if p.PrefixDelegation {
		perENI *= prefixAddress
	}
	ceiling := maxPodsSmall
	if t.VCPU > manyVCPU {
		ceiling = maxPodsLarge
	}
	n := min(enis*perENI+hostPods, ceiling)
	if p.MaxPods > 0 {
		n = min(n, p.MaxPods)
	}
	return n
}
