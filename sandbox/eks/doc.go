// Package eks is the component provider of the simulated cloud: it answers
// Construct for eks:index:Cluster by registering, with the real resource
// monitor, exactly the children that pulumi-eks 2.8.1 registers for the same
// arguments. tests/conformance runs the real npm package beside it and compares
// type, name, parent, inputs, dependencies and options.
//
// Source of every child below: @pulumi/eks 2.8.1, cluster.js, securitygroup.js,
// servicerole.js and authenticationMode.js, read 2026-11, and the recordings in
// facts/eks-component.json.
//
// Not modelled: the default node group, Fargate, the VPC CNI component, storage
// classes, the OIDC provider, aws-auth ConfigMaps, creation roles, the
// dashboard, and the methods of the component. Asking for one of them is an
// error, never silence.
package eks
