// Package rule holds the named laws of the simulated cloud.
//
// A law is data: its name, the service that answers, the text it answers with
// and the document that says so. The check itself stays beside the operation
// that it guards. Because every law has a name, a test can switch off each one
// in turn and prove that some scenario notices, and the table in
// docs can be compared with what the code really knows.
//
// Use it like this, in the file of the service:
//
//	var subnetInVPC = rule.Register(rule.Rule{Name: "ec2.subnet-in-vpc", Service: "ec2",
//		Source: "EC2 API, CreateSubnet, read 2026-11", Text: "The CIDR '%s' is invalid."})
//
//	if p.rules.On(subnetInVPC) && !inside {
//		return subnetInVPC.Errorf(cidr)
//	}
package rule
