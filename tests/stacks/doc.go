// Package stacks holds one stack file for each thing that a stack may do
// differently from the shipped dev, stg and prd; a file is named by what it
// varies. Every scenario of the tests runs over all of them.
//
// seed-existing-vpc.json lists the objects that existing-vpc.yaml finds in its
// account: a VPC with subnets, a NAT gateway and routes that another team made.
package stacks
