package schema_test

import (
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/ladder-platform/ladder/sandbox/schema"
)

type in = map[string]any

var unknown = resource.MakeComputed(resource.NewStringProperty(""))

func props(m in) resource.PropertyMap { return resource.NewPropertyMapFromMap(m) }

func TestEmbeddedDataIsWhole(t *testing.T) {
	pkg := schema.AWS()
	if n := len(pkg.Tokens()); n < 203 {
		t.Errorf("%d resource types, want the 203 of the official schema at least", n)
	}
	replace := 0
	for _, tok := range pkg.Tokens() {
		r, _ := pkg.Resource(tok)
		for name, p := range r.Inputs {
			if p.Replace {
				replace++
			}
			if p.Type == "" && p.Ref == "" {
				t.Errorf("%s.%s has no type", tok, name)
			}
		}
		for _, name := range r.RequiredInputs {
			if r.Inputs[name] == nil {
				t.Errorf("%s requires %s, which it does not have", tok, name)
			}
		}
	}
	if replace < 603 {
		t.Errorf("%d properties replace, want the 603 of the official schema at least", replace)
	}
}

func TestCheck(t *testing.T) {
	const subnet, group, policy = "aws:ec2/subnet:Subnet", "aws:eks/nodeGroup:NodeGroup", "aws:iam/policy:Policy"
	whole := in{"clusterName": "c", "nodeRoleArn": "r", "subnetIds": []any{"s"}, "scalingConfig": in{"minSize": 1, "maxSize": 2, "desiredSize": 1}}
	with := func(more in) in {
		out := in{}
		for k, v := range whole {
			out[k] = v
		}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	for sentence, c := range map[string]struct {
		token string
		in    in
		want  []string
	}{
		"complete inputs":                    {subnet, in{"vpcId": "v", "cidrBlock": "10.0.0.0/24", "mapPublicIpOnLaunch": false}, nil},
		"an unknown value passes":            {subnet, in{"vpcId": unknown, "mapPublicIpOnLaunch": unknown}, nil},
		"a secret is looked into":            {subnet, in{"vpcId": resource.MakeSecret(resource.NewNumberProperty(1))}, []string{`Unexpected type at field "vpcId": expected string type, got number type. Examine values at 'n.vpcId'.`}},
		"a missing property":                 {subnet, in{}, []string{`Missing required argument. The argument "vpc_id" is required, but no definition was found.. Examine values at 'n.vpcId'.`}},
		"a mistyped name":                    {subnet, in{"vpcId": "v", "cidrBlok": "x"}, []string{`Invalid or unknown key "cidrBlok", did you mean "cidrBlock"?. Examine values at 'n.cidrBlok'.`}},
		"a name like no other":               {subnet, in{"vpcId": "v", "quux": "x"}, []string{`Invalid or unknown key "quux". Examine values at 'n.quux'.`}},
		"a wrong type":                       {subnet, in{"vpcId": "v", "mapPublicIpOnLaunch": "yes"}, []string{`Unexpected type at field "mapPublicIpOnLaunch": expected boolean type, got string type. Examine values at 'n.mapPublicIpOnLaunch'.`}},
		"a text where a list belongs":        {group, with(in{"subnetIds": "s"}), []string{`Unexpected type at field "subnetIds": expected array type, got string type. Examine values at 'n.subnetIds'.`}},
		"half a number":                      {group, with(in{"diskSize": 1.5}), []string{`Unexpected type at field "diskSize": expected integer type, got number type. Examine values at 'n.diskSize'.`}},
		"a mistyped nested name":             {group, with(in{"updateConfig": in{"maxUnavailabel": 1}}), []string{`Invalid or unknown key "maxUnavailabel", did you mean "maxUnavailable"?. Examine values at 'n.updateConfig.maxUnavailabel'.`}},
		"a missing nested property":          {group, with(in{"taints": []any{in{"key": "k"}}}), []string{`Missing required argument. The argument "effect" is required, but no definition was found.. Examine values at 'n.taints[0].effect'.`}},
		"a word outside an enumeration":      {group, with(in{"capacityType": "Spot"}), []string{`expected capacity_type to be one of ["ON_DEMAND" "SPOT" "CAPACITY_BLOCK"], got Spot. Examine values at 'n.capacityType'.`}},
		"such a word in a list of objects":   {group, with(in{"taints": []any{in{"key": "k", "effect": "NoSchedule"}}}), []string{`expected taints.effect to be one of ["NO_SCHEDULE" "NO_EXECUTE" "PREFER_NO_SCHEDULE"], got NoSchedule. Examine values at 'n.taints[0].effect'.`}},
		"a document in place of its text":    {policy, in{"policy": in{"Version": "2012-10-17"}}, nil},
		"values of a map are checked too":    {subnet, in{"vpcId": "v", "tags": in{"a": 1}}, []string{`Unexpected type at field "tags.a": expected string type, got number type. Examine values at 'n.tags.a'.`}},
		"two mistakes come together":         {subnet, in{"cidrBlok": "x"}, []string{`Invalid or unknown key "cidrBlok", did you mean "cidrBlock"?. Examine values at 'n.cidrBlok'.`, `Missing required argument. The argument "vpc_id" is required, but no definition was found.. Examine values at 'n.vpcId'.`}},
		"a type that is written by hand":     {"aws:cloudwatch/compositeAlarm:CompositeAlarm", in{"alarmName": "a"}, []string{`Missing required argument. The argument "alarm_rule" is required, but no definition was found.. Examine values at 'n.alarmRule'.`}},
		"what the bridge adds is no finding": {subnet, in{"vpcId": "v", "__defaults": []any{}, "tagsAll": in{"a": "b"}}, nil},
	} {
		t.Run(sentence, func(t *testing.T) {
			failures, err := schema.AWS().Check(c.token, props(c.in))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range failures {
				got = append(got, f.Text("n"))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("failures (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnknownTypeIsAnError(t *testing.T) {
	_, err := schema.AWS().Check("aws:ec2/subnett:Subnett", nil)
	if err == nil || !strings.Contains(err.Error(), `did you mean "aws:ec2/subnet:Subnet"?`) {
		t.Errorf("got %v", err)
	}
}

func TestDiff(t *testing.T) {
	const acl, msk = "aws:wafv2/webAcl:WebAcl", "aws:msk/cluster:Cluster"
	const subnet, group, role, cluster = "aws:ec2/subnet:Subnet", "aws:eks/nodeGroup:NodeGroup", "aws:iam/role:Role", "aws:eks/cluster:Cluster"
	named := func(m in, auto bool) in {
		m["__defaults"] = []any{}
		if auto {
			m["__defaults"] = []any{"name"}
		}
		return m
	}
	for sentence, c := range map[string]struct {
		token    string
		old, new in
		ignore   []string
		want     []string // path kind
		first    bool     // delete before replace
	}{
		"nothing changed":                   {token: subnet, old: in{"vpcId": "v"}, new: in{"vpcId": "v"}},
		"a tag":                             {token: subnet, old: in{"tags": in{"a": "1"}}, new: in{"tags": in{"a": "2"}}, want: []string{"tags.a update"}},
		"a tag more":                        {token: subnet, old: in{"tags": in{"a": "1"}}, new: in{"tags": in{"a": "1", "b": "2"}}, want: []string{"tags.b add"}},
		"a tag less":                        {token: subnet, old: in{"tags": in{"a": "1"}}, new: in{}, want: []string{"tags delete"}},
		"a block that cannot change":        {token: subnet, old: in{"cidrBlock": "a"}, new: in{"cidrBlock": "b"}, want: []string{"cidrBlock update-replace"}},
		"a fixed value that appears":        {token: subnet, old: in{}, new: in{"availabilityZoneId": "z"}, want: []string{"availabilityZoneId add-replace"}},
		"an unknown fixed value":            {token: subnet, old: in{"vpcId": "v"}, new: in{"vpcId": unknown}, want: []string{"vpcId update-replace"}},
		"an unknown value that may change":  {token: group, old: in{"version": "1.35"}, new: in{"version": unknown}, want: []string{"version update"}},
		"an empty list is no list":          {token: group, old: in{"taints": []any{}}, new: in{}},
		"an empty block says something":     {token: acl, old: in{"rules": []any{in{"overrideAction": in{"count": in{}}}}}, new: in{"rules": []any{in{"overrideAction": in{"none": in{}}}}}, want: []string{"rules[0].overrideAction.count delete", "rules[0].overrideAction.none add"}},
		"the order of a set":                {token: group, old: in{"subnetIds": []any{"a", "b"}}, new: in{"subnetIds": []any{"b", "a"}}},
		"the order of a list":               {token: group, old: in{"instanceTypes": []any{"a", "b"}}, new: in{"instanceTypes": []any{"b", "a"}}, want: []string{"instanceTypes[0] update-replace", "instanceTypes[1] update-replace"}},
		"a nested value that may change":    {token: group, old: in{"launchTemplate": in{"id": "l", "version": "1"}}, new: in{"launchTemplate": in{"id": "l", "version": "2"}}, want: []string{"launchTemplate.version update"}},
		"a nested value that may not":       {token: group, old: in{"launchTemplate": in{"id": "l", "version": "1"}}, new: in{"launchTemplate": in{"id": "m", "version": "1"}}, want: []string{"launchTemplate.id update-replace"}},
		"a nested object that goes":         {token: group, old: in{"launchTemplate": in{"id": "l", "version": "1"}}, new: in{}, want: []string{"launchTemplate delete-replace"}},
		"a service block of a cluster":      {token: cluster, old: in{"kubernetesNetworkConfig": in{"serviceIpv4Cidr": "a"}}, new: in{"kubernetesNetworkConfig": in{"serviceIpv4Cidr": "b"}}, want: []string{"kubernetesNetworkConfig.serviceIpv4Cidr update-replace"}},
		"a change inside a fixed block":     {token: msk, old: in{"brokerNodeGroupInfo": in{"instanceType": "a", "azDistribution": "x"}}, new: in{"brokerNodeGroupInfo": in{"instanceType": "b", "azDistribution": "x"}}, want: []string{"brokerNodeGroupInfo.instanceType update"}},
		"a fixed value in a fixed block":    {token: msk, old: in{"brokerNodeGroupInfo": in{"instanceType": "a", "azDistribution": "x"}}, new: in{"brokerNodeGroupInfo": in{"instanceType": "a", "azDistribution": "y"}}, want: []string{"brokerNodeGroupInfo.azDistribution update-replace"}},
		"a fixed block that goes":           {token: msk, old: in{"encryptionInfo": in{"encryptionInTransit": in{"inCluster": true}}}, new: in{}, want: []string{"encryptionInfo delete-replace"}},
		"an ignored property":               {token: group, old: in{"scalingConfig": in{"desiredSize": 1, "maxSize": 2}}, new: in{"scalingConfig": in{"desiredSize": 3, "maxSize": 2}}, ignore: []string{"scalingConfig.desiredSize"}},
		"what is beside an ignored one":     {token: group, old: in{"scalingConfig": in{"desiredSize": 1, "maxSize": 2}}, new: in{"scalingConfig": in{"desiredSize": 3, "maxSize": 4}}, ignore: []string{"scalingConfig.desiredSize"}, want: []string{"scalingConfig.maxSize update"}},
		"a policy in other words":           {token: role, old: in{"assumeRolePolicy": `{"a":1,"b":2}`}, new: in{"assumeRolePolicy": `{ "b": 2, "a": 1 }`}},
		"a policy that says something else": {token: role, old: in{"assumeRolePolicy": `{"a":1}`}, new: in{"assumeRolePolicy": `{"a":2}`}, want: []string{"assumeRolePolicy update"}},
		"a replacement under a given name":  {token: "aws:ec2/securityGroup:SecurityGroup", old: named(in{"name": "n", "description": "a"}, false), new: named(in{"name": "n", "description": "b"}, false), want: []string{"description update-replace"}, first: true},
		"a replacement under an auto-name":  {token: "aws:ec2/securityGroup:SecurityGroup", old: named(in{"name": "n", "description": "a"}, true), new: named(in{"name": "n", "description": "b"}, true), want: []string{"description update-replace"}},
		"a type that always goes first":     {token: "aws:efs/mountTarget:MountTarget", old: in{"subnetId": "a"}, new: in{"subnetId": "b"}, want: []string{"subnetId update-replace"}, first: true},
		"a secret that stays what it is":    {token: subnet, old: in{"vpcId": "v"}, new: in{"vpcId": resource.MakeSecret(resource.NewStringProperty("v"))}},
	} {
		t.Run(sentence, func(t *testing.T) {
			res, err := schema.AWS().Diff(c.token, props(c.old), props(c.new), c.ignore)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for path, d := range res.DetailedDiff {
				got = append(got, path+" "+d.Kind.String())
			}
			sort.Strings(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("diff (-want +got):\n%s", diff)
			}
			if (res.Changes == plugin.DiffSome) != (len(c.want) > 0) {
				t.Errorf("changes %v with %d paths", res.Changes, len(c.want))
			}
			if res.DeleteBeforeReplace != c.first {
				t.Errorf("delete before replace %v, want %v", res.DeleteBeforeReplace, c.first)
			}
		})
	}
}

func TestCheckInvoke(t *testing.T) {
	failures, err := schema.AWS().CheckInvoke("aws:ec2/getSubnet:getSubnet", props(in{"subnetID": "s"}))
	if err != nil || len(failures) != 1 || failures[0].Path != "subnetID" {
		t.Errorf("got %v, %v", failures, err)
	}
	if _, err := schema.AWS().CheckInvoke("aws:ec2/getSubnett:getSubnett", nil); err == nil {
		t.Error("an unknown function passed")
	}
}
