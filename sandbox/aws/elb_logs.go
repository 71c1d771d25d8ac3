package aws

import (
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// lbZone are the hosted zones that the names of a region's load balancers lie
// in. Source: AWS general reference, Elastic Load Balancing endpoints and
// quotas, read 2026-11.
type lbZone struct{ application, network string }

var lbZones = map[string]lbZone{
	"us-east-1":      {"Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"},
	"us-east-2":      {"Z3AADJGX6KTTL2", "ZLMOA37VPKANP"},
	"us-west-1":      {"Z368ELLRRE2KJ0", "Z24FKFUX50B4VW"},
	"us-west-2":      {"Z1H1FL5HABSF5", "Z18D5FSROUN65G"},
	"ap-northeast-1": {"Z14GRHDCWA56QT", "Z31USIVHYNEOWT"},
	"ap-northeast-2": {"ZWKZPGTI48KDX", "ZIBE1TIR4HY56"},
	"ap-northeast-3": {"Z5LXEXXYW11ES", "Z1GWIQ4HH19I5X"},
	"ap-south-1":     {"ZP97RAFLXTNZK", "ZVDDRBQ08TROA"},
	"ap-southeast-1": {"Z1LMS91P8CMLE5", "ZKVM4W9LS7TM"},
	"ap-southeast-2": {"Z1GM3OXH4ZPM65", "ZCT6FZBF4DROD"},
	"ca-central-1":   {"ZQSVJUPU6J1EY", "Z2EPGBW3API2WT"},
	"eu-central-1":   {"Z215JYRZR1TBD5", "Z3F0SRJ5LGBH90"},
	"eu-north-1":     {"Z23TAZ6LKFMNIO", "Z1UDT6IFJ4EJM"},
	"eu-west-1":      {"Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"},
	"eu-west-2":      {"ZHURV8PSTC4K8", "ZD4D7Y8KGAS4G"},
	"eu-west-3":      {"Z3Q77PNBQS71R4", "Z1CMS0P5QUZ6D5"},
	"sa-east-1":      {"Z2P70J7HTTTPLU", "ZTK26PT1VY4CU"},
}

// lbZoneID makes an id up for a region that is not listed.
func lbZoneID(known, asker string) string {
	if known != "" {
		return known
	}
	return "Z" + strings.ToUpper(hash("elb "+asker, 13))
}

// lbAccounts are the accounts that write an ALB's access logs in the regions
// that opened before August 2022, and still may. Source: ALB user guide, enable
// access logs, read 2026-11. Everywhere the service principal does.
var lbAccounts = map[string]string{
	"us-east-1": "127311923021", "us-east-2": "033677994240", "us-west-1": "027434742980", "us-west-2": "797873946194",
	"ap-northeast-1": "582318560864", "ap-northeast-2": "600734575887", "ap-northeast-3": "383597477331",
	"ap-south-1": "718504428378", "ap-southeast-1": "114774131450", "ap-southeast-2": "783225319266",
	"ca-central-1": "985666609251", "eu-central-1": "054676820928", "eu-north-1": "897822967062",
	"eu-west-1": "156460612806", "eu-west-2": "652711504416", "eu-west-3": "009996457667", "sa-east-1": "507241528517",
}

// lbLogging: when access logs are switched on, the service writes a test object
// into the bucket. One that it may not write to leaves a load balancer that
// exists and is not as it was asked for.
func (c *call) lbLogging() error {
	logs := dict(c.obj.Attrs, "accessLogs")
	bucket := str(logs, "bucket")
	if !boolean(logs, "enabled") || bucket == "" {
		return nil
	}
	b, ok := c.bucket(bucket)
	if (!ok || str(b.Attrs, "region") != c.region() || !c.mayLog(b, str(logs, "prefix"))) && c.on(ruleLBLogs) {
		c.initErrs = append(c.initErrs, c.refuse("ModifyLoadBalancerAttributes", ruleLBLogs, bucket).Error())
		return nil
	}
	if ok {
		b.Attrs[attrObjects] = true
		c.tx.Put(b)
	}
	return nil
}

// mayLog asks the bucket's policy and encryption.
func (c *call) mayLog(b *world.Object, prefix string) bool {
	if c.lbKind() == albKind && c.bucketEncryption(b.ID) == "aws:kms" {
		return false
	}
	p, ok := c.tx.Get(world.Key{Kind: typeBucketPolicy, Scope: b.Scope, ID: b.ID})
	if !ok {
		return false
	}
	key := "arn:aws:s3:::" + b.ID + "/"
	if prefix != "" {
		key += strings.Trim(prefix, "/") + "/"
	}
	key += "AWSLogs/" + c.account() + "/ELBAccessLogTestFile"
	writers := []string{"delivery.logs.amazonaws.com"}
	if c.lbKind() == albKind {
		writers = []string{"logdelivery.elasticloadbalancing.amazonaws.com", lbAccounts[c.region()], "arn:aws:iam::" + lbAccounts[c.region()] + ":root"}
	}
	return policyAllows(str(p.Attrs, "policy"), writers, "s3:PutObject", key, c.account())
}

// policyAllows says whether a resource policy lets one of the principals do
// something. Of conditions it knows the account that asks; others are taken to hold.
func policyAllows(policy string, principals []string, action, resource, account string) bool {
	allowed := false
	for _, st := range statementsOf(policy) {
		who := elements(st["Principal"])
		if m, ok := st["Principal"].(map[string]any); ok {
			who = append(append(who, elements(m["Service"])...), elements(m["AWS"])...)
		}
		named := slices.ContainsFunc(who, func(w string) bool { return w == "*" || slices.Contains(principals, w) })
		if !named || !anyMatches(elements(st["Action"]), action) || !anyMatches(elements(st["Resource"]), resource) {
			continue
		}
		if str(st, "Effect") == "Deny" {
			if st["Condition"] == nil {
				return false
			}
			continue // such as TLS only, which the service keeps
		}
		allowed = allowed || fromAccount(st, account)
	}
	return allowed
}

// fromAccount looks at conditions that name the account.
func fromAccount(st map[string]any, account string) bool {
	for _, keys := range dict(st, "Condition") {
		m, _ := keys.(map[string]any)
		for key, want := range m {
			switch strings.ToLower(key) {
			case "aws:sourceaccount":
				if !anyMatches(elements(want), account) {
					return false
				}
			case "aws:sourcearn":
				if !slices.ContainsFunc(elements(want), func(p string) bool { return strings.Contains(p, ":"+account+":") || strings.Contains(p, ":*:") }) {
					return false
				}
			}
		}
	}
	return true
}
