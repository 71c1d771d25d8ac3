package facts

import (
	"regexp"
	"slices"
	"strings"
)

// SearchFeature is something that not every instance type of Amazon OpenSearch
// Service can do.
type SearchFeature string

// Features with the words of the user guide.
const (
	SearchEBS        SearchFeature = "EBS storage"
	SearchEncryption SearchFeature = "encryption at rest"
	SearchFineAccess SearchFeature = "fine-grained access control"
	SearchWarm       SearchFeature = "UltraWarm storage"
	SearchMaster     SearchFeature = "the role of a dedicated master"
	SearchAutoTune   SearchFeature = "Auto-Tune"
)

// searchLacks are the features that families lack; a family that is not here
// lacks none. Source: OpenSearch Service developer guide, "Supported instance
// types" (restrictions) and "UltraWarm storage" (prerequisites), read 2026-11.
// That the storage families are no masters is from the page on dedicated
// master nodes, which names general, compute and memory families only.
var searchLacks = map[string][]SearchFeature{
	"t2":    {SearchEncryption, SearchFineAccess, SearchWarm, SearchAutoTune, SearchMaster},
	"t3":    {SearchWarm, SearchAutoTune},
	"m3":    {SearchEncryption, SearchFineAccess, SearchWarm},
	"r3":    {SearchEncryption, SearchFineAccess, SearchWarm},
	"i3":    {SearchEBS, SearchMaster},
	"r6gd":  {SearchEBS, SearchMaster},
	"im4gn": {SearchEBS, SearchMaster},
	"or1":   {SearchMaster},
	"or2":   {SearchMaster},
	"om2":   {SearchMaster},
	"oi2":   {SearchEBS, SearchMaster},
	"c4":    nil,
	"m4":    nil,
	"r4":    nil,
	"c5":    nil,
	"m5":    nil,
	"r5":    nil,
	"c6g":   nil,
	"m6g":   nil,
	"r6g":   nil,
	"c7g":   nil,
	"m7g":   nil,
	"r7g":   nil,
	"c7i":   nil,
	"m7i":   nil,
	"r7i":   nil,
	"c8g":   nil,
	"m8g":   nil,
	"r8g":   nil,
}

var searchInstance = regexp.MustCompile(`^([a-z0-9]+)\.(micro|small|medium|large|[0-9]*xlarge)\.search$`)

// WarmTypes are the instance types of warm nodes. Source: OpenSearch Service
// developer guide, "UltraWarm storage", read 2026-11.
var WarmTypes = []string{"ultrawarm1.medium.search", "ultrawarm1.large.search"}

// SearchInstance tells whether an instance type of OpenSearch Service is known,
// and what it lacks.
func SearchInstance(name string) (lacks []SearchFeature, known bool) {
	m := searchInstance.FindStringSubmatch(name)
	if m == nil {
		return nil, false
	}
	lacks, known = searchLacks[m[1]]
	return lacks, known
}

// SearchInstanceHas tells whether a type of data or master nodes has a feature;
// a type that nobody knows has none.
func SearchInstanceHas(name string, feature SearchFeature) bool {
	lacks, known := SearchInstance(name)
	return known && !slices.Contains(lacks, feature)
}

// SearchFamilies are the families that are known, sorted.
func SearchFamilies() []string {
	var out []string
	for f := range searchLacks {
		out = append(out, f)
	}
	slices.Sort(out)
	return out
}

// StreamInstance tells whether a name is one of Amazon MSK's standard brokers:
// kafka.t3.small, or a size of kafka.m5 and kafka.m7g. Source: MSK developer
// guide, "Broker sizes", read 2026-11.
func StreamInstance(name string) bool {
	if name == "kafka.t3.small" {
		return true
	}
	for _, family := range []string{"kafka.m5.", "kafka.m7g."} {
		if size, ok := strings.CutPrefix(name, family); ok {
			return slices.Contains([]string{"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"}, size) &&
				!(family == "kafka.m7g." && size == "24xlarge")
		}
	}
	return false
}
