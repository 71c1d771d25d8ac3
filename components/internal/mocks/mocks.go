// Package mocks keeps what a test's program registers. Only tests import it.
package mocks

import (
	"fmt"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Where everything is registered.
const (
	project = "ladder"
	stack   = "dev"
)

// Recorder stands in for the engine and every provider, and takes what is registered.
type Recorder struct {
	// Answer adds what a provider would compute to a resource's outputs, which
	// are a copy of its inputs; nil adds nothing.
	Answer func(args pulumi.MockResourceArgs, out resource.PropertyMap)

	mu         sync.Mutex
	registered []pulumi.MockResourceArgs
}

// Run runs a program against the recorder.
func (r *Recorder) Run(program pulumi.RunFunc) error {
	return pulumi.RunErr(program, pulumi.WithMocks(project, stack, r))
}

// NewResource is of pulumi.MockResourceMonitor.
func (r *Recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	if args.RegisterRPC == nil {
		return "", nil, fmt.Errorf("%s %s is read, not registered", args.TypeToken, args.Name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.registered = append(r.registered, args)
	out := args.Inputs.Copy()
	if r.Answer != nil {
		r.Answer(args, out)
	}
	return args.Name + "-id", out, nil
}

// Call is of pulumi.MockResourceMonitor: what is tested here looks nothing up.
func (r *Recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	return nil, fmt.Errorf("unexpected invoke %s", args.Token)
}

// ByType is the last resource of each type.
func (r *Recorder) ByType() map[string]pulumi.MockResourceArgs {
	return r.by(func(args pulumi.MockResourceArgs) string { return args.TypeToken })
}

// ByName is the last resource of each name.
func (r *Recorder) ByName() map[string]pulumi.MockResourceArgs {
	return r.by(func(args pulumi.MockResourceArgs) string { return args.Name })
}

// Registered is everything, in the order in which it was registered.
func (r *Recorder) Registered() []pulumi.MockResourceArgs {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.registered)
}

func (r *Recorder) by(key func(pulumi.MockResourceArgs) string) map[string]pulumi.MockResourceArgs {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]pulumi.MockResourceArgs{}
	for _, args := range r.registered {
		out[key(args)] = args
	}
	return out
}

// Inputs are what resources were registered with, by the same keys.
func Inputs(of map[string]pulumi.MockResourceArgs) map[string]map[string]any {
	out := map[string]map[string]any{}
	for key, args := range of {
		out[key] = args.Inputs.Mappable()
	}
	return out
}

// urnOf is the one that the engine gives what is registered.
func urnOf(args pulumi.MockResourceArgs) string {
	parent := ""
	if p := resource.URN(args.RegisterRPC.GetParent()); p != "" && p.QualifiedType() != resource.RootStackType {
		parent = string(p.QualifiedType()) + "$"
	}
	return fmt.Sprintf("urn:pulumi:%s::%s::%s%s::%s", stack, project, parent, args.TypeToken, args.Name)
}
