package apiserver

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
)

// readyWithin is how long both servers may take to answer readyz. Measured: 5 s
// on two cores (docs/judges.md); 24 times that leaves room for a loaded machine.
const readyWithin = 2 * time.Minute

// stopWithin is how long a server may take to end after an interrupt before it is killed.
const stopWithin = 20 * time.Second

// Server is a running API server and its etcd.
type Server struct {
	// Config reaches the server as a member of system:masters.
	Config *rest.Config

	dir   string
	parts []*process
}

type process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan error
}

// Start runs both servers with their data, keys and logs in dir and returns when
// the API server answers readyz. The caller closes the server; ctx bounds the start only.
func Start(ctx context.Context, dir string) (*Server, error) {
	s := &Server{dir: dir}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	etcdURL, peerURL := loopback("http", ports[0]), loopback("http", ports[1])
	if err := s.run(roleEtcd,
		"--data-dir="+filepath.Join(s.dir, "etcd"),
		"--listen-client-urls="+etcdURL, "--advertise-client-urls="+etcdURL,
		"--listen-peer-urls="+peerURL, "--initial-advertise-peer-urls="+peerURL, "--initial-cluster=default="+peerURL,
		"--unsafe-no-fsync", "--log-level=warn",
	); err != nil {
		return err
	}
	token, err := s.writeToken()
	if err != nil {
		return err
	}
	key, err := s.writeServiceAccountKey()
	if err != nil {
		return err
	}
	certificates := filepath.Join(s.dir, "certificates")
	if err := s.run(roleAPIServer,
		"--etcd-servers="+etcdURL,
		"--bind-address=127.0.0.1", "--secure-port="+strconv.Itoa(ports[2]), "--cert-dir="+certificates,
		"--token-auth-file="+filepath.Join(s.dir, "tokens.csv"), "--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+key, "--service-account-signing-key-file="+key,
		"--service-cluster-ip-range=172.20.0.0/16", // what EKS takes when nothing is asked
		"--v=0",
	); err != nil {
		return err
	}
	s.Config = &rest.Config{
		Host:        loopback("https", ports[2]),
		BearerToken: token,
		// The server signs its own certificate into this file before it listens.
		TLSClientConfig: rest.TLSClientConfig{CAFile: filepath.Join(certificates, "apiserver.crt")},
		QPS:             -1, // no client-side limit: the server is ours alone
	}
	return s.waitReady(ctx)
}

// run starts this very binary in the given role.
func (s *Server) run(role string, args ...string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("%s: own binary: %w", role, err)
	}
	p := &process{name: role, log: filepath.Join(s.dir, role+".log"), done: make(chan error, 1)}
	log, err := os.Create(p.log)
	if err != nil {
		return fmt.Errorf("%s: log: %w", role, err)
	}
	defer log.Close() // the child has its own copy
	p.cmd = exec.Command(self, args...)
	p.cmd.Env = append(os.Environ(), serveVariable+"="+role)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = endWithParent()
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("%s: start: %w", role, err)
	}
	s.parts = append(s.parts, p)
	go func() { p.done <- p.cmd.Wait() }()
	return nil
}

func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	last := errors.New("never asked")
	for {
		if last = s.ready(ctx); last == nil {
			return nil
		}
		for _, p := range s.parts {
			select {
			case err := <-p.done:
				p.done <- err // Close reads it again
				return fmt.Errorf("%s ended before it was ready: %w; end of its log:\n%s", p.name, err, tail(p.log))
			default:
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("API server not ready: %w; last answer: %w; end of its log:\n%s", ctx.Err(), last, tail(s.parts[len(s.parts)-1].log))
		}
	}
}

func (s *Server) ready(ctx context.Context) error {
	if _, err := os.Stat(s.Config.TLSClientConfig.CAFile); err != nil {
		return err
	}
	client, err := discovery.NewDiscoveryClientForConfig(s.Config)
	if err != nil {
		return err
	}
	return client.RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
}

// Close ends both servers, the API server first so that it does not wait for a
// lost etcd. The folder stays: it is the caller's.
func (s *Server) Close() error {
	var errs []error
	for i := len(s.parts) - 1; i >= 0; i-- {
		p := s.parts[i]
		_ = p.cmd.Process.Signal(os.Interrupt) // ended already is as good
		select {
		case <-p.done:
		case <-time.After(stopWithin):
			errs = append(errs, fmt.Errorf("%s: killed, it did not end within %s of an interrupt", p.name, stopWithin), p.cmd.Process.Kill())
			<-p.done
		}
	}
	return errors.Join(errs...)
}

// CPU is the processor time that both servers took; it is known after Close.
func (s *Server) CPU() time.Duration {
	var total time.Duration
	for _, p := range s.parts {
		if state := p.cmd.ProcessState; state != nil {
			total += state.UserTime() + state.SystemTime()
		}
	}
	return total
}

func (s *Server) writeToken() (string, error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("API server: token: %w", err)
	}
	token := hex.EncodeToString(raw)
	line := token + `,judge,judge,"system:masters"` + "\n"
	if err := os.WriteFile(filepath.Join(s.dir, "tokens.csv"), []byte(line), 0o600); err != nil {
		return "", fmt.Errorf("API server: token: %w", err)
	}
	return token, nil
}

func (s *Server) writeServiceAccountKey() (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", fmt.Errorf("API server: service account key: %w", err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return "", fmt.Errorf("API server: service account key: %w", err)
	}
	path := filepath.Join(s.dir, "service-account.key")
	text := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", fmt.Errorf("API server: service account key: %w", err)
	}
	return path, nil
}

// freePorts asks the system for ports and lets go of them together, so that it
// does not name one twice.
func freePorts(n int) ([]int, error) {
	ports := make([]int, 0, n)
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("free port on loopback: %w", err)
		}
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

func loopback(scheme string, port int) string {
	return scheme + "://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// tail is the end of a log: enough to see the reason, short enough for an error.
func tail(path string) []byte {
	const lines = 15
	text, err := os.ReadFile(path)
	if err != nil {
		return []byte(err.Error())
	}
	all := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return bytes.Join(all[max(0, len(all)-lines):], []byte("\n"))
}
