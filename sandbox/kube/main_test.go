package kube

import (
	"os"
	"testing"

	"github.com/ladder-platform/ladder/sandbox/world"
)

// Nothing that the API server only reads may be changed: these tests go through
// all of it.
func TestMain(m *testing.M) {
	world.Guard.Store(true)
	os.Exit(m.Run())
}
