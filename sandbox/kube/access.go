package kube

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Kinds of AWS objects that decide who may talk to a cluster.
const (
	kindCluster     = "aws:eks/cluster:Cluster"
	kindEntry       = "aws:eks/accessEntry:AccessEntry"
	kindPolicy      = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
	kindAssociation = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
	kindAddon       = "aws:eks/addon:Addon"
)

// clusterAdmin is the access policy that maps to cluster-admin.
const clusterAdmin = "AmazonEKSClusterAdminPolicy"

// defaultMinor is served when the law that a cluster must exist is switched off.
const defaultMinor = 36

// errUnreachable is why the cluster cannot be talked to: A4.1.
type errUnreachable struct{ reason string }

func (e errUnreachable) Error() string {
	return "configured Kubernetes cluster is unreachable: " + e.reason
}

func asUnreachable(err error) (errUnreachable, bool) {
	var u errUnreachable
	ok := errors.As(err, &u)
	return u, ok
}

// connect finds the cluster behind the kubeconfig and checks that the caller is let in.
func (p *Provider) connect(tx *world.Tx, urn string) (*api, error) {
	return p.dial(tx, urn, false)
}

// connectReadOnly is connect in a view, where nothing can be written.
func (p *Provider) connectReadOnly(tx *world.Tx, urn string) (*api, error) {
	return p.dial(tx, urn, true)
}

func (p *Provider) dial(tx *world.Tx, urn string, readOnly bool) (*api, error) {
	s := p.settings
	if s.problem != "" {
		return nil, errUnreachable{s.problem}
	}
	a := &api{tx: tx, rules: p.deps.Rules, scope: s.server, minor: defaultMinor, urn: urn}
	if in, ours := p.deps.Kube.(*Inside); ours {
		a.onSample = in.onSample
	}
	cluster := clusterAt(tx, s.server)
	if cluster == nil {
		if a.rules.On(ruleReachable) {
			host := s.server
			if u, err := url.Parse(s.server); err == nil && u.Host != "" {
				host = u.Host
			}
			return nil, errUnreachable{ruleReachable.Errorf(s.server, host).Error()}
		}
		return a, nil
	}
	a.adopt(cluster)
	if !readOnly {
		a.bootstrap(cluster)
	}
	p.caller(cluster, a)
	if !hasEntry(a, p.principal()) && !p.creator(cluster) && a.rules.On(ruleAuthenticated) {
		return nil, errUnreachable{ruleAuthenticated.Errorf().Error()}
	}
	return a, nil
}

// clusterAt is the EKS cluster whose endpoint is the URL.
func clusterAt(tx *world.Tx, endpoint string) *world.Object {
	if endpoint == "" {
		return nil
	}
	found := tx.Peek(kindCluster, "", func(o *world.Object) bool { return nested.Text(o.Attrs, "endpoint") == endpoint })
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

// principal is the IAM identity whose token the kubeconfig presents.
func (p *Provider) principal() string {
	if p.settings.role != "" {
		return p.settings.role
	}
	return p.deps.CallerARN
}

// iamIdentity reduces an ARN to account and name: sessions count as their role, and access entries ignore a role's path.
func iamIdentity(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 {
		return arn
	}
	account, res := parts[4], strings.Split(parts[5], "/")
	switch {
	case res[0] == "assumed-role" && len(res) > 1:
		return account + "/role/" + res[1]
	case len(res) > 1:
		return account + "/" + res[0] + "/" + res[len(res)-1]
	}
	return account + "/" + parts[5]
}

func ofCluster(cluster string, principal string) func(*world.Object) bool {
	want := iamIdentity(principal)
	return func(o *world.Object) bool {
		return nested.Text(o.Attrs, "clusterName") == cluster && iamIdentity(nested.Text(o.Attrs, "principalArn")) == want
	}
}

func hasEntry(a *api, principal string) bool {
	return len(a.tx.Peek(kindEntry, a.aws, ofCluster(a.name, principal))) > 0
}

// creator tells whether the caller made the cluster with bootstrapClusterCreatorAdminPermissions.
func (p *Provider) creator(cluster *world.Object) bool {
	on, _ := nested.At(cluster.Attrs, "accessConfig", "bootstrapClusterCreatorAdminPermissions").(bool)
	by := nested.Text(cluster.Attrs, "creatorArn")
	return on && by != "" && iamIdentity(by) == iamIdentity(p.principal())
}

// caller notes on the api whether the principal is a cluster administrator.
func (p *Provider) caller(cluster *world.Object, a *api) {
	if p.creator(cluster) {
		return
	}
	policies := a.tx.Peek(kindPolicy, a.aws, ofCluster(a.name, p.principal()))
	for _, o := range policies {
		if strings.HasSuffix(nested.Text(o.Attrs, "policyArn"), "/"+clusterAdmin) && nested.Text(o.Attrs, "accessScope", "type") != "namespace" {
			return
		}
	}
	a.denied = p.principal()
}

// authorize refuses every verb to a caller who is authenticated but has no administrator's policy.
func (a *api) authorize(verb string, gvk schema.GroupVersionKind, namespace string) error {
	if a.denied == "" || !a.rules.On(ruleAuthorized) {
		return nil
	}
	where := "at the cluster scope"
	if namespace != "" {
		where = fmt.Sprintf("in the namespace %q", namespace)
	}
	gr := resourceOf(gvk)
	e := apierrors.NewForbidden(gr, "", nil)
	e.ErrStatus.Message = ruleAuthorized.Errorf(gr.String(), userName(a.denied), verb, gr.Resource, gr.Group, where).Error()
	return e
}

// userName is the Kubernetes user of a STANDARD access entry of a role: EKS user guide, access entries.
func userName(principal string) string {
	parts := strings.SplitN(principal, ":", 6)
	if len(parts) != 6 || !strings.HasPrefix(parts[5], "role/") {
		return principal
	}
	i := strings.LastIndex(parts[5], "/")
	return fmt.Sprintf("arn:%s:sts::%s:assumed-role/%s/{{SessionName}}", parts[1], parts[4], parts[5][i+1:])
}
