package aws

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/rule"
	"github.com/ladder-platform/ladder/sandbox/schema"
)

const typeParameter = "aws:ssm/parameter:Parameter"

var (
	ruleParameterName = rule.Register(rule.Rule{
		Name: "ssm.parameter-name", Service: "ssm",
		Source: "SSM API, PutParameter: names are [a-zA-Z0-9_.-/], not under aws or ssm; ValidationException",
		Text:   "ValidationException: Parameter name: %s",
	})
	ruleParameterSize = rule.Register(rule.Rule{
		Name: "ssm.parameter-size", Service: "ssm",
		Source: "SSM quotas: 4 KB standard, 8 KB advanced; ValidationException",
		Text:   "ValidationException: %s tier parameters support a maximum parameter value of %d characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.",
	})
	ruleParameterTaken = rule.Register(rule.Rule{
		Name: "ssm.parameter-exists", Service: "ssm",
		Source: "SSM API, PutParameter, ParameterAlreadyExists",
		Text:   "ParameterAlreadyExists: The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
	})
	ruleParameterMissing = rule.Register(rule.Rule{
		Name: "ssm.parameter-missing", Service: "ssm",
		Source: "SSM API, GetParameter, ParameterNotFound; terraform-provider-aws ssm/parameter_data_source.go",
		Text:   "reading SSM Parameter (%s): couldn't find resource",
	})
	ruleParameterValue = rule.Register(rule.Rule{
		Name: "ssm.parameter-value", Service: "ssm",
		Source: "terraform-provider-aws ssm/parameter.go, ExactlyOneOf insecure_value, value",
		Text:   "Invalid combination of arguments: \"value\": one of `insecure_value,value` must be specified",
	})
)

// Sizes in characters. Source: Systems Manager quotas, read 2026-11.
const (
	standardParameter = 4096
	advancedParameter = 8192
)

var parameterName = regexp.MustCompile(`^(/?[a-zA-Z0-9_.\-]+)(/[a-zA-Z0-9_.\-]+){0,15}$`)

var _ = register(typeParameter, &kind{
	namesClash: true, service: "SSM", noun: "Parameter", makeID: byName,
	check: func(c *call, in map[string]any) []schema.Failure {
		n := 0
		for _, k := range []string{"value", "insecureValue"} {
			if has(in, k) {
				n++
			}
		}
		if n != 1 && c.on(ruleParameterValue) {
			return []schema.Failure{{Path: "value", Reason: ruleParameterValue.Text}}
		}
		return nil
	},
	create: func(c *call) error {
		if _, ok := c.get(typeParameter, c.obj.ID); ok && !boolean(c.in, "overwrite") && c.on(ruleParameterTaken) {
			return c.refuse("PutParameter", ruleParameterTaken)
		}
		c.set("version", 1)
		c.set("arn", fmt.Sprintf("arn:aws:ssm:%s:%s:parameter/%s", c.region(), c.account(), strings.TrimPrefix(c.obj.ID, "/")))
		c.setDefault("tier", "Standard")
		c.setDefault("dataType", "text")
		c.setDefault("keyId", "")
		return c.parameter()
	},
	update: func(c *call) error {
		if parameterChanged(c.old, c.in) {
			c.set("version", num(c.old, "version")+1)
		}
		return c.parameter()
	},
	volatile: func(old, new map[string]any) []string {
		if parameterChanged(old, new) {
			return []string{"version", "value", "insecureValue"} // the one that is not an input follows the other
		}
		return nil
	},
})

// parameterChanged: anything but tags is a new version.
func parameterChanged(old, new map[string]any) bool {
	for _, k := range []string{"value", "insecureValue", "description", "type", "tier", "keyId", "allowedPattern", "dataType"} {
		if has(new, k) && !same(old[k], new[k]) {
			return true
		}
	}
	return false
}

func (c *call) parameter() error {
	name := c.obj.ID
	bare := strings.ToLower(strings.TrimPrefix(name, "/"))
	switch {
	case !c.on(ruleParameterName):
	case strings.HasPrefix(bare, "aws") || strings.HasPrefix(bare, "ssm"):
		return c.refuse("PutParameter", ruleParameterName, `can't be prefixed with "aws" or "ssm" (case-insensitive).`)
	case !parameterName.MatchString(name):
		return c.refuse("PutParameter", ruleParameterName, "must be a fully qualified name of letters, numbers and . - _ in at most 15 levels.")
	}
	value := str(c.in, "value") + str(c.in, "insecureValue") // one of the two is given
	c.set("value", value)
	if c.attr("type") != "SecureString" {
		c.set("insecureValue", value)
	}
	most, tier := standardParameter, c.attr("tier")
	if tier != "Standard" {
		most = advancedParameter
	}
	if len(value) > most && c.on(ruleParameterSize) {
		return c.refuse("PutParameter", ruleParameterSize, tier, most)
	}
	return nil
}

func getParameter(c *call) (map[string]any, error) {
	name := str(c.in, "name")
	if strings.HasPrefix(name, "/aws/service/") {
		return publicParameter(c, name)
	}
	o, ok := c.get(typeParameter, name)
	switch {
	case !ok && c.on(ruleParameterMissing):
		return nil, ruleParameterMissing.Errorf(name)
	case !ok:
		return map[string]any{"id": name, "name": name, "value": ""}, nil
	}
	out := visible(o)
	if str(o.Attrs, "type") == "SecureString" && has(c.in, "withDecryption") && !boolean(c.in, "withDecryption") {
		out["value"] = "AQICAHh" + hash(str(o.Attrs, "value"), 40)
	}
	out["insecureValue"] = str(out, "value")
	return out, nil
}

var eksImage = regexp.MustCompile(`^/aws/service/(?:eks/optimized-ami/(1\.\d+)|bottlerocket/aws-k8s-(1\.\d+))/(.+)$`)

// publicParameter is an AMI id or release version that AWS publishes. Which AMI
// a version is, is AWS's to say; here its name decides.
func publicParameter(c *call, name string) (map[string]any, error) {
	out := map[string]any{
		"id": name, "name": name, "type": "String", "version": 1,
		"arn": "arn:aws:ssm:" + c.region() + "::parameter" + name,
	}
	value := imageID(c.region() + name)
	if m := eksImage.FindStringSubmatch(name); m != nil {
		minor := m[1] + m[2]
		if !knownMinor(minor) {
			return nil, ruleParameterMissing.Errorf(name)
		}
		if strings.HasSuffix(m[3], "release_version") || strings.HasSuffix(m[3], "image_version") {
			value = latestRelease(minor, m[2] != "")
		}
	}
	out["value"], out["insecureValue"] = value, value
	return out, nil
}
