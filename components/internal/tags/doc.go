// Package tags builds the tags of AWS resources.
package tags
