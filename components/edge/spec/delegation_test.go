package spec

import (
	"strings"
	"testing"
)

func TestCheckDelegation(t *testing.T) {
	ours := []string{"ns-1.awsdns-01.com", "ns-2.awsdns-02.org"}
	for name, c := range map[string]struct {
		answered []string
		want     string // "" is none
	}{
		"the zone's own":                  {ours, ""},
		"one of them":                     {[]string{"ns-2.awsdns-02.org"}, ""},
		"in capitals, with a dot":         {[]string{"NS-1.AWSDNS-01.COM."}, ""},
		"nobody":                          {nil, "DNS knows no name server for it"},
		"a zone that was there before":    {[]string{"ns-9.awsdns-09.net."}, "delegates to ns-9.awsdns-09.net, which are another zone's"},
		"a name that only begins like it": {[]string{"ns-1.awsdns-01.com.example.net"}, "another zone's"},
	} {
		t.Run(name, func(t *testing.T) {
			err := CheckDelegation("dev.example.com", ours, c.answered)
			if c.want == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "NS record of dev.example.com with ns-1.awsdns-01.com, ns-2.awsdns-02.org") {
				t.Errorf("got %v, want the words %q and the servers to write", err, c.want)
			}
		})
	}
}
