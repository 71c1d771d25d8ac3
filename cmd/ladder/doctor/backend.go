package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
)

// backend asks the CLI where states are, and the stack file what encrypts them.
func backend(ctx context.Context, r Runner, secrets string) []Check {
	out, err := r.Run(ctx, "pulumi", "whoami", "--json", "--non-interactive")
	if errors.Is(err, exec.ErrNotFound) {
		return []Check{{"backend", Unknown, "not asked: there is no pulumi", ""}}
	}
	if err != nil {
		return []Check{{"backend", Failed, fmt.Sprintf("pulumi is not logged in, or cannot reach its backend: %s", err), "pulumi login s3://<bucket>, the bucket that bootstrap made (docs/real-account.md)"}}
	}
	var said struct {
		URL string `json:"url"`
	}
	if json.Unmarshal([]byte(out), &said) != nil || said.URL == "" {
		return []Check{{"backend", Failed, fmt.Sprintf("pulumi whoami says %q, which names no backend", firstLine(out)), "run it by hand"}}
	}
	return []Check{place(said.URL), encryption(secrets)}
}

// place judges a backend by its URL, which may hold names and never a credential
// that anybody should see again.
func place(raw string) Check {
	u, err := url.Parse(raw)
	if err != nil {
		return Check{"backend", Failed, "the backend's URL cannot be read", "pulumi login again"}
	}
	shown := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	switch u.Scheme {
	case "file":
		return Check{"backend", Failed, "states are in " + shown + ", on this machine only: nobody else sees them or their locks", "pulumi login s3://<bucket>, the bucket that bootstrap made (docs/real-account.md)"}
	case "s3", "azblob", "gs", "https":
		return Check{"backend", OK, "states are in " + shown, ""}
	}
	return Check{"backend", Warning, fmt.Sprintf("states are in %s, a kind of backend that nobody tried here", shown), ""}
}

// encryption judges what encrypts secrets in the state.
func encryption(secrets string) Check {
	scheme, rest, _ := strings.Cut(secrets, "://")
	switch scheme {
	case "awskms", "azurekeyvault", "gcpkms", "hashivault":
		return Check{"backend", OK, "secrets in the state are encrypted by " + scheme + "://" + strings.SplitN(rest, "?", 2)[0], ""}
	case "passphrase":
		return Check{"backend", Warning, "secrets in the state are encrypted by a passphrase, which is handed from person to person and never changed", "pulumi stack change-secrets-provider awskms://alias/<key>"}
	case "":
		return Check{"backend", Unknown, "the stack file names no secrets provider: the stack was not made yet, or the backend has its own", "pulumi stack init <stack> --secrets-provider awskms://alias/<key>, the key that bootstrap made"}
	}
	return Check{"backend", Warning, "secrets in the state are encrypted by " + scheme + ", which nobody tried here", ""}
}
