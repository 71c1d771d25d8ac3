// Package ordinary runs the program as its users run it on a real account: by the
// ordinary Pulumi CLI, with infra/main.go built, Pulumi.yaml and its config
// declarations read by the engine, and only the clouds replaced by the sandbox's
// providers. What that preview says must be what `ladder preview --sandbox` says.
//
// Package langhost attaches a built Go program to the CLI.
package ordinary
