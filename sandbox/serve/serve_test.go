package serve

import (
	"context"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// instance remembers its configuration and which one of its kind it is.
type instance struct {
	plugin.UnimplementedProvider
	number int64
	region string
	raw    bool
}

func (p *instance) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	p.region = req.Inputs["region"].StringValue()
	return plugin.ConfigureResponse{}, nil
}

func (p *instance) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{}, nil
}

func (p *instance) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	if req.URN.Name() == "panic" {
		panic("out of order")
	}
	return plugin.CreateResponse{ID: resource.ID(p.region + "-" + strconv.FormatInt(p.number, 10))}, nil
}

func (p *instance) RawConstruct(context.Context, *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	if !p.raw {
		return nil, plugin.ErrNotYetImplemented
	}
	return &pulumirpc.ConstructResponse{Urn: "raw"}, nil
}

func dial(t *testing.T, s *Server) pulumirpc.ResourceProviderClient {
	t.Helper()
	_, port, ok := strings.Cut(s.DebugProviders(), ":")
	if !ok {
		t.Fatalf("no port in %q", s.DebugProviders())
	}
	conn, err := grpc.NewClient("127.0.0.1:"+port, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return pulumirpc.NewResourceProviderClient(conn)
}

func start(t *testing.T, raw bool) *Server {
	t.Helper()
	var made atomic.Int64
	s, err := Start(map[string]Factory{"aws": func() plugin.Provider { return &instance{number: made.Add(1), raw: raw} }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

const urn = "urn:pulumi:dev::p::aws:a:B::"

func TestEveryConnectionIsAnInstanceOfItsOwn(t *testing.T) {
	s := start(t, false)
	ctx := context.Background()
	regions := []string{"ap-northeast-2", "us-west-2", "eu-west-1"}
	var clients []pulumirpc.ResourceProviderClient
	for _, region := range regions {
		c := dial(t, s)
		args, err := structpb.NewStruct(map[string]any{"region": region})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Attach(ctx, &pulumirpc.PluginAttach{Address: "127.0.0.1:1"}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Configure(ctx, &pulumirpc.ConfigureRequest{Args: args}); err != nil {
			t.Fatal(err)
		}
		clients = append(clients, c)
	}
	seen := map[string]bool{}
	for i, c := range clients {
		resp, err := c.Create(ctx, &pulumirpc.CreateRequest{Urn: urn + "x", Name: "x", Type: "aws:a:B"})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(resp.Id, regions[i]+"-") || seen[resp.Id] {
			t.Errorf("connection %d answers %q, want the region %s and an instance of its own", i, resp.Id, regions[i])
		}
		seen[resp.Id] = true
	}
}

func TestAPanicIsAnAnswer(t *testing.T) {
	c := dial(t, start(t, false))
	_, err := c.Create(context.Background(), &pulumirpc.CreateRequest{Urn: urn + "panic", Name: "panic", Type: "aws:a:B"})
	if err == nil || !strings.Contains(err.Error(), "out of order") || !strings.Contains(err.Error(), "serve_test.go") {
		t.Errorf("error %v, want the panic and where it was", err)
	}
	if _, err := c.GetPluginInfo(context.Background(), &emptypb.Empty{}); err != nil {
		t.Errorf("afterwards the provider is gone: %v", err)
	}
}

func TestWhatAProviderNeedNotImplement(t *testing.T) {
	c := dial(t, start(t, false))
	ctx := context.Background()
	if _, err := c.Attach(ctx, &pulumirpc.PluginAttach{}); err != nil {
		t.Errorf("attach: %v", err)
	}
	if _, err := c.Cancel(ctx, &emptypb.Empty{}); err != nil {
		t.Errorf("cancel: %v", err)
	}
	if info, err := c.GetPluginInfo(ctx, &emptypb.Empty{}); err != nil || info.Version != "" {
		t.Errorf("plugin info: %v, %v", info, err)
	}
}

func TestConstruct(t *testing.T) {
	ctx := context.Background()
	req := &pulumirpc.ConstructRequest{Type: "aws:a:B", Name: "x"}
	if resp, err := dial(t, start(t, true)).Construct(ctx, req); err != nil || resp.Urn != "raw" {
		t.Errorf("with RawConstruct: %v, %v", resp, err)
	}
	if _, err := dial(t, start(t, false)).Construct(ctx, req); err == nil || !strings.Contains(err.Error(), "not yet implemented") {
		t.Errorf("without: %v, want the SDK's own answer", err)
	}
}

func TestCloseFreesThePortsAndWaits(t *testing.T) {
	s := start(t, false)
	c := dial(t, s)
	if _, err := c.GetPluginInfo(context.Background(), &emptypb.Empty{}); err != nil {
		t.Fatal(err)
	}
	s.Idle()
	s.Close()
	if _, err := c.GetPluginInfo(context.Background(), &emptypb.Empty{}); err == nil {
		t.Error("a closed server answers")
	}
	s.Close() // a second time does nothing
}
