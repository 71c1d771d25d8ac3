package facts

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
)

// CPU architectures in Kubernetes' words.
const (
	AMD64 = "amd64"
	ARM64 = "arm64"
)

type eniLimit struct {
	ENIs       int    `json:"enis"`
	IPv4PerENI int    `json:"ipv4PerENI"`
	Hypervisor string `json:"hypervisor"`
}

// Instance is one EC2 instance type.
type Instance struct {
	Name string
	// ENIs is the number of network interfaces, IPv4PerENI of addresses on each.
	ENIs       int
	IPv4PerENI int
	// Arch is amd64 or arm64.
	Arch string
	// VCPU is the number of virtual CPUs; 0 means that the size does not tell.
	VCPU int
	// MemoryGiB follows from family and size; 0 means that it does not.
	MemoryGiB int
	// Hypervisor is nitro for every type known here; only those take prefixes.
	Hypervisor string
	Origin     Origin
}

// Nitro says whether the type can take /28 prefixes.
func (i Instance) Nitro() bool { return i.Hypervisor == "nitro" }

// InstanceType looks an EC2 instance type up by its name.
func InstanceType(name string) (Instance, bool) {
	p, _ := load()
	l, ok := p.InstanceTypes[name]
	if !ok {
		return Instance{}, false
	}
	arch, vcpu, memory := describe(name)
	return Instance{
		Name: name, ENIs: l.ENIs, IPv4PerENI: l.IPv4PerENI, Hypervisor: l.Hypervisor,
		Arch: arch, VCPU: vcpu, MemoryGiB: memory,
		Origin: Origin{Source: p.InstanceTypesSource.Source, Confidence: p.InstanceTypesSource.Confidence},
	}, true
}

// InstanceTypes are the names of all known types, sorted.
func InstanceTypes() []string {
	p, _ := load()
	return slices.Sorted(maps.Keys(p.InstanceTypes))
}

// typeName splits "m7g.2xlarge" into family letters, generation digits,
// attribute letters, and size.
var typeName = regexp.MustCompile(`^([a-z]+)([0-9]+)([a-z-]*)\.(?:([0-9]*)(x?large)|(nano|micro|small|medium))$`)

// burstableMemory is the memory of T sizes, which does not follow the usual
// ratio. Source: EC2 instance types, T3 and T4g tables, from memory (medium).
var burstableMemory = map[string]int{"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}

// perVCPU is GiB of memory to a vCPU by family. Source: EC2 instance types,
// family tables (c 2, m 4, r 8), from memory (medium).
var perVCPU = map[string]int{"c": 2, "m": 4, "r": 8}

// describe reads architecture, vCPU and memory off a type's name.
// Source: EC2 user guide, "Instance type naming conventions": a g among the
// attributes after the generation means Graviton; large has 2 vCPU, xlarge 4,
// and Nxlarge N times 4 (burstable sizes below large have 2 as well).
func describe(name string) (arch string, vcpu, memory int) {
	m := typeName.FindStringSubmatch(name)
	if m == nil {
		return AMD64, 0, 0
	}
	family, attributes, multiple, size := m[1], m[3], m[4], m[5]
	arch = AMD64
	for _, a := range attributes {
		if a == 'g' {
			arch = ARM64
		}
	}
	switch {
	case size == "":
		vcpu, size = 2, m[6]
	case size == "large":
		vcpu = 2
	case multiple == "":
		vcpu = 4
	default:
		n, err := strconv.Atoi(multiple)
		if err != nil {
			return arch, 0, 0
		}
		vcpu, size = 4*n, multiple+"xlarge"
	}
	if family == "t" {
		return arch, vcpu, burstableMemory[size]
	}
	return arch, vcpu, vcpu * perVCPU[family]
}

// Sources of the pod formulae: amazon-vpc-cni-k8s README and nodeadm
// eni_max_pods.go for secondary addresses; amazon-eks-ami
// max-pods-calculator.sh for prefixes, custom networking and the caps
// (facts, network_formulas, high).
const (
	hostNetworkPods = 2  // kube-proxy and aws-node share the host's address
	prefixAddresses = 16 // a /28
	capSmall        = 110
	capLarge        = 250
	smallVCPU       = 30
)

// MaxPods is how many pods a node of a type takes: interfaces × (addresses − 1) + 2.
// With custom networking the first interface carries none; with prefix
// delegation each address is a /28, and the result is capped at 110 up to 30
// vCPU and at 250 beyond. ok is false for an unknown type, and for prefixes on
// one without Nitro.
func MaxPods(instanceType string, customNetworking, prefixDelegation bool) (int, bool) {
	t, ok := InstanceType(instanceType)
	if !ok || (prefixDelegation && !t.Nitro()) {
		return 0, false
	}
	enis := t.ENIs
	if customNetworking {
		enis--
	}
	if !prefixDelegation {
		return enis*(t.IPv4PerENI-1) + hostNetworkPods, true
	}
	limit := capLarge
	if t.VCPU > 0 && t.VCPU <= smallVCPU {
		limit = capSmall
	}
	return min(enis*(t.IPv4PerENI-1)*prefixAddresses+hostNetworkPods, limit), true
}
