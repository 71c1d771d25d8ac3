package aws_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/sandbox/aws"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	lbType       = "aws:lb/loadBalancer:LoadBalancer"
	tgType       = "aws:lb/targetGroup:TargetGroup"
	listenerType = "aws:lb/listener:Listener"
	certType     = "aws:acm/certificate:Certificate"
	validType    = "aws:acm/certificateValidation:CertificateValidation"
	zoneType     = "aws:route53/zone:Zone"
	recordType   = "aws:route53/record:Record"
	bucketType   = "aws:s3/bucketV2:BucketV2"
	aclType      = "aws:wafv2/webAcl:WebAcl"
)

type m = map[string]any

// make creates a resource whose inputs may refer to earlier ones.
func (b *bench) make(typ, name string, in m) {
	b.Helper()
	inputs, _ := b.resolve(in, typ).(m)
	if err := b.create(typ, name, inputs); err != nil {
		b.Fatalf("%s %q: %v", typ, name, err)
	}
}

// front is a VPC with two public subnets, by the cases' own stock.
func front(t *testing.T) *bench {
	b := newBench(t, nil)
	b.given("elb.two-zones")
	return b
}

var app = m{"name": "app", "subnets": []any{"${pub}", "${pub2}"}, "securityGroups": []any{"${front}"}}

func TestALoadBalancerStandsInItsSubnets(t *testing.T) {
	b := front(t)
	before := len(b.objects("hidden:ec2/NetworkInterface"))
	b.make(lbType, "lb", app)
	if n := len(b.objects("hidden:ec2/NetworkInterface")) - before; n != 2 {
		t.Errorf("%d interfaces, want one in each subnet", n)
	}
	out := b.state[lbType+"::lb"].outputs
	if host := out["dnsName"].StringValue(); !strings.HasPrefix(host, "app-") || !strings.HasSuffix(host, ".ap-northeast-2.elb.amazonaws.com") {
		t.Errorf("name %q", host)
	}
	if zone := out["zoneId"].StringValue(); zone != "ZWKZPGTI48KDX" {
		t.Errorf("zone %q, want that of ALBs in ap-northeast-2", zone)
	}
	b.make(tgType, "tg", m{"name": "tg", "port": 8080, "protocol": "HTTP", "targetType": "ip", "vpcId": "${net}"})
	b.make(listenerType, "l", m{"loadBalancerArn": "${lb}", "port": 80, "defaultActions": []any{m{"type": "forward", "targetGroupArn": "${tg}"}}})
	must(t, b.remove(lbType, "lb"))
	if n := len(b.objects("hidden:ec2/NetworkInterface")) - before; n != 0 || len(b.objects(listenerType)) != 0 {
		t.Errorf("after its deletion: %d interfaces, %d listeners", n, len(b.objects(listenerType)))
	}
	must(t, b.remove(tgType, "tg"))
}

func TestALoadBalancerMovesToOtherSubnets(t *testing.T) {
	b := front(t)
	b.make("aws:ec2/subnet:Subnet", "pub3", m{"vpcId": "${net}", "cidrBlock": "10.0.2.0/24", "availabilityZoneId": "apne2-az3"})
	b.make(lbType, "lb", app)
	moved, _ := b.resolve(m{"name": "app", "subnets": []any{"${pub}", "${pub3}"}, "securityGroups": []any{"${front}"}}, lbType).(m)
	must(t, b.update(lbType, "lb", moved))
	have := map[string]bool{}
	for _, o := range b.objects("hidden:ec2/NetworkInterface") {
		have[o.Attrs["subnetId"].(string)] = true
	}
	if !have[b.lookup("pub3", "")] || have[b.lookup("pub2", "")] {
		t.Errorf("interfaces in %v", have)
	}
}

func TestWhatReplacesANetworkLoadBalancer(t *testing.T) {
	nlb := func(more m) m {
		out := m{"loadBalancerType": "network", "subnets": []any{"subnet-a", "subnet-b"}, "securityGroups": []any{"sg-a"}}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	for sentence, c := range map[string]struct {
		old, new m
		want     bool
	}{
		"another security group":         {nlb(nil), nlb(m{"securityGroups": []any{"sg-b"}}), false},
		"no security group any more":     {nlb(nil), nlb(m{"securityGroups": []any{}}), true},
		"a subnet more":                  {nlb(nil), nlb(m{"subnets": []any{"subnet-a", "subnet-b", "subnet-c"}}), false},
		"a subnet less":                  {nlb(nil), nlb(m{"subnets": []any{"subnet-a"}}), true},
		"an ALB with one subnet less":    {m{"subnets": []any{"a", "b", "c"}}, m{"subnets": []any{"a", "b"}}, false},
		"an ALB without security groups": {m{"securityGroups": []any{"sg-a"}}, m{"securityGroups": []any{}}, false},
	} {
		t.Run(sentence, func(t *testing.T) {
			res, err := newBench(t, nil).p.Diff(context.Background(), plugin.DiffRequest{URN: urn(lbType, "lb"), OldInputs: props(c.old), NewInputs: props(c.new)})
			must(t, err)
			if got := len(res.ReplaceKeys) > 0; got != c.want {
				t.Errorf("replacement %v, want %v: %v", got, c.want, res.DetailedDiff)
			}
		})
	}
}

// proof makes a certificate of shop.example.com with its record in a zone example.com.
func (b *bench) proof(zone m) {
	b.make(certType, "cert", m{"domainName": "shop.example.com", "validationMethod": "DNS", "subjectAlternativeNames": []any{"*.shop.example.com"}})
	b.make(zoneType, "zone", zone)
	b.make(recordType, "proof", m{"zoneId": "${zone}", "name": "${cert.domainValidationOptions[1].resourceRecordName}", "type": "CNAME", "ttl": 60,
		"records": []any{"${cert.domainValidationOptions[0].resourceRecordValue}"}})
}

func TestACertificateIsIssuedWhenTheWorldCanAsk(t *testing.T) {
	for sentence, above := range map[string]func(b *bench){
		"the registrar delegates to the zone's name": func(b *bench) {
			must(t, b.w.Tx(func(tx *world.Tx) error {
				tx.Put(&world.Object{Kind: aws.DelegationKind, Scope: aws.DelegationScope, ID: "example.com", Owner: world.OwnerSeed})
				return nil
			}))
		},
		"the zone above, of another account, delegates to its servers": func(b *bench) {
			must(t, b.w.Tx(func(tx *world.Tx) error {
				tx.Put(&world.Object{Kind: zoneType, Scope: "999988887777", ID: "ZPARENT", Owner: world.OwnerSeed, Attrs: m{"name": "com", "delegated": true}})
				servers := b.state[zoneType+"::zone"].outputs["nameServers"].ArrayValue()
				tx.Put(&world.Object{Kind: recordType, Scope: "999988887777", ID: "ns", Owner: world.OwnerSeed, Attrs: m{
					"zoneId": "ZPARENT", "fqdn": "example.com", "type": "NS", "records": []any{servers[0].StringValue() + "."}}})
				return nil
			}))
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			b := newBench(t, nil)
			b.proof(m{"name": "example.com"})
			err := b.create(validType, "valid", b.resolve(m{"certificateArn": "${cert}"}, validType).(m))
			if err == nil || !strings.Contains(err.Error(), "PENDING_VALIDATION") {
				t.Fatalf("before anybody delegates: %v", err)
			}
			if last := b.ops[len(b.ops)-1]; last.Latency != 75*time.Minute {
				t.Errorf("the wait took %s, want 75 minutes", last.Latency)
			}
			above(b)
			b.make(validType, "valid", m{"certificateArn": "${cert}"})
			if state := b.objects(certType)[0].State; state != "ISSUED" {
				t.Errorf("state %q", state)
			}
		})
	}
}

func TestAWildcardAndItsBaseHaveOneRecord(t *testing.T) {
	b := newBench(t, nil)
	b.proof(m{"name": "example.com"})
	first, second := b.lookup("cert.domainValidationOptions[0].resourceRecordName", ""), b.lookup("cert.domainValidationOptions[1].resourceRecordName", "")
	if first != second || !strings.HasSuffix(first, ".shop.example.com.") {
		t.Errorf("%q and %q", first, second)
	}
}

func TestAccessLogsNeedAPolicyAndLeaveAnObject(t *testing.T) {
	policy := func(principal, path string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Principal":` + principal + `,"Resource":"arn:aws:s3:::logs/` + path + `"},` +
			`{"Effect":"Deny","Action":"s3:*","Principal":"*","Resource":["arn:aws:s3:::logs","arn:aws:s3:::logs/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`
	}
	service := `{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"}`
	for sentence, c := range map[string]struct {
		policy, kind, algorithm string
		want                    bool
	}{
		"the service's principal":                {policy(service, "web/AWSLogs/111122223333/*"), "application", "AES256", true},
		"the region's own account":               {policy(`{"AWS":"arn:aws:iam::600734575887:root"}`, "web/AWSLogs/111122223333/*"), "application", "AES256", true},
		"another region's account":               {policy(`{"AWS":"arn:aws:iam::127311923021:root"}`, "web/AWSLogs/111122223333/*"), "application", "AES256", false},
		"another account's path":                 {policy(service, "web/AWSLogs/999988887777/*"), "application", "AES256", false},
		"a key of KMS":                           {policy(service, "*"), "application", "aws:kms", false},
		"the ALB's principal for an NLB":         {policy(service, "*"), "network", "AES256", false},
		"the log delivery's principal of an NLB": {policy(`{"Service":"delivery.logs.amazonaws.com"}`, "*"), "network", "AES256", true},
	} {
		t.Run(sentence, func(t *testing.T) {
			b := front(t)
			b.make(bucketType, "logs", m{"bucket": "logs"})
			b.make("aws:s3/bucketPolicy:BucketPolicy", "policy", m{"bucket": "logs", "policy": c.policy})
			b.make("aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", "sse", m{"bucket": "logs",
				"rules": []any{m{"applyServerSideEncryptionByDefault": m{"sseAlgorithm": c.algorithm}}}})
			err := b.create(lbType, "lb", b.resolve(m{"name": "app", "loadBalancerType": c.kind, "subnets": []any{"${pub}", "${pub2}"},
				"accessLogs": m{"bucket": "logs", "prefix": "web", "enabled": true}}, lbType).(m))
			if (err == nil) != c.want {
				t.Fatalf("logs written %v, want %v: %v", err == nil, c.want, err)
			}
			if err := b.remove(bucketType, "logs"); (err == nil) == c.want {
				t.Errorf("deleting the bucket: %v", err)
			}
		})
	}
}

func TestTheCapacityOfAWebACL(t *testing.T) {
	metrics := m{"cloudwatchMetricsEnabled": true, "metricName": "x", "sampledRequestsEnabled": true}
	group := func(name string, priority int) m {
		return m{"name": name, "priority": priority, "overrideAction": m{"count": m{}}, "visibilityConfig": metrics,
			"statement": m{"managedRuleGroupStatement": m{"name": name, "vendorName": "AWS"}}}
	}
	b := newBench(t, nil)
	b.make("aws:wafv2/ipSet:IpSet", "deny", m{"name": "deny", "scope": "REGIONAL", "ipAddressVersion": "IPV4", "addresses": []any{"198.51.100.0/24"}})
	b.make(aclType, "acl", m{"name": "waf", "scope": "REGIONAL", "defaultAction": m{"allow": m{}}, "visibilityConfig": metrics, "rules": []any{
		m{"name": "deny", "priority": 0, "action": m{"block": m{}}, "visibilityConfig": metrics, "statement": m{"ipSetReferenceStatement": m{"arn": "${deny.arn}"}}},
		m{"name": "rate", "priority": 1, "action": m{"block": m{}}, "visibilityConfig": metrics, "statement": m{"rateBasedStatement": m{"limit": 2000, "aggregateKeyType": "IP"}}},
		group("AWSManagedRulesCommonRuleSet", 2), group("AWSManagedRulesKnownBadInputsRuleSet", 3), group("AWSManagedRulesAmazonIpReputationList", 4),
	}})
	if n := b.state[aclType+"::acl"].outputs["capacity"].NumberValue(); n != 1+2+700+200+25 {
		t.Errorf("capacity %v, want 928", n)
	}
}

func TestRecordsAnswerInTheMostSpecificDelegatedZone(t *testing.T) {
	b := newBench(t, nil)
	put := func(id, name string, attrs m) {
		attrs["name"] = name
		must(t, b.w.Tx(func(tx *world.Tx) error {
			tx.Put(&world.Object{Kind: zoneType, Scope: "111122223333", ID: id, Owner: world.OwnerSeed, Attrs: attrs})
			return nil
		}))
	}
	put("ZTOP", "example.com", m{"delegated": true})
	put("ZDEV", "dev.example.com", m{"delegated": true})
	put("ZLOST", "a.dev.example.com", m{})
	put("ZINSIDE", "dev.example.com", m{"delegated": true, "vpcs": []any{m{"vpcId": "vpc-1"}}})
	for name, want := range map[string]string{"dev.example.com": "ZDEV", "x.a.dev.example.com.": "ZDEV", "Shop.Example.com": "ZTOP", "notexample.com": ""} {
		got := ""
		b.w.View(func(tx *world.Tx) {
			if z := aws.PublicZone(tx, name); z != nil {
				got = z.ID
			}
		})
		if got != want {
			t.Errorf("%s is answered by %q, want %q", name, got, want)
		}
	}
}
