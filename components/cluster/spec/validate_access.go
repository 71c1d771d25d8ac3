package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
)

// Levels of access.
const (
	LevelClusterAdmin = "clusterAdmin"
	LevelAdmin        = "admin"
	LevelEdit         = "edit"
	LevelView         = "view"
)

func (c Config) validateAccess(in ValidateInput) finding.List {
	var out finding.List
	first := map[string]int{}
	for i, a := range c.Access {
		at := index("access", i)
		switch {
		case strings.Contains(a.PrincipalARN, ":sts:"):
			out.Add(at+".principalArn", "give the role itself, arn:aws:iam::<account>:role/<name>", "%q is a session, not a role", a.PrincipalARN)
		case !principalPattern.MatchString(a.PrincipalARN):
			out.Add(at+".principalArn", "use arn:aws:iam::<account>:role/<name>", "%q is not the ARN of an IAM role or user", a.PrincipalARN)
		case a.PrincipalARN == in.DeployerRoleARN:
			out.Add(at+".principalArn", "remove it", "%q is the deployer, which has an entry already", a.PrincipalARN)
		}
		if j, dup := first[a.PrincipalARN]; dup {
			out.Add(at+".principalArn", fmt.Sprintf("merge it with access[%d]: EKS has one entry for each principal", j), "%q is listed twice", a.PrincipalARN)
		} else {
			first[a.PrincipalARN] = i
		}
		if !slices.Contains([]string{LevelClusterAdmin, LevelAdmin, LevelEdit, LevelView}, a.Level) {
			out.Add(at+".level", "use clusterAdmin, admin, edit or view", "%q is not known", a.Level)
		}
		if a.Level == LevelClusterAdmin && len(a.Namespaces) > 0 {
			out.Add(at+".namespaces", "use level admin for namespaces", "clusterAdmin is over the whole cluster")
		}
		for j, ns := range a.Namespaces {
			if len(ns) > 63 || !keyPattern.MatchString(ns) {
				out.Add(index(at+".namespaces", j), "use lower-case letters, digits and hyphens", "%q is not a namespace", ns)
			}
			if slices.Contains(a.Namespaces[:j], ns) {
				out.Add(index(at+".namespaces", j), "remove it", "%q is listed twice", ns)
			}
		}
	}
	return out
}

func (c Config) validateStorage() finding.List {
	var out finding.List
	if c.snapshots() && c.Storage.EBS.Disabled {
		out.Add("storage.snapshots", "remove it, or turn ebs on", "snapshots are of EBS volumes, and the EBS driver is disabled")
	}
	if c.Storage.EFS == nil {
		return out
	}
	for _, key := range sortedKeys(c.Storage.EFS.FileSystems) {
		at := "storage.efs.fileSystems." + key
		checkKey(&out, at, key)
		if t := c.Storage.EFS.FileSystems[key].Throughput; t != "elastic" && t != "bursting" {
			out.Add(at+".throughput", "use elastic or bursting", "%q is not known", t)
		}
		if key == "gp3" && !c.Storage.EBS.Disabled {
			out.Add(at, "use another key", "the StorageClass gp3 is the EBS one")
		}
	}
	return out
}

// checkKey reports a key that cannot become part of names.
func checkKey(out *finding.List, at, key string) {
	if !keyPattern.MatchString(key) {
		out.Add(at, "use lower-case letters, digits and hyphens", "the key %q cannot become part of names", key)
	}
}

func index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
