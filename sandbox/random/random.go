package random

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/deps"
	"github.com/ladder-platform/ladder/sandbox/internal/local"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// New makes the provider.
func New(d deps.Deps) plugin.Provider { return local.New("random", "4.18.0", d, resources) }

var keepers = local.Property{Kind: local.Object}

// resources follow the schema of pulumi-random 4.18.0: every input replaces.
var resources = map[string]local.Resource{
	"random:index/randomId:RandomId": {
		Properties: map[string]local.Property{
			"byteLength": {Kind: local.Number, Required: true}, "prefix": {Kind: local.String}, "keepers": keepers,
		},
		Outputs: []string{"b64Std", "b64Url", "dec", "hex"}, Create: randomID,
	},
	"random:index/randomPassword:RandomPassword": {
		Properties: stringProperties, Outputs: []string{"result", "bcryptHash"}, Secrets: []string{"result", "bcryptHash"}, Create: randomPassword,
	},
	"random:index/randomString:RandomString": {
		Properties: stringProperties, Outputs: []string{"result"}, Create: randomString,
	},
	"random:index/randomPet:RandomPet": {
		Properties: map[string]local.Property{
			"length": {Kind: local.Number, Default: 2.}, "prefix": {Kind: local.String}, "separator": {Kind: local.String, Default: "-"}, "keepers": keepers,
		},
		Create: randomPet,
	},
}

var stringProperties = map[string]local.Property{
	"length": {Kind: local.Number, Required: true}, "keepers": keepers, "overrideSpecial": {Kind: local.String},
	"lower": {Kind: local.Bool, Default: true}, "upper": {Kind: local.Bool, Default: true},
	"numeric": {Kind: local.Bool, Default: true}, "number": {Kind: local.Bool, Default: true}, "special": {Kind: local.Bool, Default: true},
	"minLower": {Kind: local.Number, Default: 0.}, "minUpper": {Kind: local.Number, Default: 0.},
	"minNumeric": {Kind: local.Number, Default: 0.}, "minSpecial": {Kind: local.Number, Default: 0.},
}

func integer(c local.Call, key string) int {
	f, _ := c.Inputs[key].(float64)
	return int(f)
}

func randomID(c local.Call) (string, map[string]any, error) {
	n := integer(c, "byteLength")
	if n < 1 {
		return "", nil, fmt.Errorf("byteLength must be at least 1, got %d", n)
	}
	b := c.Entropy.Bytes(n)
	prefix, _ := c.Inputs["prefix"].(string)
	id := base64.RawURLEncoding.EncodeToString(b)
	return id, map[string]any{
		"b64Std": prefix + base64.StdEncoding.EncodeToString(b), "b64Url": prefix + id,
		"dec": prefix + new(big.Int).SetBytes(b).String(), "hex": prefix + hex.EncodeToString(b),
	}, nil
}

// classes of characters: terraform-provider-random internal/random/string.go.
const (
	lower   = "abcdefghijklmnopqrstuvwxyz"
	upper   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
	special = "!@#$%&*()-_=+[]{}<>:?"
)

func draw(c local.Call) (string, error) {
	length := integer(c, "length")
	symbols := special
	if o, ok := c.Inputs["overrideSpecial"].(string); ok && o != "" {
		symbols = o
	}
	var all string
	var out []byte
	for _, class := range []struct{ flag, min, chars string }{
		{"upper", "minUpper", upper}, {"lower", "minLower", lower}, {"numeric", "minNumeric", digits}, {"special", "minSpecial", symbols},
	} {
		on, _ := c.Inputs[class.flag].(bool)
		if class.flag == "numeric" {
			number, said := c.Inputs["number"].(bool)
			on = on && (number || !said)
		}
		if on {
			all += class.chars
		}
		for range integer(c, class.min) {
			out = append(out, class.chars[c.Entropy.Intn(len(class.chars))])
		}
	}
	switch {
	case length < 1:
		return "", fmt.Errorf("length must be at least 1, got %d", length)
	case length < len(out):
		return "", fmt.Errorf("length %d is less than the sum of the minima, %d", length, len(out))
	case all == "":
		return "", errors.New("the character set is empty: set at least one of lower, upper, numeric, special")
	}
	for len(out) < length {
		out = append(out, all[c.Entropy.Intn(len(all))])
	}
	for i := len(out) - 1; i > 0; i-- { // the minima must not stand in front
		j := int(new(big.Int).Mod(new(big.Int).SetBytes(c.Entropy.Bytes(8)), big.NewInt(int64(i+1))).Int64())
		out[i], out[j] = out[j], out[i]
	}
	return string(out), nil
}

func randomString(c local.Call) (string, map[string]any, error) {
	s, err := draw(c)
	return s, map[string]any{"result": s}, err
}

func randomPassword(c local.Call) (string, map[string]any, error) {
	s, err := draw(c)
	if err != nil {
		return "", nil, err
	}
	hash, err := bcryptHash(s)
	return "none", map[string]any{"result": s, "bcryptHash": hash}, err // the id must not give the password away
}

var (
	petAdverbs    = strings.Fields("calmly firmly gently kindly neatly openly surely warmly")
	petAdjectives = strings.Fields("bold brave calm clever eager fair keen proud quick ready sunny tidy vivid wise")
	petNames      = strings.Fields("badger crane falcon gecko heron ibex lynx marten otter panda raven seal tapir wombat")
)

func randomPet(c local.Call) (string, map[string]any, error) {
	n := integer(c, "length")
	if n < 1 {
		return "", nil, fmt.Errorf("length must be at least 1, got %d", n)
	}
	var words []string
	if p, _ := c.Inputs["prefix"].(string); p != "" {
		words = append(words, p)
	}
	for i := range n {
		list := petAdverbs
		switch {
		case i == n-1:
			list = petNames
		case i == n-2:
			list = petAdjectives
		}
		words = append(words, list[c.Entropy.Intn(len(list))])
	}
	sep, _ := c.Inputs["separator"].(string)
	return strings.Join(words, sep), nil, nil
}
