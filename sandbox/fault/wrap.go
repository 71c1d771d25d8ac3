package fault

import (
	"context"
	"errors"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/ladder-platform/ladder/sandbox/deps"
)

// Wrap puts a plan in front of a provider. kill ends the engine at once.
func Wrap(inner plugin.Provider, plan *Plan, kill func()) plugin.Provider {
	return &provider{Provider: inner, plan: plan, kill: kill}
}

type provider struct {
	plugin.Provider
	plan *Plan
	kill func()
}

// deathTakes bounds the wait for a killed engine's connection to close. It
// takes milliseconds.
const deathTakes = 5 * time.Second

// Halfway is a provider with resources that a killed process leaves half way,
// such as a Helm release. Interrupt does that half, and says whether the type
// has one.
type Halfway interface {
	Interrupt(urn resource.URN, token string, inputs resource.PropertyMap, update bool) (bool, error)
}

// interrupt is an operation that a crash finds half way; it says whether there
// was a crash.
func (p *provider) interrupt(ctx context.Context, verb string, urn resource.URN, inputs resource.PropertyMap) (bool, error) {
	inner, ok := p.Provider.(Halfway)
	if !ok || !p.plan.wants(verb, string(urn), CrashAfter) || p.plan.wants(verb, string(urn), Refuse, CrashBefore) {
		return false, nil
	}
	half, err := inner.Interrupt(urn, string(urn.Type()), inputs, verb == deps.Update)
	if !half || err != nil {
		return half, err
	}
	f, _ := p.plan.take(verb, string(urn), CrashAfter)
	p.crash(ctx)
	return true, p.err(f, verb, string(urn), ": the operation had begun")
}

// run performs an operation with the faults that concern it. f is called
// unless the operation never reaches the cloud; the error, if any, replaces
// what f returned.
func (p *provider) run(ctx context.Context, verb, urn string, f func() error) error {
	if fault, ok := p.plan.take(verb, urn, Refuse, CrashBefore); ok {
		if fault.Kind == CrashBefore {
			p.crash(ctx)
		}
		return p.err(fault, verb, urn, "")
	}
	if err := f(); err != nil {
		return err
	}
	if fault, ok := p.plan.take(verb, urn, Lost, CrashAfter); ok {
		if fault.Kind == CrashAfter {
			p.crash(ctx)
		}
		return p.err(fault, verb, urn, ": the operation has happened, its answer was lost")
	}
	return nil
}

func (p *provider) crash(ctx context.Context) {
	p.kill()
	select {
	case <-ctx.Done():
	case <-time.After(deathTakes):
	}
}

func (p *provider) err(f Fault, verb, urn, more string) error {
	return errors.New(p.plan.describe(f, verb, urn) + more)
}

func (p *provider) Create(ctx context.Context, req plugin.CreateRequest) (resp plugin.CreateResponse, err error) {
	if req.Preview {
		return p.Provider.Create(ctx, req)
	}
	if half, err := p.interrupt(ctx, deps.Create, req.URN, req.Properties); half {
		return plugin.CreateResponse{}, err
	}
	var own error
	err = p.run(ctx, deps.Create, string(req.URN), func() error {
		resp, own = p.Provider.Create(ctx, req)
		return own
	})
	if err != nil && own == nil {
		return plugin.CreateResponse{}, err
	}
	return resp, err
}

func (p *provider) Update(ctx context.Context, req plugin.UpdateRequest) (resp plugin.UpdateResponse, err error) {
	if req.Preview {
		return p.Provider.Update(ctx, req)
	}
	if half, err := p.interrupt(ctx, deps.Update, req.URN, req.NewInputs); half {
		return plugin.UpdateResponse{}, err
	}
	var own error
	err = p.run(ctx, deps.Update, string(req.URN), func() error {
		resp, own = p.Provider.Update(ctx, req)
		return own
	})
	if err != nil && own == nil {
		return plugin.UpdateResponse{}, err
	}
	return resp, err
}

func (p *provider) Delete(ctx context.Context, req plugin.DeleteRequest) (resp plugin.DeleteResponse, err error) {
	var own error
	err = p.run(ctx, deps.Delete, string(req.URN), func() error {
		resp, own = p.Provider.Delete(ctx, req)
		return own
	})
	if err != nil && own == nil {
		return plugin.DeleteResponse{}, err
	}
	return resp, err
}

func (p *provider) Read(ctx context.Context, req plugin.ReadRequest) (resp plugin.ReadResponse, err error) {
	var own error
	err = p.run(ctx, deps.Read, string(req.URN), func() error {
		resp, own = p.Provider.Read(ctx, req)
		return own
	})
	if err != nil && own == nil {
		return plugin.ReadResponse{}, err
	}
	return resp, err
}

// Attach and RawConstruct are not part of plugin.Provider, so embedding does
// not hand them through.

func (p *provider) Attach(address string) error {
	if inner, ok := p.Provider.(plugin.GrpcProvider); ok {
		return inner.Attach(address)
	}
	return nil
}

func (p *provider) RawConstruct(ctx context.Context, req *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	if inner, ok := p.Provider.(interface {
		RawConstruct(context.Context, *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error)
	}); ok {
		return inner.RawConstruct(ctx, req)
	}
	return nil, plugin.ErrNotYetImplemented
}
