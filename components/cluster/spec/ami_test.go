package spec

import "testing"

func TestAMIVersion(t *testing.T) {
	r := Release{Kubernetes: "1.36", AMIs: map[string]string{FamilyAL2023: "1.36.0-20261103", FamilyBottlerocket: "1.64.0-00000000"}}
	for name, c := range map[string]struct{ family, pin, want string }{
		"no pin is the release's":              {FamilyAL2023, "", "1.36.0-20261103"},
		"a pin of the release's minor":         {FamilyAL2023, "1.36.4-20261003", "1.36.4-20261003"},
		"a pin of another minor is for others": {FamilyAL2023, "1.35.6-20260818", "1.36.0-20261103"},
		"a minor that only begins alike":       {FamilyAL2023, "1.3.6-20260818", "1.36.0-20261103"},
		"bottlerocket fits every minor":        {FamilyBottlerocket, "1.65.0-0be31b34", "1.65.0-0be31b34"},
		"not a release of its family":          {FamilyBottlerocket, "1.36.4-20261003x", "1.64.0-00000000"},
	} {
		got := Config{AMIs: map[string]AMI{c.family: {Version: c.pin}}}.AMIVersion(r, c.family)
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
