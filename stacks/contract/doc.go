// Package contract is what a stack tells other teams: typed and versioned.
// It is the stack output "contract", described for readers in docs/outputs.md
// and for machines in schema.json. Pure, and without the Pulumi SDK, so that
// other programs can import it cheaply.
//
// The promise for a version: fields are added, never renamed, removed or given
// another meaning, and none changes its type. A reader therefore ignores what
// it does not know. What cannot be done so becomes another version, which a
// stack exports beside the old one for two releases at least.
//
// No field is a secret, and none ever will be: names and addresses only.
package contract
