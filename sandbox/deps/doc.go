// Package deps is what every simulated provider is built from: the world it
// acts on, the laws in force, who the credentials are, and where it reports
// what each operation would have cost in time.
package deps
