// Package golden compares what a test made with the file that the repository
// has of it. It is for tests only.
package golden
