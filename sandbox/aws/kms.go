package aws

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
	"github.com/ladder-platform/ladder/sandbox/world"
)

const (
	typeKey       = "aws:kms/key:Key"
	typeAlias     = "aws:kms/alias:Alias"
	typeKeyPolicy = "aws:kms/keyPolicy:KeyPolicy"
	// hiddenDeletedKey is a key that waits for its deletion. It is on the keep
	// list: destroy ends with it still there, as in AWS.
	hiddenDeletedKey = "hidden:kms/PendingDeletion"
)

var (
	ruleKeyWindow = rule.Register(rule.Rule{
		Name: "kms.deletion-window", Service: "kms",
		Source: "KMS API, ScheduleKeyDeletion: 7 to 30 days; terraform-provider-aws kms/key.go, IntBetween",
		Text:   "expected deletion_window_in_days to be in the range (7 - 30), got %d",
	})
	ruleKeyLockout = rule.Register(rule.Rule{
		Name: "kms.policy-lockout", Service: "kms",
		Source: "KMS API, PutKeyPolicy, lockout safety check, MalformedPolicyDocumentException",
		Text:   "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.",
	})
	ruleKeyPolicy = rule.Register(rule.Rule{
		Name: "kms.policy-document", Service: "kms",
		Source: "KMS API, CreateKey, MalformedPolicyDocumentException; grammar as in IAM",
		Text:   "MalformedPolicyDocumentException: %s",
	})
	ruleKeyExists = rule.Register(rule.Rule{
		Name: "kms.key-exists", Service: "kms",
		Source: "KMS API, NotFoundException",
		Text:   "NotFoundException: Key 'arn:aws:kms:%s:%s:key/%s' does not exist",
	})
	ruleAliasName = rule.Register(rule.Rule{
		Name: "kms.alias-name", Service: "kms",
		Source: "KMS API, AliasNameType (facts, name_and_limit_rules); terraform-provider-aws kms/validate.go",
		Text:   "%q must begin with 'alias/' and be comprised of only [a-zA-Z0-9/_-]",
	})
	ruleAliasReserved = rule.Register(rule.Rule{
		Name: "kms.alias-reserved", Service: "kms",
		Source: "KMS API, CreateAlias: alias/aws/ is AWS's; NotAuthorizedException",
		Text:   "NotAuthorizedException: Alias name %s is reserved",
	})
	ruleAliasTaken = rule.Register(rule.Rule{
		Name: "kms.alias-exists", Service: "kms",
		Source: "KMS API, CreateAlias, AlreadyExistsException",
		Text:   "AlreadyExistsException: An alias with the name arn:aws:kms:%s:%s:%s already exists",
	})
	ruleKeyPending = rule.Register(rule.Rule{
		Name: "kms.key-pending-deletion", Service: "kms",
		Source: "KMS developer guide, key states: a key that waits for deletion takes no alias and encrypts nothing; KMSInvalidStateException",
		Text:   "KMSInvalidStateException: arn:aws:kms:%s:%s:key/%s is pending deletion.",
	})
)

var aliasName = regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]{1,250}$`)

var _ = register(typeKey, &kind{
	service: "KMS", noun: "Key", createTime: keyCreate, deleteTime: kmsDelete,
	arn:    "arn:aws:kms:{region}:{account}:key/{id}",
	makeID: func(c *call) string { return uuid(c.newID("", 32)) },
	check: func(c *call, in map[string]any) []schema.Failure {
		if d := num(in, "deletionWindowInDays"); has(in, "deletionWindowInDays") && (d < 7 || d > 30) && c.on(ruleKeyWindow) {
			return []schema.Failure{{Path: "deletionWindowInDays", Reason: ruleKeyWindow.Errorf(d).Error()}}
		}
		return c.policyText(in, "policy")
	},
	create: func(c *call) error {
		if err := c.keyPolicy("CreateKey"); err != nil {
			return err
		}
		c.set("keyId", c.obj.ID)
		c.setDefault("description", "")
		c.setDefault("isEnabled", true)
		c.setDefault("keyUsage", "ENCRYPT_DECRYPT")
		c.setDefault("customerMasterKeySpec", "SYMMETRIC_DEFAULT")
		c.setDefault("multiRegion", false)
		c.setDefault("enableKeyRotation", false)
		c.setDefault("rotationPeriodInDays", 365)
		c.setDefault("policy", fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"kms:*","Resource":"*"}]}`, c.account()))
		return nil
	},
	update: func(c *call) error { return c.keyPolicy("PutKeyPolicy") },
	remove: func(c *call) error {
		days := 30
		if has(c.obj.Attrs, "deletionWindowInDays") {
			days = num(c.obj.Attrs, "deletionWindowInDays")
		}
		c.hide(hiddenDeletedKey, c.obj.ID, str(c.obj.Attrs, "description"), "kms", map[string]any{
			"arn": c.attr("arn"), "deletionDate": c.tx.Now().Add(time.Duration(days) * 24 * time.Hour).UTC().Format(time.RFC3339),
		})
		return nil
	},
})

func uuid(hex string) string {
	return hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:]
}

// keyPolicy: grammar, and whether anybody could still change the policy.
func (c *call) keyPolicy(action string) error {
	text := c.attr("policy")
	if text == "" {
		return nil
	}
	var doc struct{ Statement []map[string]any }
	if json.Unmarshal([]byte(text), &doc) != nil {
		if c.on(ruleKeyPolicy) {
			return c.refuse(action, ruleKeyPolicy, "This policy contains invalid Json")
		}
		return nil
	}
	for _, st := range doc.Statement {
		if st["Principal"] == nil && c.on(ruleKeyPolicy) {
			return c.refuse(action, ruleKeyPolicy, "Missing required field Principal")
		}
		if e := str(st, "Effect"); e != "Allow" && e != "Deny" && c.on(ruleKeyPolicy) {
			return c.refuse(action, ruleKeyPolicy, "Syntax errors in policy.")
		}
	}
	if !boolean(c.obj.Attrs, "bypassPolicyLockoutSafetyCheck") && !c.canAdminister(doc.Statement) && c.on(ruleKeyLockout) {
		return c.refuse(action, ruleKeyLockout)
	}
	return nil
}

func (c *call) canAdminister(statements []map[string]any) bool {
	me := []string{"*", c.account(), "arn:aws:iam::" + c.account() + ":root", c.p.conf.callerARN}
	for _, st := range statements {
		if str(st, "Effect") != "Allow" {
			continue
		}
		may := slices.ContainsFunc(elements(st["Action"]), func(a string) bool { return a == "kms:*" || a == "*" || a == "kms:Put*" || a == "kms:PutKeyPolicy" })
		who := elements(st["Principal"])
		if m, ok := st["Principal"].(map[string]any); ok {
			who = elements(m["AWS"])
		}
		if may && slices.ContainsFunc(who, func(p string) bool { return slices.Contains(me, p) || sameRole(p, c.p.conf.callerARN) }) {
			return true
		}
	}
	return false
}

// sameRole: a session's ARN (sts assumed-role) belongs to the role's.
func sameRole(role, session string) bool {
	_, name, ok := strings.Cut(role, ":role/")
	return ok && strings.Contains(session, ":assumed-role/"+name[strings.LastIndex(name, "/")+1:]+"/")
}

// key finds a key by id, ARN or alias.
func (c *call) kmsKey(ref string) (*world.Object, bool) {
	if i := strings.LastIndex(ref, ":alias/"); i >= 0 {
		ref = ref[i+1:]
	}
	if strings.HasPrefix(ref, "alias/") {
		a, ok := c.get(typeAlias, ref)
		if !ok {
			return nil, strings.HasPrefix(ref, "alias/aws/")
		}
		ref = str(a.Attrs, "targetKeyId")
	}
	return c.get(typeKey, ref[strings.LastIndex(ref, "/")+1:])
}

// needKey answers for a key that cannot be used.
func (c *call) needKey(action, ref string) error {
	if ref == "" || !strings.Contains(ref, c.account()) && strings.HasPrefix(ref, "arn:") {
		return nil // AWS's own key, or another account's
	}
	if _, ok := c.kmsKey(ref); ok {
		return nil
	}
	id := ref[strings.LastIndex(ref, "/")+1:]
	if _, pending := c.get(hiddenDeletedKey, id); pending {
		if c.on(ruleKeyPending) {
			return c.refuse(action, ruleKeyPending, c.region(), c.account(), id)
		}
		return nil
	}
	if c.on(ruleKeyExists) {
		return c.refuse(action, ruleKeyExists, c.region(), c.account(), id)
	}
	return nil
}

var _ = register(typeAlias, &kind{
	namesClash: true, service: "KMS", noun: "Alias", makeID: byName, arn: "arn:aws:kms:{region}:{account}:{id}",
	check: func(c *call, in map[string]any) []schema.Failure {
		if name := str(in, "name"); name != "" && !aliasName.MatchString(name) && c.on(ruleAliasName) {
			return []schema.Failure{{Path: "name", Reason: ruleAliasName.Errorf("name").Error()}}
		}
		return nil
	},
	create: func(c *call) error {
		const action = "CreateAlias"
		if strings.HasPrefix(c.obj.ID, "alias/aws/") && c.on(ruleAliasReserved) {
			return c.refuse(action, ruleAliasReserved, c.obj.ID)
		}
		if _, ok := c.get(typeAlias, c.obj.ID); ok && c.on(ruleAliasTaken) {
			return c.refuse(action, ruleAliasTaken, c.region(), c.account(), c.obj.ID)
		}
		return c.aliasTarget(action)
	},
	update: func(c *call) error { return c.aliasTarget("UpdateAlias") },
})

func (c *call) aliasTarget(action string) error {
	target := c.attr("targetKeyId")
	if err := c.needKey(action, target); err != nil {
		return err
	}
	if k, ok := c.kmsKey(target); ok && k != nil {
		c.set("targetKeyArn", str(k.Attrs, "arn"))
		c.set("targetKeyId", target)
	}
	c.setDefault("namePrefix", "")
	return nil
}

var _ = register(typeKeyPolicy, &kind{
	service: "KMS", noun: "Key Policy", makeID: func(c *call) string { return str(c.in, "keyId") },
	check: func(c *call, in map[string]any) []schema.Failure { return c.policyText(in, "policy") },
	create: func(c *call) error {
		if err := c.needKey("PutKeyPolicy", c.attr("keyId")); err != nil {
			return err
		}
		return c.keyPolicy("PutKeyPolicy")
	},
	update: func(c *call) error { return c.keyPolicy("PutKeyPolicy") },
})
