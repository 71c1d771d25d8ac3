// Package upgrade plans the climb of one stack from one release to the next:
// the runs (one edit of the stack file and one up each), in each run the steps
// in the order in which the dependency graph takes them, and for each step what
// changes, what it does to what runs, how long it takes, which addresses it
// needs, what to check after it and how to go back. Findings with severity
// error block the climb.
//
// Pure: no clock (the day is given), no Pulumi SDK, no network. What only a
// live cluster knows (node counts, requested APIs) is given too, and the plan
// says so where it was not.
package upgrade
