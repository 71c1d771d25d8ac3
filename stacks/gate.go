package stacks

import (
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/stacks/config"
	"github.com/ladder-platform/ladder/stacks/promotion"
	"github.com/ladder-platform/ladder/stacks/release"
)

// Parameters of a stack, below /ladder/<stack>/ (docs/promotion.md).
const (
	recordParameter      = "record"
	attemptParameter     = "attempt"
	shapeParameter       = "shape"
	observationParameter = "observation"
)

// climb is what an up writes about itself: the attempt before anything else,
// the record when everything has succeeded.
type climb struct {
	attempt promotion.Attempt
	// last is the record before, nil when there is none; next follows it.
	last     *promotion.Record
	next     promotion.Record
	override *promotion.Override
}

// record is what is written when all else has succeeded. A soak begins there and
// not when the up began: what ran while nodes moved proves nothing yet.
func (c climb) record(at time.Time) (string, error) {
	return c.next.Following(c.last, c.override, at).Encode()
}

// recorded is record by a clock that is read when what it waits for is there.
func (c climb) recorded(now func() time.Time) func(string) (string, error) {
	return func(string) (string, error) { return c.record(now()) }
}

// gate asks whether the stack may take the release that its file names.
func (p Program) gate(ctx *pulumi.Context, cfg config.Stack, on clouds, last *promotion.Record, next promotion.Record) (climb, error) {
	now := p.Now()
	text, err := read(ctx, on.AWS, ctx.Stack(), attemptParameter)
	if err != nil {
		return climb{}, err
	}
	begun, err := promotion.DecodeAttempt(text)
	if err != nil {
		return climb{}, fmt.Errorf("the stack's own %w; restore %s from its history in SSM", err, promotion.Parameter(ctx.Stack(), attemptParameter))
	}
	in := promotion.GateInput{
		Stack: ctx.Stack(), Release: next.Release, Digest: next.ReleaseDigest, Now: now,
		Own: last, OwnAttempt: begun, After: cfg.Promotion.After, Override: overrideOf(cfg),
	}
	var damage finding.List
	if in.Acts() {
		if damage, err = complete(ctx, cfg, on, &in); err != nil {
			return climb{}, err
		}
	}
	verdict := promotion.Check(in)
	if err := append(damage, verdict.Findings...).Err(); err != nil {
		return climb{}, err
	}
	for _, f := range verdict.Findings {
		if err := ctx.Log.Warn(f.String(), nil); err != nil {
			return climb{}, fmt.Errorf("gate: warn: %w", err)
		}
	}
	return climb{
		attempt: promotion.NewAttempt(begun, next.Release, next.ReleaseDigest, verdict.Override, now),
		last:    last, next: next, override: verdict.Override,
	}, nil
}

// complete adds what only the gate needs: the ladder, and what the stage before
// has written.
func complete(ctx *pulumi.Context, cfg config.Stack, on clouds, in *promotion.GateInput) (finding.List, error) {
	catalogue, broken := release.Shipped()
	if err := broken.Err(); err != nil {
		return nil, fmt.Errorf("release catalogue: %w", err)
	}
	in.Ladder = catalogue
	if in.After == "" {
		return nil, nil
	}
	if cfg.Promotion.Soak != "" {
		soak, err := time.ParseDuration(cfg.Promotion.Soak)
		if err != nil {
			return nil, fmt.Errorf("promotion.soak: %w", err) // config has judged it already
		}
		in.Soak = soak
	}
	texts, err := upstreamTexts(ctx, cfg, on)
	if err != nil {
		return nil, err
	}
	up, damage := promotion.ReadUpstream(in.After, recordName(ctx, in.After), texts)
	in.Upstream = up
	if up.Shape != nil {
		for _, d := range config.Unacknowledged(up.Shape, cfg) {
			in.ShapeDifferences = append(in.ShapeDifferences, d.String())
		}
	}
	return damage, nil
}

// upstreamTexts reads what the stage before has written. Only the record has
// two sources: the others are not in its outputs, because they must be true of
// a failed up too, or are written by ladder observe.
func upstreamTexts(ctx *pulumi.Context, cfg config.Stack, on clouds) (promotion.Texts, error) {
	texts := promotion.Texts{Record: on.UpstreamRecord}
	into := map[string]*string{attemptParameter: &texts.Attempt, shapeParameter: &texts.Shape, observationParameter: &texts.Observation}
	if cfg.Promotion.Read != config.ReadStackReference {
		into[recordParameter] = &texts.Record
	}
	for name, text := range into {
		got, err := read(ctx, on.upstream(), cfg.Promotion.After, name)
		if err != nil {
			return texts, fmt.Errorf("promotion.reader: %w; the role needs ssm:GetParameter on parameter/ladder/%s/*, and the deployer must be allowed to assume it (docs/promotion.md)", err, cfg.Promotion.After)
		}
		*text = got
	}
	return texts, nil
}

// missingTexts are how the provider says that a parameter does not exist.
// Source: terraform-provider-aws 5.x, ssm/parameter_data_source.go, and the
// error code of the SSM API; read 2026-11.
var missingTexts = []string{"couldn't find resource", "ParameterNotFound"}

// read is the value of one of a stack's parameters, "" when it does not exist.
func read(ctx *pulumi.Context, provider pulumi.ProviderResource, stack, name string) (string, error) {
	path := promotion.Parameter(stack, name)
	var got struct {
		InsecureValue string `pulumi:"insecureValue"`
	}
	if err := ctx.Invoke("aws:ssm/getParameter:getParameter", map[string]any{"name": path}, &got, pulumi.Provider(provider)); err != nil {
		for _, missing := range missingTexts {
			if strings.Contains(err.Error(), missing) {
				return "", nil
			}
		}
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return got.InsecureValue, nil
}

func overrideOf(cfg config.Stack) *promotion.Override {
	o := cfg.Promotion.Override
	if o == nil {
		return nil
	}
	return &promotion.Override{Release: o.Release, Reason: o.Reason, ApprovedBy: o.ApprovedBy, Until: o.Until}
}

// begin writes the attempt. Control planes depend on it.
func begin(ctx *pulumi.Context, cfg config.Stack, on clouds, c climb) (*parameter, error) {
	text, err := c.attempt.Encode()
	if err != nil {
		return nil, err
	}
	return write(ctx, cfg, on, attemptParameter, "The release that this stack last set out for, written before anything changes", text)
}

// parameter is an SSM parameter. It and the alarm of health are all that this
// package registers itself, by type, without the SDK packages of the two
// services (docs/adr/0001-compile-cost.md).
type parameter struct {
	pulumi.CustomResourceState

	ARN  pulumi.StringOutput `pulumi:"arn"`
	Text pulumi.StringOutput `pulumi:"insecureValue"`
}

// write makes one of the stack's parameters. They are protected with the stack:
// what depends on them is deleted first, and the engine deletes whatever is
// unprotected before it comes to a protected resource below.
func write(ctx *pulumi.Context, cfg config.Stack, on clouds, name, description, text string, after ...pulumi.Resource) (*parameter, error) {
	return writeLate(ctx, cfg, on, name, description, len(text), pulumi.String(text), after...)
}

// writeLate is write of a text of so many characters that is known late.
func writeLate(ctx *pulumi.Context, cfg config.Stack, on clouds, name, description string, size int, text pulumi.StringInput, after ...pulumi.Resource) (*parameter, error) {
	args := pulumi.Map{
		"name": pulumi.String(promotion.Parameter(ctx.Stack(), name)), "description": pulumi.String(description), "type": pulumi.String("String"),
		"insecureValue": text, // it holds no secret, and reports show it
	}
	if size > promotion.ParameterLimit {
		args["tier"] = pulumi.String("Advanced") // 8,192 characters, $0.05 a month
	}
	var p parameter
	// The provider returns the text as a secret of its own besides.
	if err := ctx.RegisterResource("aws:ssm/parameter:Parameter", name, args, &p, pulumi.AdditionalSecretOutputs([]string{"value"}),
		pulumi.Provider(on.AWS), pulumi.DependsOn(after), pulumi.Protect(cfg.Environment.Protected())); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &p, nil
}
