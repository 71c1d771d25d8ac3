package plan

import (
	"regexp"
	"strconv"
	"strings"
)

// zoneID is an availability zone ID: the region's short prefix and a number.
// Local and Wavelength zones (use1-bos1-az1) have a middle part and are not
// accepted: EKS does not place a control plane there.
var zoneID = regexp.MustCompile(`^([a-z]{2,6}[0-9]{1,2})-az([1-9])$`)

// ParseZone splits a zone ID such as apne2-az1 in its prefix and number.
func ParseZone(id string) (prefix string, number int, ok bool) {
	m := zoneID.FindStringSubmatch(id)
	if m == nil {
		return "", 0, false
	}
	number, err := strconv.Atoi(m[2])
	return m[1], number, err == nil
}

const (
	// slotsUsual serves every region whose zone IDs end at az4: all but one.
	slotsUsual = 4
	// slotsLarge serves us-east-1, whose zone IDs go up to use1-az6 (AWS RAM
	// user guide, "Availability Zone IDs", from memory: low confidence in the
	// list staying at one region; a larger number elsewhere is a finding).
	slotsLarge = 8
)

// Slots is the number of equal parts that a network in the region with this
// zone prefix is cut into. It must never change for a region: blocks would move.
func Slots(zonePrefix string) int {
	if zonePrefix == "use1" {
		return slotsLarge
	}
	return slotsUsual
}

// ZonePrefix is what zone IDs of a region begin with: ap-northeast-2 gives
// apne2, us-east-1 use1, us-gov-west-1 usgw1. "" means that region has no
// known form.
func ZonePrefix(region string) string {
	parts := strings.Split(region, "-")
	if len(parts) < 3 || len(parts) > 4 {
		return ""
	}
	number := parts[len(parts)-1]
	if n, err := strconv.Atoi(number); err != nil || n < 1 {
		return ""
	}
	b := strings.Builder{}
	b.WriteString(parts[0])
	for _, p := range parts[1 : len(parts)-1] {
		short, ok := directions[p]
		if !ok {
			return ""
		}
		b.WriteString(short)
	}
	return b.String() + number
}

// directions are the words of region names as zone IDs abbreviate them.
var directions = map[string]string{
	"north": "n", "northeast": "ne", "east": "e", "southeast": "se", "south": "s",
	"southwest": "sw", "west": "w", "northwest": "nw", "central": "c", "gov": "g",
}
