// Package doctor looks at what a real account needs before the first up: tools
// on PATH, the backend, whose credentials these are, and quotas against what the
// stack file asks for. It changes nothing. Tools are run through Runner and the
// account is asked through Account, so that tests answer in the shapes that the
// real ones have; what follows from the answers is decided by pure functions.
package doctor
