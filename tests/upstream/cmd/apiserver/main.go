// Command apiserver runs a real Kubernetes API server on loopback until it is
// interrupted, for trying a manifest by hand:
//
//	cd tests/upstream && go run ./cmd/apiserver -kubeconfig kubeconfig
//	kubectl --kubeconfig kubeconfig apply --server-side --dry-run=server -f FILE
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ladder-platform/ladder/tests/upstream/apiserver"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

func main() {
	apiserver.ServeIfAsked()
	path := flag.String("kubeconfig", "kubeconfig", "file to write, for use with kubectl")
	flag.Parse()
	if err := run(*path); err != nil {
		fmt.Fprintln(os.Stderr, "apiserver:", err)
		os.Exit(1)
	}
}

func run(path string) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := os.MkdirTemp("", "ladder-apiserver-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	began := time.Now()
	server, err := apiserver.Start(ctx, dir)
	if err != nil {
		return err
	}
	defer func() {
		if closed := server.Close(); err == nil {
			err = closed
		}
	}()
	if err := writeKubeconfig(server, path); err != nil {
		return err
	}
	fmt.Printf("ready at %s after %s; kubeconfig in %s; end with Ctrl-C\n", server.Config.Host, time.Since(began).Round(time.Millisecond), path)
	<-ctx.Done()
	return nil
}

func writeKubeconfig(server *apiserver.Server, path string) error {
	ca, err := os.ReadFile(server.Config.TLSClientConfig.CAFile)
	if err != nil {
		return err
	}
	config := api.NewConfig()
	config.Clusters["judge"] = &api.Cluster{Server: server.Config.Host, CertificateAuthorityData: ca}
	config.AuthInfos["judge"] = &api.AuthInfo{Token: server.Config.BearerToken}
	config.Contexts["judge"] = &api.Context{Cluster: "judge", AuthInfo: "judge"}
	config.CurrentContext = "judge"
	return clientcmd.WriteToFile(*config, path)
}
