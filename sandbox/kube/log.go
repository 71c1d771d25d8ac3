package kube

import (
	"context"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// logger sends warnings to the engine, which shows them beside the resource.
type logger struct {
	address string
	mu      sync.Mutex
	conn    *grpc.ClientConn
	// sent collects the warnings when there is no engine, for tests.
	sent []string
}

func (l *logger) warn(urn resource.URN, message string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.address == "" {
		l.sent = append(l.sent, message)
		return
	}
	if l.conn == nil {
		conn, err := grpc.NewClient(l.address, grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())
		if err != nil {
			l.sent = append(l.sent, fmt.Sprintf("%s (the engine cannot be reached: %v)", message, err))
			return
		}
		l.conn = conn
	}
	// A warning that cannot be delivered must not fail the operation that it is about.
	if _, err := pulumirpc.NewEngineClient(l.conn).Log(context.Background(), &pulumirpc.LogRequest{
		Severity: pulumirpc.LogSeverity_WARNING, Message: message, Urn: string(urn),
	}); err != nil {
		l.sent = append(l.sent, message)
	}
}

func (l *logger) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		return nil
	}
	err := l.conn.Close()
	l.conn = nil
	return err
}
