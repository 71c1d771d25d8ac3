package naming

import (
	"strings"
	"testing"
)

func TestFits(t *testing.T) {
	tests := map[string]struct {
		length, limit int
		want          bool
	}{
		"exactly the limit with the suffix": {length: 56, limit: MaxRole, want: true},
		"one more":                          {length: 57, limit: MaxRole, want: false},
		"short":                             {length: 1, limit: MaxRole, want: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Fits(strings.Repeat("a", tt.length), tt.limit); got != tt.want {
				t.Errorf("Fits(%d, %d) = %v, want %v", tt.length, tt.limit, got, tt.want)
			}
		})
	}
}

func TestFromARN(t *testing.T) {
	tests := map[string]struct{ arn, want string }{
		"a role":             {"arn:aws:iam::111111111111:role/admin", "role-admin-"},
		"a role with a path": {"arn:aws:iam::111111111111:role/sso/ap/admin", "role-admin-"},
		"a user":             {"arn:aws:iam::111111111111:user/kim", "user-kim-"},
		"the root":           {"arn:aws:iam::111111111111:root", "root-"},
	}
	seen := map[string]string{}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := FromARN(tt.arn)
			if !strings.HasPrefix(got, tt.want) || len(got) != len(tt.want)+6 {
				t.Errorf("FromARN(%q) = %q, want %q and 6 digits", tt.arn, got, tt.want)
			}
			if other, dup := seen[got]; dup {
				t.Errorf("%q and %q share the key %q", tt.arn, other, got)
			}
			seen[got] = tt.arn
			if FromARN(tt.arn) != got {
				t.Errorf("FromARN(%q) is not stable", tt.arn)
			}
		})
	}
}

func TestJoinLeavesEmptyPartsOut(t *testing.T) {
	if got := Join("cluster-main", "", "ng"); got != "cluster-main-ng" {
		t.Errorf("Join = %q", got)
	}
}

func TestManagedPolicyFollowsThePartition(t *testing.T) {
	tests := map[string]struct{ region, want string }{
		"commercial": {"ap-northeast-2", "arn:aws:iam::aws:policy/X"},
		"china":      {"cn-north-1", "arn:aws-cn:iam::aws:policy/X"},
		"government": {"us-gov-west-1", "arn:aws-us-gov:iam::aws:policy/X"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := ManagedPolicy(tt.region, "X"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
