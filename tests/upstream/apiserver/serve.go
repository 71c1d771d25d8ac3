package apiserver

import (
	"fmt"
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

// serveVariable names, in the environment of a child, the server that it is to be.
const serveVariable = "LADDER_UPSTREAM_SERVE"

const (
	roleEtcd      = "etcd"
	roleAPIServer = "kube-apiserver"
)

// ServeIfAsked becomes etcd or kube-apiserver when Start began this process for
// that, and then never returns. Otherwise it does nothing.
func ServeIfAsked() {
	switch role := os.Getenv(serveVariable); role {
	case "":
	case roleEtcd:
		etcdmain.Main(append([]string{roleEtcd}, os.Args[1:]...))
		os.Exit(0)
	case roleAPIServer:
		os.Exit(cli.Run(app.NewAPIServerCommand()))
	default:
		fmt.Fprintf(os.Stderr, "%s is %q, which is neither %q nor %q\n", serveVariable, role, roleEtcd, roleAPIServer)
		os.Exit(2)
	}
}
