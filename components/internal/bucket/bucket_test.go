package bucket

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/iamdoc"
)

type recorded struct {
	mu  sync.Mutex
	all map[string]map[string]any
	// retained says that all of them stay when they are deleted.
	retained bool
}

func (r *recorded) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.retained = (len(r.all) == 0 || r.retained) && args.RegisterRPC.GetRetainOnDelete()
	r.all[args.TypeToken] = args.Inputs.Mappable()
	out := args.Inputs.Copy()
	out["arn"], out["bucket"] = resource.NewProperty("arn:aws:s3:::"+args.Name), resource.NewProperty(args.Name+"-1")
	return args.Name, out, nil
}

func (*recorded) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func TestBucketIsClosed(t *testing.T) {
	r := &recorded{all: map[string]map[string]any{}}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		b, err := New(ctx, "logs", Args{RetentionDays: 30, Statements: func(arn string) []iamdoc.Statement {
			return []iamdoc.Statement{{Sid: "Write", Actions: []string{"s3:PutObject"}, Resources: []string{arn + "/*"}, Principals: map[string][]string{"Service": {"logs.test"}}}}
		}})
		if err == nil && len(b.Ready) != 5 {
			t.Errorf("%d resources must exist before anything is written, want 5", len(b.Ready))
		}
		return err
	}, pulumi.WithMocks("ladder", "dev", r))
	if err != nil {
		t.Fatal(err)
	}
	closed := map[string]any{"bucket": "logs-1", "blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true}
	if diff := cmp.Diff(closed, r.all[tokenPrivate]); diff != "" {
		t.Errorf("public access (-want +got):\n%s", diff)
	}
	for _, token := range []string{tokenOwnership, tokenEncryption, tokenLifecycle, tokenPolicy} {
		if r.all[token]["bucket"] != "logs-1" {
			t.Errorf("%s is of bucket %v", token, r.all[token]["bucket"])
		}
	}
	var policy struct {
		Statement []struct {
			Sid, Effect string
			Condition   map[string]map[string]string
		}
	}
	if err := json.Unmarshal([]byte(r.all[tokenPolicy]["policy"].(string)), &policy); err != nil {
		t.Fatal(err)
	}
	denied := false
	for _, s := range policy.Statement {
		denied = denied || (s.Effect == "Deny" && s.Condition["Bool"]["aws:SecureTransport"] == "false")
	}
	if !denied || len(policy.Statement) != 2 {
		t.Errorf("the policy lets in who comes without TLS: %+v", policy)
	}
}

func TestABucketOfDataHasItsNameAndStays(t *testing.T) {
	r := &recorded{all: map[string]map[string]any{}}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "metrics", Args{Name: "metrics-dev-main", Keep: true, RetentionDays: 30})
		return err
	}, pulumi.WithMocks("ladder", "dev", r))
	if err != nil {
		t.Fatal(err)
	}
	b := r.all[tokenBucket]
	if tags, _ := b["tags"].(map[string]any); b["bucket"] != "metrics-dev-main" || tags[KeepTag] != "true" {
		t.Errorf("the bucket is %v", b)
	}
	if !r.retained {
		t.Error("the bucket and its settings would go with the stack")
	}
}
