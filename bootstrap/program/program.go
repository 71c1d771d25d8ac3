package program

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"github.com/ladder-platform/ladder/components/account"
	"github.com/ladder-platform/ladder/components/account/spec"
	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// Key of the configuration.
const Key = "ladder-bootstrap:account"

// Deploy is the whole of it.
func Deploy(ctx *pulumi.Context) error {
	text, ok := ctx.GetConfig(Key)
	if !ok {
		return errors.New(Key + " is missing; see docs/bootstrap.md")
	}
	cfg, found := Decode("", []byte(text))
	if err := found.Err(); err != nil {
		return err
	}
	provider, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{
		Region: pulumi.String(cfg.Region), AllowedAccountIds: pulumi.StringArray{pulumi.String(cfg.AccountID)},
	})
	if err != nil {
		return fmt.Errorf("aws provider: %w", err)
	}
	a, err := account.New(ctx, "account", cfg, pulumi.Providers(provider))
	if err != nil {
		return err
	}
	ctx.Export("backend", pulumi.Sprintf("s3://%s?region=%s", a.Bucket, cfg.Region))
	ctx.Export("secretsProvider", a.SecretsProvider)
	ctx.Export("roles", a.Roles)
	ctx.Export("zoneId", a.ZoneID)
	ctx.Export("nameServers", a.NameServers)
	ctx.Export("meshRoot", a.MeshRoot)
	return nil
}

// Decode reads the one value of the configuration, strictly, with every finding.
func Decode(file string, text []byte) (spec.Config, finding.List) {
	root, found := strict.Parse(file, text)
	if root == nil {
		return spec.Config{}, found
	}
	return decode(root, file)
}

// Load reads a stack file of bootstrap.
func Load(file string, text []byte) (spec.Config, finding.List) {
	root, found := strict.Parse(file, text)
	if root == nil {
		return spec.Config{}, found
	}
	account := within(within(root, "config"), Key)
	if account == nil {
		found.Add("config", "begin with config: and "+Key+": below it", "has no %s", Key)
		return spec.Config{}, found
	}
	return decode(account, file)
}

// within is a key's value in a mapping, nil without it.
func within(in *yaml.Node, key string) *yaml.Node {
	if in == nil || in.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(in.Content); i += 2 {
		if in.Content[i].Value == key {
			return in.Content[i+1]
		}
	}
	return nil
}

func decode(root *yaml.Node, file string) (spec.Config, finding.List) {
	var cfg spec.Config
	lines := strict.Lines{}
	result := strict.Decode(root, &cfg, "", lines)
	out := result.Findings
	for _, f := range cfg.Validate() {
		if !result.Doubts(f.Path) {
			out = append(out, f)
		}
	}
	for i := range out {
		out[i].File = file
		if out[i].Line == 0 {
			out[i].Line = lines.Of(out[i].Path)
		}
	}
	out.Sort()
	return cfg, out
}
