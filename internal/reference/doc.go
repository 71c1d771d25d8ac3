// Package reference writes the page that lists every key of a configuration, from
// its JSON Schema, which is made from the structs and their comments. Pure.
package reference
