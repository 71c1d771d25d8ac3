// Package cli holds the commands of ladder, one file each: newXCommand builds
// flags into an options struct, runX does the work on injected streams. Only
// this package prints, and only Main decides an exit code.
package cli
