// Package drive takes resources that are data through the real engine, for the
// tests of simulated providers: a project to run in, a sandbox that is closed
// with the test, and a program's input made from plain values.
package drive
