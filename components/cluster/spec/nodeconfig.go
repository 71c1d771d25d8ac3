package spec

import "fmt"

// Node configuration sets the one value that EKS does not know: how many pods
// fit. EKS merges it with its own (endpoint, certificate, labels, taints), so
// nothing else belongs here. Source: EKS user guide, "Customize managed nodes
// with launch templates", read 2026-11.

// mimeBoundary separates the parts; any text that occurs in no part will do.
const mimeBoundary = "//"

// UserData is the node configuration of an AMI family, not yet base64.
func UserData(family string, maxPods int) (string, error) {
	switch family {
	case FamilyAL2023:
		return nodeadmConfig(maxPods), nil
	case FamilyBottlerocket:
		return BottlerocketSettings(maxPods), nil
	}
	return "", fmt.Errorf("AMI family %q has no node configuration; use %s or %s", family, FamilyAL2023, FamilyBottlerocket)
}

// NodeConfig is nodeadm's document for AL2023.
func NodeConfig(maxPods int) string {
	return fmt.Sprintf("apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n    config:\n      maxPods: %d\n", maxPods)
}

// nodeadmConfig is NodeConfig in the MIME form that EKS merges.
func nodeadmConfig(maxPods int) string {
	return "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" + mimeBoundary + "\"\n\n" +
		"--" + mimeBoundary + "\nContent-Type: application/node.eks.aws\n\n" + NodeConfig(maxPods) +
		"\n--" + mimeBoundary + "--\n"
}

// BottlerocketSettings is the TOML for Bottlerocket.
func BottlerocketSettings(maxPods int) string {
	return fmt.Sprintf("[settings.kubernetes]\nmax-pods = %d\n", maxPods)
}
