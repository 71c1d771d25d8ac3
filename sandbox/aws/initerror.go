package aws

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// InitFailed is the error of an operation that left an object behind which is
// not well: the engine saves the object with the reasons, and the next up
// updates it (facts, providers D7.15). It is both what plugin.Provider callers
// expect (plugin.InitError) and what the protocol carries (a status with details).
type InitFailed struct {
	*plugin.InitError
	status *status.Status
}

// Unwrap lets errors.As find the plugin.InitError.
func (e *InitFailed) Unwrap() error { return e.InitError }

// GRPCStatus is what grpc sends.
func (e *InitFailed) GRPCStatus() *status.Status { return e.status }

func (e *InitFailed) Error() string { return strings.Join(e.Reasons, "; ") }

func initFailed(id string, outputs, inputs resource.PropertyMap, reasons []string) error {
	out := &InitFailed{InitError: &plugin.InitError{Reasons: reasons}, status: status.New(codes.Unknown, strings.Join(reasons, "; "))}
	opts := plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}
	props, err := plugin.MarshalProperties(outputs, opts)
	if err != nil {
		return err
	}
	ins, err := plugin.MarshalProperties(inputs, opts)
	if err != nil {
		return err
	}
	withDetails, err := out.status.WithDetails(&pulumirpc.ErrorResourceInitFailed{Id: id, Properties: props, Reasons: reasons, Inputs: ins})
	if err != nil {
		return err
	}
	out.status = withDetails
	return out
}
