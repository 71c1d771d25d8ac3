package spec

// Config is one EKS cluster of a stack. Config: clusters.<key>.
type Config struct {
	// Network is the key of the network that the cluster lives in.
	Network string `json:"network"`
	// Release overrides the stack's release: a cluster may stay one behind.
	Release string `json:"release,omitempty"`
	// State is live or retiring. Retiring lifts the protection of what the
	// cluster has; once an up has done so, the entry may go, and the cluster with
	// all that runs in it. Empty means live.
	State string `json:"state,omitempty" jsonschema:"enum=live,enum=retiring"`
	// ServiceCIDR is the IPv4 block of Kubernetes services, /24 to /12, inside
	// RFC 1918; immutable. Empty means 172.20.0.0/16.
	ServiceCIDR string `json:"serviceCidr,omitempty"`
	// Endpoint is the Kubernetes API endpoint; the private one is always on.
	Endpoint Endpoint `json:"endpoint,omitzero"`
	// Support is what happens when standard support of the minor ends:
	// extended (costs six times as much) or standard (AWS upgrades by itself).
	// Empty means extended: nothing upgrades behind the platform's back.
	Support string `json:"support,omitempty" jsonschema:"enum=extended,enum=standard"`
	// Logs are the control plane logs; all five types are on by default.
	Logs *Logs `json:"logs,omitempty"`
	// NodeGroups are EKS managed node groups by key.
	NodeGroups map[string]NodeGroup `json:"nodeGroups"`
	// PodAddressing says where pods take their addresses.
	PodAddressing PodAddressing `json:"podAddressing,omitzero"`
	// Autoscaler is clusterAutoscaler, karpenter or none. Empty means clusterAutoscaler.
	Autoscaler string `json:"autoscaler,omitempty" jsonschema:"enum=clusterAutoscaler,enum=karpenter,enum=none"`
	// Karpenter are its node pools; only with autoscaler karpenter.
	Karpenter *Karpenter `json:"karpenter,omitempty"`
	// Storage drivers.
	Storage Storage `json:"storage,omitzero"`
	// Access gives people and pipelines access to the Kubernetes API, in place
	// of the aws-auth ConfigMap. The deployer and node roles are not listed here.
	Access []Access `json:"access,omitempty"`
	// Bastion is an instance in a private subnet reached by Session Manager
	// only, for kubectl against the private endpoint.
	Bastion *Bastion `json:"bastion,omitempty"`
	// NetworkPolicy turns enforcement by the VPC CNI on; nil means on.
	NetworkPolicy *bool `json:"networkPolicy,omitempty"`
	// ExternalSecrets names what External Secrets may read.
	ExternalSecrets *ExternalSecrets `json:"externalSecrets,omitempty"`
	// Addons overrides versions of the release catalogue by EKS add-on name,
	// or adds version pins that the catalogue has with low confidence.
	Addons map[string]Addon `json:"addons,omitempty"`
	// AMIs overrides AMI releases of the release catalogue by family, al2023 or
	// bottlerocket, which it has with low confidence too. One of AL2023 names its
	// Kubernetes minor and counts for nodes of that minor.
	AMIs map[string]AMI `json:"amis,omitempty"`
	// InstanceTypes are facts of EC2 instance types that this program does not
	// know yet, by name; they count before its own. Max pods and costs need them.
	InstanceTypes map[string]InstanceType `json:"instanceTypes,omitempty"`
	// IRSA makes an IAM OpenID Connect provider for the cluster, for workloads
	// that cannot use EKS Pod Identity. Nothing that the platform installs needs it.
	IRSA bool `json:"irsa,omitempty"`
	// ZonalShift lets Application Recovery Controller move traffic off a zone.
	ZonalShift bool `json:"zonalShift,omitempty"`
}

// Endpoint is the Kubernetes API endpoint.
type Endpoint struct {
	// PublicCIDRs open the public endpoint for these blocks. Empty: it is off.
	PublicCIDRs []string `json:"publicCidrs,omitempty"`
	// AcknowledgeOpenToWorld is needed when a block is 0.0.0.0/0.
	AcknowledgeOpenToWorld bool `json:"acknowledgeOpenToWorld,omitempty"`
}

// Logs are control plane logs in CloudWatch.
type Logs struct {
	// Types of api, audit, authenticator, controllerManager, scheduler; empty means all.
	Types []string `json:"types,omitempty"`
	// RetentionDays is a retention that CloudWatch Logs offers; 0 means 90.
	RetentionDays int `json:"retentionDays,omitempty"`
}

// NodeGroup is a managed node group: one slot, or several while it is upgraded blue/green.
type NodeGroup struct {
	NodeShape
	// Min, Max and Desired are numbers of nodes over all zones. Desired counts at
	// creation only and is ignored after it; 0 means Min.
	Min     int `json:"min" jsonschema:"minimum=0"`
	Max     int `json:"max" jsonschema:"minimum=0"`
	Desired int `json:"desired,omitempty" jsonschema:"minimum=0"`
	// DiskGiB is the size of the root volume (Bottlerocket: the data volume); 0 means 50.
	DiskGiB int `json:"diskGiB,omitempty" jsonschema:"minimum=0"`
	// Labels and Taints of the nodes.
	Labels map[string]string `json:"labels,omitempty"`
	Taints []Taint           `json:"taints,omitempty"`
	// Upgrade is rolling (in place, drained by EKS) or blueGreen (a second slot). Empty means rolling.
	Upgrade string `json:"upgrade,omitempty" jsonschema:"enum=rolling,enum=blueGreen"`
	// MaxUnavailable nodes during a rolling update; 0 means 1.
	MaxUnavailable int `json:"maxUnavailable,omitempty" jsonschema:"minimum=0,maximum=100"`
	// Slots of the group by key. Empty means one slot called main that has the group's own values.
	Slots map[string]Slot `json:"slots,omitempty"`
}

// NodeShape is what cannot be changed without replacing the nodes' group.
type NodeShape struct {
	// InstanceTypes of one CPU architecture, in order of preference.
	InstanceTypes []string `json:"instanceTypes,omitempty"`
	// AMIFamily is al2023 or bottlerocket. Empty means al2023.
	AMIFamily string `json:"amiFamily,omitempty" jsonschema:"enum=al2023,enum=bottlerocket"`
	// Capacity is onDemand or spot. Empty means onDemand.
	Capacity string `json:"capacity,omitempty" jsonschema:"enum=onDemand,enum=spot"`
	// Zones is a subset of the network's zones; empty means all.
	Zones []string `json:"zones,omitempty"`
}

// Slot is one EKS node group behind a NodeGroup. Its shape overrides the group's.
type Slot struct {
	NodeShape
	// Release that the slot's nodes run; empty means the cluster's.
	Release string `json:"release,omitempty"`
	// State is live or draining. Empty means live.
	State string `json:"state,omitempty" jsonschema:"enum=live,enum=draining"`
	// Desired nodes at creation; 0 means the group's.
	Desired int `json:"desired,omitempty" jsonschema:"minimum=0"`
}

// Taint keeps pods without a matching toleration off a node.
type Taint struct {
	Key   string `json:"key"`
	Value string `json:"value,omitempty"`
	// Effect is NoSchedule, PreferNoSchedule or NoExecute.
	Effect string `json:"effect" jsonschema:"enum=NoSchedule,enum=PreferNoSchedule,enum=NoExecute"`
}

// PodAddressing says where pods take their addresses and how many fit on a node.
type PodAddressing struct {
	// Mode is nodeSubnets (secondary addresses of the node's subnet) or
	// podSubnets (custom networking: the network's podCidr, one ENIConfig per zone).
	// Empty means podSubnets when the network has pod subnets.
	Mode string `json:"mode,omitempty" jsonschema:"enum=nodeSubnets,enum=podSubnets"`
	// PrefixDelegation assigns /28 prefixes in place of single addresses.
	PrefixDelegation bool `json:"prefixDelegation,omitempty"`
	// SecurityGroups lets pods have security groups of their own, and says how
	// the CNI enforces them: standard or strict. Empty means that none has. An
	// ambient mesh needs standard: strict drops the kubelet's probes.
	SecurityGroups string `json:"securityGroups,omitempty" jsonschema:"enum=standard,enum=strict"`
	// MaxPods per node caps what is computed; 0 means no further cap.
	MaxPods int `json:"maxPods,omitempty" jsonschema:"minimum=0,maximum=250"`
}

// Karpenter node pools.
type Karpenter struct {
	// NodePools by key.
	NodePools map[string]NodePool `json:"nodePools"`
}

// NodePool is what Karpenter may launch.
type NodePool struct {
	// InstanceTypes that it may choose from, of one CPU architecture.
	InstanceTypes []string `json:"instanceTypes"`
	AMIFamily     string   `json:"amiFamily,omitempty" jsonschema:"enum=al2023,enum=bottlerocket"`
	Capacity      []string `json:"capacity,omitempty"`
	// CPULimit is the number of vCPUs that the pool may grow to. Needed: a pool without a limit can spend without one.
	CPULimit int               `json:"cpuLimit" jsonschema:"minimum=1"`
	Labels   map[string]string `json:"labels,omitempty"`
	Taints   []Taint           `json:"taints,omitempty"`
}

// Storage drivers of the cluster.
type Storage struct {
	// EBS is on unless disabled; its StorageClass gp3 is encrypted and the default.
	EBS EBS `json:"ebs,omitzero"`
	// EFS installs the EFS CSI driver.
	EFS *EFS `json:"efs,omitempty"`
	// Snapshots installs the snapshot controller and a VolumeSnapshotClass; nil means on when EBS is.
	Snapshots *bool `json:"snapshots,omitempty"`
}

// EBS volumes.
type EBS struct {
	Disabled bool `json:"disabled,omitempty"`
}

// EFS file systems made by the stack, by key.
type EFS struct {
	// FileSystems made by the stack, each with a mount target in every private subnet and a StorageClass of its name.
	FileSystems map[string]EFSFileSystem `json:"fileSystems,omitempty"`
}

// EFSFileSystem is one encrypted file system.
type EFSFileSystem struct {
	// Throughput is elastic or bursting; empty means elastic.
	Throughput string `json:"throughput,omitempty" jsonschema:"enum=elastic,enum=bursting"`
}

// Access of one IAM principal to the Kubernetes API.
type Access struct {
	// PrincipalARN of an IAM role or user, each at most once.
	PrincipalARN string `json:"principalArn"`
	// Level is clusterAdmin, admin, edit or view.
	Level string `json:"level" jsonschema:"enum=clusterAdmin,enum=admin,enum=edit,enum=view"`
	// Namespaces limits the level; empty means the whole cluster.
	Namespaces []string `json:"namespaces,omitempty"`
}

// Bastion is an instance for kubectl only, reached by Session Manager; it has no open port.
type Bastion struct {
	// InstanceType; empty means t4g.nano.
	InstanceType string `json:"instanceType,omitempty"`
}

// ExternalSecrets names what the operator may read.
type ExternalSecrets struct {
	// SecretPrefixes of Secrets Manager names that it may read, for example "platform/dev/".
	SecretPrefixes []string `json:"secretPrefixes,omitempty"`
	// ParameterPrefixes of Parameter Store names that it may read, for example "/platform/dev/".
	ParameterPrefixes []string `json:"parameterPrefixes,omitempty"`
}

// Addon pins one EKS add-on.
type Addon struct {
	// Version such as v1.23.1-eksbuild.1.
	Version string `json:"version,omitempty"`
}

// InstanceType is what max pods and the choice of an AMI need to know.
type InstanceType struct {
	// Architecture is x86_64 or arm64.
	Architecture string `json:"architecture" jsonschema:"enum=x86_64,enum=arm64"`
	VCPU         int    `json:"vcpu" jsonschema:"minimum=1"`
	// ENIs is the number of network interfaces, AddressesPerENI of IPv4 addresses on each.
	ENIs            int `json:"enis" jsonschema:"minimum=1"`
	AddressesPerENI int `json:"addressesPerEni" jsonschema:"minimum=2"`
	// Nitro instances can take /28 prefixes; older ones cannot.
	Nitro bool `json:"nitro,omitempty"`
}
