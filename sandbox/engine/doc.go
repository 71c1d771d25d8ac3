// Package engine runs a Pulumi program on the real engine: the pinned CLI, the
// file backend and the Automation API, with providers that are attached on
// loopback ports.
//
// It owns a directory and nothing outside it: home/ is PULUMI_HOME, state/ the
// backend, work/ the copies of the project and stack files, so that the user's
// own files never change. Variables of the user's environment that would lead
// the CLI elsewhere (PULUMI_*, AWS_*, KUBECONFIG) are not handed on.
//
// An interrupt reaches the CLI as one SIGINT, and the CLI is then waited for:
// killing it after ten seconds, as the Automation API's own command does,
// leaves a lock and a pending operation behind.
//
// The timeline is virtual. The engine says what it did, the providers say how
// long that takes on a real account, the plan or the state says what waits for
// what; Schedule puts the three together.
//
// Not modelled: the engine's limit of operations at a time. It is wide enough
// (4 × cores) for what takes minutes, and on a real account it is configurable.
package engine
