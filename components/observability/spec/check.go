package spec

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/internal/strict"
)

// secretPattern is a name in Secrets Manager. Source: botocore model of
// secretsmanager, NameType: letters, digits and /_+=.@-, at most 512.
var secretPattern = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)

// index is the path of one item of a list.
func index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// keys of a map, sorted.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// word demands one of a few values.
func word(out *finding.List, path, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		out.Add(path, strict.Suggest(value, slices.Clone(allowed)), "%q is not one of %s", value, strings.Join(allowed, ", "))
	}
}

// between demands a number within limits.
func between(out *finding.List, path string, value, least, most int, unit string) {
	if value < least || value > most {
		out.Add(path, fmt.Sprintf("use %d to %d", least, most), "%d %s is outside of that", value, unit)
	}
}

// secretEntry demands the name of a Secrets Manager entry that External Secrets
// may read in every watched cluster.
func secretEntry(out *finding.List, path, name string, c Config, in Input) {
	switch {
	case name == "":
		out.Add(path, "name an entry of Secrets Manager", "is missing")
		return
	case !secretPattern.MatchString(name):
		out.Add(path, "name an entry of Secrets Manager, such as platform/dev/grafana", "%q is not the name of one", name)
		return
	}
	for _, key := range c.On(keys(in.Clusters)) {
		prefixes := in.Clusters[key].SecretPrefixes
		if !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
			out.Add(path, fmt.Sprintf("add a prefix of it to clusters.%s.externalSecrets.secretPrefixes", key),
				"External Secrets of cluster %q may not read %q", key, name)
		}
	}
}

// httpsURL demands an https URL.
func httpsURL(out *finding.List, path, value string) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		out.Add(path, "use for example https://login.example.com/realms/platform", "%q is not an https URL", value)
	}
}

// defaults fills in the endpoints that Keycloak has below the issuer.
func (s SingleSignOn) withDefaults() SingleSignOn {
	at := strings.TrimSuffix(s.Issuer, "/") + "/protocol/openid-connect/"
	for field, path := range map[*string]string{&s.AuthorizeURL: "auth", &s.TokenURL: "token", &s.UserInfoURL: "userinfo"} {
		if *field == "" && s.Issuer != "" {
			*field = at + path
		}
	}
	return s
}

func (s SingleSignOn) validate(c Config, in Input) finding.List {
	var out finding.List
	httpsURL(&out, "issuer", s.Issuer)
	for _, e := range []struct{ path, url string }{{"authorizeUrl", s.AuthorizeURL}, {"tokenUrl", s.TokenURL}, {"userInfoUrl", s.UserInfoURL}} {
		if s.Issuer != "" && !strings.HasPrefix(e.url, s.Issuer) { // of one below the issuer, the issuer says it all
			httpsURL(&out, e.path, e.url)
		}
	}
	if s.ClientID == "" {
		out.Add("clientId", "give the client that the identity provider knows", "is missing")
	}
	secretEntry(&out, "clientEntry", s.ClientEntry, c, in)
	return out
}
