// Package reach says whether workloads of one cluster reach those of another
// through their meshes, and what is missing where they do not. It reads the
// simulated cloud as it is: routes, peerings, security groups, load balancers
// and their targets, gateways, remote secrets and certificates. It knows nothing
// of the program that made them.
//
// Source: istio.io, multicluster installation and troubleshooting; istio
// pilot/pkg/serviceregistry/kube (addresses of gateways) and security/pkg/pki
// (chains), release 1.31; VPC and ELB user guides; read 2026-11.
//
// Not modelled: packets, network ACLs, DNS, authorization policies (sandbox/flow
// has those of one cluster), and gateways that lead on to a third cluster.
package reach
