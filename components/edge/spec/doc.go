// Package spec is the configuration of the edge: the two entrances, the hosts
// and routes behind them, names, certificates and the firewall. It holds what
// a stack file says, the defaults, every finding about it, and the numbers that
// other rooms derive from it. It is pure: no Pulumi SDK below it.
package spec
