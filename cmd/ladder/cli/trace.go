package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/sandbox/trace"
	"github.com/ladder-platform/ladder/sandbox/world"
)

type traceOptions struct {
	boxOptions
	request trace.Request
	svg     string
}

func newTraceCommand(g *Global) *cobra.Command {
	var o traceOptions
	cmd := &cobra.Command{
		Use:   "trace URL",
		Short: "Follow a request through the simulated cloud, hop by hop",
		Long: `Trace follows a request through what stacks have made on the simulated cloud:
DNS, load balancer, security groups, web ACL, listener, rules, target group and
its health, gateway, route, rewrite, service, pods. It prints each decision, and
ends where the request is answered, or where and why it stops. Nothing is sent.

  ladder trace https://shop.dev.example.com/cart
  ladder trace https://grafana.dev.example.com --from 198.51.100.0/24
  ladder trace https://grafana.dev.example.com --via dev-application

- a hop that passes   ? not decided here, taken to pass   x the request stops

It ends with 0 when a service answers or the client is sent elsewhere, else with 1.
`,
		Args: exactly(1, "one URL"),
		RunE: func(_ *cobra.Command, args []string) error {
			o.request.URL = args[0]
			return runTrace(o, g)
		},
	}
	o.addFlags(cmd)
	cmd.Flags().StringVar(&o.request.Stack, "stack", "", "stack that must answer (default: whichever does)")
	cmd.Flags().StringVar(&o.request.From, "from", "", "address or block that the request comes from (default: "+trace.Internet+", the internet)")
	cmd.Flags().StringVar(&o.request.Method, "method", "GET", "HTTP method")
	cmd.Flags().StringVar(&o.request.Via, "via", "", "load balancer to connect to, whatever the name resolves to")
	cmd.Flags().StringVar(&o.svg, "svg", "", "write a picture to this file too")
	return cmd
}

func runTrace(o traceOptions, g *Global) error {
	var t trace.Trace
	err := g.withWorld(o.boxOptions, func(w *world.World, _ string) error {
		var err error
		w.View(func(tx *world.Tx) { t, err = trace.Follow(tx, o.request) })
		if err != nil {
			return usageError{err}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if o.svg != "" {
		if err := os.WriteFile(o.svg, []byte(trace.SVG(t)), 0o644); err != nil {
			return fmt.Errorf("picture: %w", err)
		}
	}
	if g.JSON {
		err = g.print(t)
	} else {
		_, err = fmt.Fprint(g.Stdout, trace.Text(t))
	}
	if err == nil && t.Outcome != trace.Reached && t.Outcome != trace.Redirected {
		return reported{errors.New(t.String())}
	}
	return err
}
