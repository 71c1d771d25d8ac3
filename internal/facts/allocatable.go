package facts

// What a node keeps for itself. Source: awslabs/amazon-eks-ami,
// nodeadm/internal/kubelet/config.go at b4fffb7 (getCPUMillicoresToReserve,
// getMemoryMebibytesToReserve, the hard eviction threshold), and
// bottlerocket-os/bottlerocket, whose defaults are the same formulae; read 2026-11.
const (
	reservedBaseMiB   = 255
	reservedPerPodMiB = 11
	evictionMiB       = 100
	// hypervisorPart of the memory of a type is not seen by its kernel: Karpenter
	// plans with it until it has seen a node. Source: aws/karpenter-provider-aws,
	// settings, vm-memory-overhead-percent 0.075.
	hypervisorPart = 0.075
)

// reservedCPU are thousandths of a core kept of the first, the second, the third
// and fourth, and every further core: 6, 1, 0.5 and 0.25 percent.
func reservedCPU(cores int) int {
	tenths := 0
	for core := 1; core <= cores; core++ {
		switch {
		case core == 1:
			tenths += 600
		case core == 2:
			tenths += 100
		case core <= 4:
			tenths += 50
		default:
			tenths += 25
		}
	}
	return tenths / 10
}

// Allocatable is what the kubelet of a node lets pods ask for: CPU in
// thousandths and memory in MiB. memoryGiB is what EC2 says of the type, maxPods
// the kubelet's own limit, by which it reserves memory.
func Allocatable(vcpu, memoryGiB, maxPods int) (milliCPU, memoryMiB int) {
	seen := int(float64(memoryGiB*1024) * (1 - hypervisorPart))
	return vcpu*1000 - reservedCPU(vcpu), max(0, seen-reservedBaseMiB-reservedPerPodMiB*maxPods-evictionMiB)
}
