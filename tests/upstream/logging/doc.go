// Package logging has a Lua interpreter that is not Fluent Bit's own run what
// components/observability/logpipe writes for it: what is dropped, what is
// redacted, and what must stay. Fluent Bit itself is written in C, so its
// configuration is not parsed here.
//
// It is a module of its own, so that the interpreter stays out of the others.
package logging
