// Package aws is the simulated aws provider: it serves the provider protocol of
// pulumi-aws v6 over a world, strictly. What the provider's schema, its
// validators or AWS itself would refuse, it refuses, in their words.
//
// Every type of sandbox/schema works: inputs are checked against the schema,
// computed outputs have the services' own formats, and changes replace what the
// provider replaces. The types that networks and clusters are made of have a
// file per service (ec2_*.go, iam.go, eks_*.go …) with that service's rules;
// each rule is a rule.Rule with its source and AWS's text, checked only where
// AWS checks it: at Check what the provider validates without a call, at create,
// update and delete what the API refuses.
//
// Load balancers, certificates, DNS, web ACLs and buckets (elb*.go, acm.go,
// route53.go, wafv2.go, s3.go) know each other: a certificate is issued when its
// records lie in a public zone that resolvers find, which is one that the
// registrar (a hidden:dns/Delegation) or the zone above delegates to, in
// whichever account; access logs need the bucket's policy and leave an object in it.
//
// Services make objects that Pulumi cannot own: network interfaces of NAT
// gateways, endpoints, mount targets, instances and control planes, instances
// of node groups, log groups. They are world objects with kinds "hidden:…";
// they hold addresses and block deletions as real ones do.
//
// Not modelled: targets of a target group (sandbox/trace derives their health),
// health checks and DNS answers that take time, certificates of IAM, routing
// policies of Route 53, ACLs of CloudFront,
// IAM evaluation (a missing permission is a refusal only where
// EKS itself looks for a policy), whether the principals of trust policies and
// access entries exist (people's roles are not in the world), eventual
// consistency, throttling, packets, IPv6 addresses, Fargate pods, and the
// behaviour of types that have no file of their own beyond their schema. AWS's
// own invoke results that a network would be needed for (AMI ids) are made up
// from the question.
package aws
