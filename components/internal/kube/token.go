package kube

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is a Secret that Kubernetes fills with a service account's token.
type Token struct {
	pulumi.CustomResourceState

	Data pulumi.StringMapOutput `pulumi:"data"`

	// Token itself, a secret.
	Token pulumi.StringOutput
}

// NewToken makes a token of an account, which must exist. It does not end; it is
// taken back by deleting the Secret. The provider waits until it is filled.
func NewToken(ctx *pulumi.Context, name string, meta Meta, account string, opts ...pulumi.ResourceOption) (*Token, error) {
	annotations := map[string]string{"kubernetes.io/service-account.name": account}
	for k, v := range meta.Annotations {
		annotations[k] = v
	}
	meta.Annotations = annotations
	var t Token
	body := pulumi.Map{"type": pulumi.String("kubernetes.io/service-account-token")}
	if err := Register(ctx, name, Secret, meta, body, &t, append(opts, pulumi.AdditionalSecretOutputs([]string{"data"}))...); err != nil {
		return nil, err
	}
	t.Token = pulumi.ToSecret(t.Data.ApplyT(tokenOf)).(pulumi.StringOutput)
	return &t, nil
}

// tokenOf reads the token from the Secret's data.
func tokenOf(data map[string]string) (string, error) {
	token, err := base64.StdEncoding.DecodeString(data["token"])
	switch {
	case err != nil:
		return "", fmt.Errorf("the token of the service account: %w", err)
	case len(token) == 0:
		return "", errors.New("the token controller has not filled the Secret; run up again")
	}
	return string(token), nil
}
