// Package docs holds what the pages say to what the program does: commands exist
// with their flags, and the pages of day two are run as they stand.
package docs
