package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	cluster "github.com/ladder-platform/ladder/components/cluster/spec"
	network "github.com/ladder-platform/ladder/components/network/spec"
	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

type (
	networkConfig = network.Config
	clusterConfig = cluster.Config
)

// Limits with their sources.
const (
	// maxStackName leaves room for "-<cluster key>" and role suffixes in names
	// of 64 characters (IAM roles; facts, name_and_limit_rules).
	maxStackName = 20
	// Tags on a resource: 50, of which Name, stage, owner, managed-by and those
	// that Kubernetes components add need ten. Source: AWS general reference,
	// "Tag naming limits and requirements".
	maxTags     = 40
	maxTagKey   = 128
	maxTagValue = 256
	// maxSoak is a limit of sense: after 90 days the minor itself nears its end.
	maxSoak = 90 * 24 * time.Hour
)

var (
	stackPattern   = regexp.MustCompile(`^[a-z](?:[a-z0-9-]*[a-z0-9])?$`)
	accountPattern = regexp.MustCompile(`^[0-9]{12}$`)
	rolePattern    = regexp.MustCompile(`^arn:aws:iam::([0-9]{12}):role/[A-Za-z0-9_+=,.@/-]+$`)
	tagPattern     = regexp.MustCompile(`^[\pL\pZ\pN_.:/=+@-]*$`)
)

// reservedTags are set by the program itself.
var reservedTags = []string{"Name", "stage", "owner", "managed-by"}

// Validate is every finding of the stack with a name. Defaults may be filled in or not.
func (s Stack) Validate(stack string) finding.List {
	return s.validate(stack, func(string) bool { return false })
}

// validate is Validate for a stack that was read with mistakes: rules do not
// judge others by a value at a doubtful path.
func (s Stack) validate(stack string, doubts func(path string) bool) finding.List {
	var out finding.List
	if stack != "" && (len(stack) > maxStackName || !stackPattern.MatchString(stack)) {
		out.Add("", fmt.Sprintf("name it with at most %d lower-case letters, digits and hyphens, a letter first", maxStackName),
			"the stack's name %q does not fit in the names that AWS derives from it", stack)
	}
	out.Join("environment", s.Environment.validate())
	out.Join("", s.validateReleases())
	out.Join("promotion", s.Promotion.validate(stack, s.Environment.Stage))
	networks := s.validateNetworks()
	clusters := s.validateClusters(stack, doubts)
	out.Join("", networks)
	out.Join("", clusters)
	out.Join("", s.validateAcross())
	out.Join("", s.validateEdge(stack))
	out.Join("", s.validateMesh())
	out.Join("", s.validateObservability(stack))
	out.Join("", s.validateAlertStage())
	out.Join("", s.validateTraces())
	out.Join("", s.validateStage())
	out.Join("", s.validateTrust())
	out.Join("", s.validateRevisions())
	if len(networks.Errors()) == 0 && len(clusters.Errors()) == 0 {
		out.Join("", s.validateHeadroom())
		out.Join("", s.validateCapacity())
	}
	return unique(out)
}

// unique drops a finding that two rules make in the same words.
func unique(in finding.List) finding.List {
	var out finding.List
	for _, f := range in {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

func (e Environment) validate() finding.List {
	var out finding.List
	if e.Stage == "" {
		out.Add("stage", "use dev, stg or prd", "is missing")
	} else if !slices.Contains(stages, e.Stage) {
		out.Add("stage", strict.Suggest(e.Stage, slices.Clone(stages)), "%q is not a stage", e.Stage)
	}
	region(&out, "region", e.Region)
	switch {
	case e.AccountID == "":
		out.Add("accountId", "give the only account that the stack may touch", "is missing")
	case !accountPattern.MatchString(e.AccountID):
		out.Add("accountId", "use 12 digits, in quotes", "%q is not an account id", e.AccountID)
	}
	switch m := rolePattern.FindStringSubmatch(e.DeployerRoleARN); {
	case e.DeployerRoleARN == "":
		out.Add("deployerRoleArn", "give the IAM role that runs pulumi", "is missing")
	case strings.Contains(e.DeployerRoleARN, ":assumed-role/"):
		out.Add("deployerRoleArn", "give the role itself, arn:aws:iam::<account>:role/<name>", "%q is a session, not a role", e.DeployerRoleARN)
	case m == nil:
		out.Add("deployerRoleArn", "use arn:aws:iam::<account>:role/<name>", "%q is not the ARN of an IAM role", e.DeployerRoleARN)
	case accountPattern.MatchString(e.AccountID) && m[1] != e.AccountID:
		out.Add("deployerRoleArn", "use a role of the stack's account, or correct accountId", "is of account %s, accountId is %s", m[1], e.AccountID)
	}
	switch {
	case strings.TrimSpace(e.Owner) == "":
		out.Add("owner", "name the team that answers for the stack", "is missing")
	case len(e.Owner) > maxTagValue || !tagPattern.MatchString(e.Owner):
		out.Add("owner", "use letters, digits, spaces and _ . : / = + - @", "%q cannot be the value of a tag", e.Owner)
	}
	out.Join("tags", validateTags(e.Tags))
	return out
}

// region reports a region that this program does not know.
func region(out *finding.List, path, name string) {
	if name == "" {
		out.Add(path, "use for example ap-northeast-2", "is missing")
		return
	}
	if _, ok := facts.RegionByName(name); ok {
		return
	}
	fix := "use a region of the commercial partition, for example ap-northeast-2"
	if near := strict.Nearest(name, facts.Regions()); near != "" {
		fix = fmt.Sprintf("did you mean %q?", near)
	}
	out.Add(path, fix, "%q is not a region", name)
}

func validateTags(tags map[string]string) finding.List {
	var out finding.List
	if len(tags) > maxTags {
		out.Add("", fmt.Sprintf("use at most %d", maxTags), "%d tags leave no room for those that the platform adds; AWS takes 50", len(tags))
	}
	for _, key := range sortedKeys(tags) {
		value := tags[key]
		switch {
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			out.Add(key, "use another prefix", "AWS keeps the prefix aws: for itself")
		case slices.Contains(reservedTags, key):
			out.Add(key, "remove it", "the program sets the tag %q itself", key)
		case key == "" || len([]rune(key)) > maxTagKey || !tagPattern.MatchString(key):
			out.Add(key, fmt.Sprintf("use 1 to %d letters, digits, spaces and _ . : / = + - @", maxTagKey), "%q cannot be the key of a tag", key)
		}
		if n := len([]rune(value)); n > maxTagValue {
			out.Add(key, "shorten it", "a value of %d characters is longer than AWS takes, which is %d", n, maxTagValue)
		} else if !tagPattern.MatchString(value) {
			out.Add(key, "use letters, digits, spaces and _ . : / = + - @", "%q cannot be the value of a tag", value)
		}
	}
	return out
}

func (p Promotion) validate(stack, stage string) finding.List {
	var out finding.List
	switch {
	case p.After == "" && (stage == Stg || stage == Prd):
		out.Add("after", "name the stack that runs a release before this one, for example "+stages[slices.Index(stages, stage)-1], "is missing, and stage %s follows another", stage)
	case p.After != "" && p.After == stack:
		out.Add("after", "name another stack", "%q is this stack itself", p.After)
	case p.After != "" && !stackPattern.MatchString(p.After):
		out.Add("after", "use a stack's name, for example stg", "%q is not a stack's name", p.After)
	}
	if p.After == "" {
		for _, f := range []struct {
			name string
			set  bool
		}{{"soak", p.Soak != ""}, {"differences", len(p.Differences) > 0}, {"reader", p.Reader != nil}, {"override", p.Override != nil}} {
			if f.set {
				out.Add(f.name, "add after, or remove it", "has no effect without after")
			}
		}
	}
	p.validateSoak(&out, stage)
	p.validateReading(&out)
	p.validateDifferences(&out)
	if o := p.Override; o != nil {
		if o.Release == "" {
			out.Add("override.release", "name the release that may pass", "is missing")
		}
		if len(strings.Fields(o.Reason)) < 2 {
			out.Add("override.reason", "say in a sentence why the release cannot wait", "%q does not say why", o.Reason)
		}
		if strings.TrimSpace(o.ApprovedBy) == "" {
			out.Add("override.approvedBy", "name the person who approved it", "is missing")
		}
		if _, err := time.Parse(time.DateOnly, o.Until); err != nil {
			out.Add("override.until", `use a date in quotes such as "2026-12-01"`, "%q is not a date", o.Until)
		}
	}
	return out
}

func (p Promotion) validateSoak(out *finding.List, stage string) {
	if p.Soak == "" {
		if stage == Prd && p.After != "" {
			out.Add("soak", "use for example 72h", "is missing: prd takes no release that the stage before has not run for a while")
		}
		return
	}
	d, err := time.ParseDuration(p.Soak)
	switch {
	case err != nil:
		out.Add("soak", "use hours, for example 72h", "%q is not a duration", p.Soak)
	case d < 0:
		out.Add("soak", "use 0h or more", "%q lies in the past", p.Soak)
	case d == 0 && stage == Prd:
		out.Add("soak", "use for example 72h", "%q is no time at all, and this is prd", p.Soak)
	case d > maxSoak:
		out.Add("soak", "use at most 2160h", "%q is longer than 90 days; by then the next minor is due", p.Soak)
	}
}

func (p Promotion) validateReading(out *finding.List) {
	switch p.Read {
	case "", ReadSSM, ReadStackReference:
	default:
		out.Add("read", strict.Suggest(p.Read, []string{ReadSSM, ReadStackReference}), "%q is not a way to read the record", p.Read)
	}
	if p.Reader != nil {
		if !rolePattern.MatchString(p.Reader.RoleARN) {
			out.Add("reader.roleArn", "use arn:aws:iam::<account>:role/<name>", "%q is not the ARN of an IAM role", p.Reader.RoleARN)
		}
		region(out, "reader.region", p.Reader.Region)
	}
}

func (p Promotion) validateDifferences(out *finding.List) {
	for i, d := range p.Differences {
		at := fmt.Sprintf("differences[%d]", i)
		if slices.Contains(p.Differences[:i], d) {
			out.Add(at, "remove it", "%q is listed twice", d)
		}
		section, rest, _ := strings.Cut(d, ".")
		if !slices.Contains(shaped, section) || rest == "" {
			out.Add(at, "use a path such as networks.main.nat.mode, * for one element", "%q is not a path below %s", d, strings.Join(shaped, ", "))
		}
	}
}

// validateReleases: what is named exists, and a cluster or slot stays at most
// where the stack can reach in one climb.
func (s Stack) validateReleases() finding.List {
	var out finding.List
	catalogue, broken := release()
	if len(broken.Errors()) > 0 {
		out.Add("release", "correct the catalogue", "cannot be checked, the release catalogue has errors: %s", broken.Errors()[0])
		return out
	}
	check := func(path, name, target string) {
		if _, err := catalogue.Find(name); err != nil {
			out.Add(path, strict.Suggest(name, catalogue.Names()), "%q is not in the catalogue", name)
			return
		}
		if _, err := catalogue.Find(target); err == nil && !catalogue.Reachable(name, target) {
			out.Add(path, fmt.Sprintf("use %s or the release before it", target), "release %q does not lead to %q in one climb", name, target)
		}
	}
	if s.Release == "" {
		out.Add("release", "use one of "+strings.Join(catalogue.Names(), ", "), "is missing")
	} else {
		check("release", s.Release, s.Release)
	}
	for _, key := range sortedKeys(s.Clusters) {
		c := s.Clusters[key]
		if c.Release != "" {
			check("clusters."+key+".release", c.Release, s.Release)
		}
		for _, group := range sortedKeys(c.NodeGroups) {
			for _, slot := range sortedKeys(c.NodeGroups[group].Slots) {
				if name := c.NodeGroups[group].Slots[slot].Release; name != "" {
					check("clusters."+key+".nodeGroups."+group+".slots."+slot+".release", name, s.ClusterRelease(key))
				}
			}
		}
	}
	return out
}
