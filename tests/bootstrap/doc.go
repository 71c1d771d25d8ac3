// Package bootstrap runs the program that an account begins with on the simulated
// cloud: its life, who may take its roles, and what those may do.
package bootstrap
