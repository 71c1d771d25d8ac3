package bucket

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/ladder-platform/ladder/components/internal/iamdoc"
	"github.com/ladder-platform/ladder/components/internal/mocks"
)

func answer(args pulumi.MockResourceArgs, out resource.PropertyMap) {
	out["arn"], out["bucket"] = resource.NewProperty("arn:aws:s3:::"+args.Name), resource.NewProperty(args.Name+"-1")
}

func TestBucketIsClosed(t *testing.T) {
	r := &mocks.Recorder{Answer: answer}
	err := r.Run(func(ctx *pulumi.Context) error {
		b, err := New(ctx, "logs", Args{RetentionDays: 30, Statements: func(arn string) []iamdoc.Statement {
			return []iamdoc.Statement{{Sid: "Write", Actions: []string{"s3:PutObject"}, Resources: []string{arn + "/*"}, Principals: map[string][]string{"Service": {"logs.test"}}}}
		}})
		if err == nil && len(b.Ready) != 5 {
			t.Errorf("%d resources must exist before anything is written, want 5", len(b.Ready))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all := mocks.Inputs(r.ByType())
	closed := map[string]any{"bucket": "logs-1", "blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true}
	if diff := cmp.Diff(closed, all[tokenPrivate]); diff != "" {
		t.Errorf("public access (-want +got):\n%s", diff)
	}
	for _, token := range []string{tokenOwnership, tokenEncryption, tokenLifecycle, tokenPolicy} {
		if all[token]["bucket"] != "logs-1" {
			t.Errorf("%s is of bucket %v", token, all[token]["bucket"])
		}
	}
	var policy struct {
		Statement []struct {
			Sid, Effect string
			Condition   map[string]map[string]string
		}
	}
	if err := json.Unmarshal([]byte(all[tokenPolicy]["policy"].(string)), &policy); err != nil {
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
	r := &mocks.Recorder{Answer: answer}
	err := r.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "metrics", Args{Name: "metrics-dev-main", Keep: true, RetentionDays: 30})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all := r.ByType()
	b := mocks.Inputs(all)[tokenBucket]
	if tags, _ := b["tags"].(map[string]any); b["bucket"] != "metrics-dev-main" || tags[KeepTag] != "true" {
		t.Errorf("the bucket is %v", b)
	}
	for token, made := range all {
		if !made.RegisterRPC.GetRetainOnDelete() {
			t.Errorf("%s would go with the stack", token)
		}
	}
}
