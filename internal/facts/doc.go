// Package facts is what this program knows of AWS without asking it: instance
// types, Kubernetes versions on EKS with their support dates, list prices,
// quotas, latencies and name rules. Each fact has a source, a date and a
// confidence; the files in data/ are trimmed copies of the project's fact
// collection. Pure, embedded, parsed once.
//
// What it does not know it says so: every look-up has an ok result, and a
// missing price is never zero.
package facts
