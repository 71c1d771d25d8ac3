package engine

import (
	"reflect"
	"sync"
	"time"
	"unsafe"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// callbacks are the servers that programs started for their transforms. The SDK
// never stops them, and each keeps its whole program alive: 7 MiB for every run
// of a stack, which a sweep of thousands of runs has not. Source: pulumi sdk
// 3.250.0, pulumi/callback.go and Context.Close.
type callbacks struct {
	lock     sync.Mutex
	contexts []*pulumi.Context
}

// of is the program, whose context is remembered.
func (c *callbacks) of(program pulumi.RunFunc) pulumi.RunFunc {
	if program == nil {
		return nil
	}
	return func(ctx *pulumi.Context) error {
		c.lock.Lock()
		c.contexts = append(c.contexts, ctx)
		c.lock.Unlock()
		return program(ctx)
	}
}

// stop ends the servers when the run is over.
func (c *callbacks) stop() {
	c.lock.Lock()
	defer c.lock.Unlock()
	for _, ctx := range c.contexts {
		stopCallbacks(ctx)
	}
	c.contexts = nil
}

// stopCallbacks closes context.state.callbacks.stop and takes the server's last
// word from callbacks.handle.Done, which no method does. In an SDK that has no
// such fields it does nothing.
func stopCallbacks(ctx *pulumi.Context) {
	server := field(field(reflect.ValueOf(ctx), "state"), "callbacks")
	stop, open := inside[chan bool](field(server, "stop"))
	handle, started := inside[rpcutil.ServeHandle](field(server, "handle"))
	if open && started {
		close(stop)
		select {
		case <-handle.Done:
		case <-time.After(time.Second): // a CLI that was killed in the middle of a call
		}
	}
}

// field of the struct behind a pointer; nothing where there is none.
func field(v reflect.Value, name string) reflect.Value {
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return reflect.Value{}
	}
	return v.Elem().FieldByName(name)
}

// inside reads a field that reflection alone may not.
func inside[T any](v reflect.Value) (out T, ok bool) {
	if !v.IsValid() || v.Type() != reflect.TypeFor[T]() || v.IsZero() {
		return out, false
	}
	return *(*T)(unsafe.Pointer(v.UnsafeAddr())), true
}
