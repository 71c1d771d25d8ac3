package bootstrap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ladder-platform/ladder/bootstrap/program"
	"github.com/ladder-platform/ladder/sandbox"
	"github.com/ladder-platform/ladder/sandbox/world"
	"github.com/ladder-platform/ladder/tests/rig"
)

// of is bootstrap's stack, its file edited.
func of(t *testing.T, name string, edit func(string) string) sandbox.Program {
	t.Helper()
	dir := filepath.Join(rig.Root(), "bootstrap")
	path := filepath.Join(dir, "Pulumi."+name+".yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		text = []byte(edit(string(text)))
		path = filepath.Join(t.TempDir(), filepath.Base(path))
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, found := program.Load(filepath.Base(path), text)
	if len(found) > 0 {
		t.Fatal(found)
	}
	return sandbox.Program{Project: dir, StackFile: path, Stack: name, AccountID: cfg.AccountID,
		CallerARN: "arn:aws:iam::" + cfg.AccountID + ":role/platform-admin", Run: program.Deploy}
}

// TestTheLifeOfAnAccount: it comes up as previewed, has nothing left to do, is
// protected, and once that is lifted leaves nothing but what AWS keeps.
func TestTheLifeOfAnAccount(t *testing.T) {
	for _, name := range []string{"dev", "stg", "prd"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rig.New(t, rig.Options{})
			p := of(t, name, nil)
			said, did := r.MustPreview(p), r.MustUp(p)
			if len(said.Changes()) != len(did.Changes()) || len(did.Changes()) < 20 {
				t.Errorf("%d changes previewed, %d made", len(said.Changes()), len(did.Changes()))
			}
			for _, op := range r.MustPreview(p).Changes() {
				t.Errorf("the second preview has a change: %s %s", op.Op, op.URN)
			}
			r.MustRefresh(p)
			for _, op := range r.MustPreview(p).Changes() {
				t.Errorf("the preview after a refresh has a change: %s %s", op.Op, op.URN)
			}
			outputs(t, r, p)
			objects := r.World().Len()
			if _, err := r.Destroy(t.Context(), p); err == nil {
				t.Fatal("the state of every stack was destroyed while it was protected")
			}
			if now := r.World().Len(); now != objects {
				t.Errorf("the refused destroy left %d objects of %d", now, objects)
			}
			open := of(t, name, func(text string) string {
				return strings.Replace(text, "    owner: platform\n", "    owner: platform\n    protect: false\n", 1)
			})
			r.MustUp(open)
			r.MustDestroy(open)
			left(t, r)
		})
	}
}

// outputs are what a person copies into stack files, workflows and commands.
func outputs(t *testing.T, r *rig.Rig, p sandbox.Program) {
	t.Helper()
	out, err := r.Outputs(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	roles, _ := out["roles"].(map[string]any)
	for what, pair := range map[string][2]any{
		"backend":         {out["backend"], "s3://ladder-state-" + p.AccountID + "-ap-northeast-2?region=ap-northeast-2"},
		"secretsProvider": {out["secretsProvider"], "awskms://alias/ladder-state?region=ap-northeast-2"},
		"deployer":        {roles["ladder-deployer"], "arn:aws:iam::" + p.AccountID + ":role/ladder-deployer"},
		"preview":         {roles["ladder-preview"], "arn:aws:iam::" + p.AccountID + ":role/ladder-preview"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %v, want %v", what, pair[0], pair[1])
		}
	}
	if root, _ := out["meshRoot"].(string); (p.Stack == "prd") != strings.HasPrefix(root, "arn:aws:acm-pca:ap-northeast-2:"+p.AccountID+":certificate-authority/") {
		t.Errorf("meshRoot is %q", root)
	}
}

// keeps are the kinds that outlive a destroy, each with why.
var keeps = map[string]string{
	"hidden:kms/PendingDeletion":   "AWS keeps a deleted key for its waiting period",
	"hidden:servicequotas/Request": "nothing takes a request for a quota back",
}

func left(t *testing.T, r *rig.Rig) {
	t.Helper()
	r.World().View(func(tx *world.Tx) {
		for _, o := range tx.Find("", "", nil) {
			if keeps[o.Kind] == "" {
				t.Errorf("left after destroy: %s %s", o.Kind, o.ID)
			}
		}
	})
}

// TestTheRootIsActive: a stack's clusters get intermediates below the root that
// bootstrap made, which is active by the time that its ARN is an output.
func TestTheRootIsActive(t *testing.T) {
	r := rig.New(t, rig.Options{})
	r.MustUp(of(t, "prd", nil))
	r.World().View(func(tx *world.Tx) {
		all := tx.Find("aws:acmpca/certificateAuthority:CertificateAuthority", "", nil)
		if len(all) != 1 || all[0].State != "ACTIVE" || all[0].Attrs["usageMode"] != "GENERAL_PURPOSE" {
			t.Errorf("authorities: %v", all)
		}
	})
}

// TestWhatIsRefused: bad input registers nothing, and every finding comes at once.
func TestWhatIsRefused(t *testing.T) {
	r := rig.New(t, rig.Options{})
	p := of(t, "dev", nil)
	path := filepath.Join(t.TempDir(), "Pulumi.dev.yaml")
	text, err := os.ReadFile(p.StackFile)
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.NewReplacer("example/ladder", "example/*", "elasticIps", "elasticIp").Replace(string(text))
	if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	p.StackFile = path
	result, err := r.Preview(t.Context(), p)
	if err == nil {
		t.Fatal("it was accepted")
	}
	all := err.Error()
	if result != nil {
		for _, d := range result.Diagnostics {
			all += "\n" + d
		}
	}
	for _, want := range []string{`gitHub.repository: "example/*" is not of that form; use owner/name, without patterns`, `quotas.elasticIp: is no quota that this knows; did you mean "elasticIps"?`} {
		if !strings.Contains(all, want) {
			t.Errorf("the error does not say %q:\n%s", want, all)
		}
	}
}
