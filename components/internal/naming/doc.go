// Package naming knows how long names may be and how logical names are joined.
package naming
