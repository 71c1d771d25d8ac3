package random

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/internal/local"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"golang.org/x/crypto/bcrypt"
)

type m = map[string]any

const (
	typeID       = "random:index/randomId:RandomId"
	typePassword = "random:index/randomPassword:RandomPassword"
	typeString   = "random:index/randomString:RandomString"
	typePet      = "random:index/randomPet:RandomPet"
)

func create(seed uint64, typ string, in m, preview bool) (string, resource.PropertyMap, error) {
	p := New(deps.Deps{World: world.New(seed, time.Unix(0, 0))})
	urn := resource.NewURN("dev", "test", "", tokens.Type(typ), "x")
	checked, err := p.Check(context.Background(), plugin.CheckRequest{URN: urn, Name: "x", Type: tokens.Type(typ), News: resource.NewPropertyMapFromMap(in)})
	if err != nil {
		return "", nil, err
	}
	for _, f := range checked.Failures {
		return "", nil, fmt.Errorf("%s: %s", f.Property, f.Reason)
	}
	resp, err := p.Create(context.Background(), plugin.CreateRequest{URN: urn, Name: "x", Type: tokens.Type(typ), Properties: checked.Properties, Preview: preview})
	return string(resp.ID), resp.Properties, err
}

func TestValuesFollowTheirInputs(t *testing.T) {
	id, out, err := create(1, typeID, m{"byteLength": 4., "prefix": "p-"}, false)
	if err != nil {
		t.Fatal(err)
	}
	v := local.Values(out)
	if len(v["hex"].(string)) != len("p-")+8 || v["b64Url"] != "p-"+id {
		t.Errorf("RandomId: %v, id %q", v, id)
	}
	_, out, err = create(1, typeString, m{"length": 40., "special": false, "upper": false, "minNumeric": 30.}, false)
	if err != nil {
		t.Fatal(err)
	}
	s := local.Values(out)["result"].(string)
	if n := len(strings.Trim(s, lower+digits)); len(s) != 40 || n != 0 {
		t.Errorf("RandomString %q has length %d and foreign characters", s, len(s))
	}
	if n := strings.Count(strings.Map(func(r rune) rune {
		if strings.ContainsRune(digits, r) {
			return '#'
		}
		return r
	}, s), "#"); n < 30 {
		t.Errorf("RandomString %q has %d digits, want at least 30", s, n)
	}
	pet, _, err := create(1, typePet, m{"length": 3., "prefix": "p"}, false)
	if err != nil || len(strings.Split(pet, "-")) != 4 {
		t.Errorf("RandomPet %q, %v; want a prefix and three words", pet, err)
	}
}

func TestAPasswordIsSecretAndItsHashFits(t *testing.T) {
	id, out, err := create(1, typePassword, m{"length": 100.}, false)
	if err != nil {
		t.Fatal(err)
	}
	if !out["result"].IsSecret() || !out["bcryptHash"].IsSecret() {
		t.Error("result and bcryptHash must be secret")
	}
	v := local.Values(out)
	if err := bcrypt.CompareHashAndPassword([]byte(v["bcryptHash"].(string)), []byte(v["result"].(string)[:bcryptMax])); err != nil {
		t.Error(err)
	}
	if strings.Contains(id, v["result"].(string)) {
		t.Error("the id gives the password away")
	}
}

func TestTheSeedDecides(t *testing.T) {
	result := func(seed uint64) any {
		_, out, err := create(seed, typeString, m{"length": 16.}, false)
		if err != nil {
			t.Fatal(err)
		}
		return local.Values(out)["result"]
	}
	if result(1) != result(1) || result(1) == result(2) {
		t.Error("a seed must give its own value, always the same")
	}
}

func TestPreviewKnowsNoResult(t *testing.T) {
	id, out, err := create(1, typeString, m{"length": 16.}, true)
	if err != nil {
		t.Fatal(err)
	}
	if id != "" || !out["result"].IsComputed() {
		t.Errorf("preview gave id %q and result %v", id, out["result"])
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		typ  string
		in   m
		want string
	}{
		"no length":            {typeString, m{}, `missing required property "length"`},
		"an unknown property":  {typeString, m{"length": 1., "size": 1.}, `unknown property "size"`},
		"nothing to draw from": {typeString, m{"length": 1., "lower": false, "upper": false, "numeric": false, "special": false}, "the character set is empty"},
		"minima above length":  {typeString, m{"length": 1., "minLower": 2.}, "less than the sum of the minima"},
		"no bytes":             {typeID, m{"byteLength": 0.}, "byteLength must be at least 1"},
		"an unknown type":      {"random:index/randomUuid:RandomUuid", m{}, "is not simulated"},
	} {
		if _, _, err := create(1, c.typ, c.in, false); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
