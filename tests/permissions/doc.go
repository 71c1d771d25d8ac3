// Package permissions holds the roles that the edge makes for its controllers to
// the AWS calls that they make: the list is read from the controllers' sources,
// not from the program, and each call is put to the documents by the simulated
// IAM. What no enabled feature needs must be refused.
package permissions
