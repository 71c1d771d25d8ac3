// Package langhost is a Go language host for tests: it lets the ordinary Pulumi
// CLI run a Go program that is built already, through the engine's own way to
// attach one (PULUMI_DEBUG_LANGUAGES), so that neither the distributed
// pulumi-language-go plugin nor a download is needed.
//
// It hands the program the environment that pulumi-language-go hands it, starts
// it in the same directory, and reads its exit code in the same way. Source:
// pulumi/pulumi, sdk/go/pulumi-language-go/main.go, constructEnv and runProgram,
// read 2026-11.
//
// What it does not do as the real one does: it never compiles (the binary is
// given); it names no required packages, because the engine would download their
// plugins although the providers are attached; it has no debugger, no plugins
// written in Go, no code generation, and refuses those calls by name.
package langhost
