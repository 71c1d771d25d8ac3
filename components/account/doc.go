// Package account makes what a new account needs before the first stack: the
// bucket and the key of Pulumi's states, the roles that workflows take and who
// may take them, service-linked roles, requests for quotas, and if asked for a
// DNS zone and the root that meshes trust. It is the work of bootstrap/, a
// program of its own with a state of its own; no stack depends on its resources,
// only on their names.
//
// Who may take a role is named exactly, one repository and one environment of it:
// a pattern in the subject of a token is how pipelines of strangers get in.
//
// The configuration with its findings is components/account/spec. Resources are
// registered by their tokens: this shares the module with the stacks' program and
// must not compile more of the SDK than that (docs/adr/0001-compile-cost.md).
package account
