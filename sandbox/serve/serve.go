package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"sort"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// maxMessage is the largest request, in bytes: what the engine itself allows
// (pulumi sdk 3.250.0, rpcutil).
const maxMessage = 400 << 20

// Factory makes the provider of one connection.
type Factory func() plugin.Provider

// RawConstructor is implemented by a provider whose components must see the
// request as the engine sent it (dependencies, providers, monitor address).
type RawConstructor interface {
	RawConstruct(context.Context, *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error)
}

// Server is a set of listening providers.
type Server struct {
	ports     map[string]int
	listeners []net.Listener
	wait      sync.WaitGroup

	lock    sync.Mutex
	closed  bool
	servers map[*grpc.Server]struct{}

	busy sync.RWMutex // held for reading by every call under way
}

// Start listens for each package on a loopback port that the system chooses.
func Start(factories map[string]Factory) (*Server, error) {
	s := &Server{ports: map[string]int{}, servers: map[*grpc.Server]struct{}{}}
	for name, factory := range factories {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			s.Close()
			return nil, fmt.Errorf("sandbox: listen for provider %q on loopback: %w", name, err)
		}
		s.listeners = append(s.listeners, l)
		s.ports[name] = l.Addr().(*net.TCPAddr).Port
		s.wait.Add(1)
		go func() {
			defer s.wait.Done()
			s.accept(l, factory)
		}()
	}
	return s, nil
}

// DebugProviders is the value of PULUMI_DEBUG_PROVIDERS that makes the engine
// use these providers.
func (s *Server) DebugProviders() string {
	parts := make([]string, 0, len(s.ports))
	for name, port := range s.ports {
		parts = append(parts, fmt.Sprintf("%s:%d", name, port))
	}
	sort.Strings(parts)
	return strings.Join(parts, ",")
}

// Close ends every connection and frees the ports. Operations under way are
// told so through their context.
func (s *Server) Close() {
	s.lock.Lock()
	s.closed = true
	for _, l := range s.listeners {
		l.Close()
	}
	for g := range s.servers {
		go g.Stop()
	}
	s.lock.Unlock()
	s.wait.Wait()
}

// Idle waits until no call is under way. After the engine was killed its last
// calls still run to their end, as they do in a real cloud.
func (s *Server) Idle() {
	s.busy.Lock()
	defer s.busy.Unlock()
}

func (s *Server) accept(l net.Listener, factory Factory) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return // closed
		}
		g := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.WaitForHandlers(true), grpc.UnaryInterceptor(s.call))
		provider := factory()
		pulumirpc.RegisterResourceProviderServer(g, &server{
			ResourceProviderServer: plugin.NewProviderServer(provider), provider: provider})
		s.lock.Lock()
		if s.closed {
			s.lock.Unlock()
			conn.Close()
			return
		}
		s.servers[g] = struct{}{}
		s.wait.Add(1)
		s.lock.Unlock()
		go func() {
			defer s.wait.Done()
			// A gRPC server per connection: the connection is the instance.
			one := &single{conn: conn, done: make(chan struct{})}
			_ = g.Serve(one)
			s.lock.Lock()
			delete(s.servers, g)
			s.lock.Unlock()
		}()
	}
}

// single is a listener that has one connection and ends with it.
type single struct {
	lock sync.Mutex
	conn net.Conn
	once sync.Once
	done chan struct{}
}

func (l *single) Accept() (net.Conn, error) {
	l.lock.Lock()
	conn := l.conn
	l.conn = nil
	l.lock.Unlock()
	if conn != nil {
		return &watched{Conn: conn, closed: l.finish}, nil
	}
	<-l.done
	return nil, net.ErrClosed
}

func (l *single) finish()        { l.once.Do(func() { close(l.done) }) }
func (l *single) Close() error   { l.finish(); return nil }
func (l *single) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

type watched struct {
	net.Conn
	closed func()
}

func (c *watched) Close() error {
	c.closed()
	return c.Conn.Close()
}

// call runs one call of the engine. It turns the panic of a simulated provider
// into an answer that says where, instead of ending the program that serves it.
func (s *Server) call(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
	// A component's Construct registers children, whose calls come here too.
	if !strings.HasSuffix(info.FullMethod, "/Construct") {
		s.busy.RLock()
		defer s.busy.RUnlock()
	}
	defer func() {
		if r := recover(); r != nil {
			err = status.Errorf(codes.Internal, "sandbox: %s: the simulated provider panicked: %v\n%s", info.FullMethod, r, debug.Stack())
		}
	}()
	return next(ctx, req)
}

// server adds to the SDK's what attaching to a running provider needs.
type server struct {
	pulumirpc.ResourceProviderServer
	provider plugin.Provider
}

// Attach is called by the engine on every provider it did not start itself.
func (s *server) Attach(ctx context.Context, req *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	if p, ok := s.provider.(plugin.GrpcProvider); ok {
		if err := p.Attach(req.GetAddress()); err != nil && !unimplemented(err) {
			return nil, err
		}
	}
	return &emptypb.Empty{}, nil
}

// Cancel asks the provider to stop; one that cannot is left to finish.
func (s *server) Cancel(ctx context.Context, _ *emptypb.Empty) (*emptypb.Empty, error) {
	if err := s.provider.SignalCancellation(ctx); err != nil && !unimplemented(err) {
		return nil, err
	}
	return &emptypb.Empty{}, nil
}

// GetPluginInfo allows a provider that has no version.
func (s *server) GetPluginInfo(ctx context.Context, _ *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	info, err := s.provider.GetPluginInfo(ctx)
	if err != nil || info.Version == nil {
		return &pulumirpc.PluginInfo{}, nil
	}
	return &pulumirpc.PluginInfo{Version: info.Version.String()}, nil
}

// Construct prefers the provider's own, which sees the whole request.
func (s *server) Construct(ctx context.Context, req *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	if p, ok := s.provider.(RawConstructor); ok {
		resp, err := p.RawConstruct(ctx, req)
		if !errors.Is(err, plugin.ErrNotYetImplemented) {
			return resp, err
		}
	}
	return s.ResourceProviderServer.Construct(ctx, req)
}

func unimplemented(err error) bool { return status.Code(err) == codes.Unimplemented }
