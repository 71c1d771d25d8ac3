package reach

import (
	"encoding/base64"
	"encoding/json"
	"sort"
	"strings"
	"time"

	"github.com/ladder-platform/ladder/sandbox/internal/nested"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// Kinds that are read.
const (
	kindCluster = "aws:eks/cluster:Cluster"
	kindGroup   = "aws:eks/nodeGroup:NodeGroup"
	kindSecret  = "kube:v1/Secret"
	kindService = "kube:v1/Service"
	kindAccount = "kube:v1/ServiceAccount"
	kindNS      = "kube:v1/Namespace"

	system       = "istio-system"
	networkLabel = "topology.istio.io/network"
)

// cluster is one EKS cluster with a mesh.
type cluster struct {
	tx       *world.Tx
	name     string
	scope    string // of AWS: account and region
	endpoint string // scope of its objects
	ca       string
	vpc      string
	group    string // security group of nodes and control plane
	network  string // of the mesh
	now      time.Time
	obj      *world.Object
}

// clustersOf are the clusters that have a namespace istio-system, by name.
func clustersOf(tx *world.Tx) []*cluster {
	var out []*cluster
	for _, o := range tx.Find(kindCluster, "", nil) {
		c := &cluster{
			tx: tx, name: o.Name, scope: o.Scope, endpoint: nested.Text(o.Attrs, "endpoint"), ca: nested.Text(o.Attrs, "certificateAuthority", "data"),
			vpc: nested.Text(o.Attrs, "vpcConfig", "vpcId"), group: nested.Text(o.Attrs, "vpcConfig", "clusterSecurityGroupId"), now: tx.Now(), obj: o,
		}
		if c.name == "" {
			c.name = o.ID
		}
		ns, ok := tx.Get(world.Key{Kind: kindNS, Scope: c.endpoint, ID: system})
		if !ok {
			continue
		}
		c.network = nested.Text(ns.Attrs, "metadata", "labels", networkLabel)
		out = append(out, c)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}

// remote are the remote secrets of the cluster by the cluster that they lead to.
func (c *cluster) remote() map[string]*world.Object {
	out := map[string]*world.Object{}
	for _, o := range c.objects(kindSecret) {
		if strings.HasPrefix(o.ID, system+"/") && nested.Text(o.Attrs, "metadata", "labels", "istio/multiCluster") == "true" {
			for name := range nested.Object(o.Attrs, "data") {
				out[name] = o
			}
		}
	}
	return out
}

func (c *cluster) knows(other *cluster) bool { return c.remote()[other.name] != nil }

func (c *cluster) objects(kind string) []*world.Object { return c.tx.Find(kind, c.endpoint, nil) }

func (c *cluster) get(kind, id string) (*world.Object, bool) {
	return c.tx.Get(world.Key{Kind: kind, Scope: c.endpoint, ID: id})
}

func (c *cluster) aws(kind string, match func(*world.Object) bool) []*world.Object {
	return c.tx.Find(kind, c.scope, match)
}

// remoteSecret: istiod of from asks to's API server with a token that to knows.
func remoteSecret(from, to *cluster) string {
	o := from.remote()[to.name]
	if o == nil {
		return "no remote secret for " + to.name + " in namespace istio-system of " + from.name
	}
	name := o.ID[len(system)+1:]
	text, err := base64.StdEncoding.DecodeString(nested.Text(o.Attrs, "data", to.name))
	var config struct {
		Clusters []struct{ Cluster map[string]string }
		Users    []struct{ User map[string]string }
	}
	if err != nil || json.Unmarshal(text, &config) != nil || len(config.Clusters) != 1 || len(config.Users) != 1 {
		return "secret " + name + " of " + from.name + " holds no kubeconfig"
	}
	if server := config.Clusters[0].Cluster["server"]; server != to.endpoint {
		return "secret " + name + " of " + from.name + " leads to " + server + ", " + to.name + " is at " + to.endpoint
	}
	if config.Clusters[0].Cluster["certificate-authority-data"] != to.ca {
		return "secret " + name + " of " + from.name + " has another certificate than the API server of " + to.name
	}
	return to.accepts(config.Users[0].User["token"], "secret "+name+" of "+from.name)
}

// accepts looks for the token and its account.
func (c *cluster) accepts(token, whose string) string {
	for _, o := range c.objects(kindSecret) {
		have, err := base64.StdEncoding.DecodeString(nested.Text(o.Attrs, "data", "token"))
		if err != nil || nested.Text(o.Attrs, "type") != "kubernetes.io/service-account-token" || token == "" || string(have) != token {
			continue
		}
		namespace, _, _ := strings.Cut(o.ID, "/")
		account := nested.Text(o.Attrs, "metadata", "annotations", "kubernetes.io/service-account.name")
		if _, ok := c.get(kindAccount, namespace+"/"+account); !ok {
			return "service account " + account + " of " + c.name + ", whose token " + whose + " has, does not exist"
		}
		return ""
	}
	return whose + " has a token that " + c.name + " does not know: its token secret is gone"
}
