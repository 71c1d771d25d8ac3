package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/ladder-platform/ladder/cmd/ladder/doctor"
)

type doctorOptions struct {
	stack, stackFile string
	offline          bool
}

func newDoctorCommand(g *Global) *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor STACK",
		Short: "Say what a real account needs before up",
		Long: `Doctor looks at what pulumi up needs on a real account: tools on PATH and their
versions, the backend and what encrypts secrets in it, whether the credentials are
the deployer's in the stack's account, and quotas against what the stack takes at
its largest. It changes nothing. Credentials are taken from where the AWS CLI
takes them; --offline asks nothing of AWS.

It ends with 1 when something would make up fail.
`,
		Args: exactly(1, "one stack"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.stack = args[0]
			return runDoctor(cmd.Context(), o, g)
		},
	}
	cmd.Flags().BoolVar(&o.offline, "offline", false, "ask nothing of AWS")
	cmd.Flags().StringVar(&o.stackFile, "stack-file", "", "stack file to use in place of Pulumi.<STACK>.yaml")
	return cmd
}

// doctorReport is the answer of doctor.
type doctorReport struct {
	Stack  string         `json:"stack"`
	Worst  doctor.Level   `json:"worst"`
	Checks []doctor.Check `json:"checks"`
}

func runDoctor(ctx context.Context, o doctorOptions, g *Global) error {
	s, err := g.openStack(o.stack, o.stackFile)
	if err != nil {
		return err
	}
	secrets, err := secretsProvider(s.file.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", s.file.Shown, err)
	}
	patient := doctor.Patient{Need: doctor.NeedOf(s.file.Name, s.cfg, kubernetesOf), Tools: doctor.Path{}, SecretsProvider: secrets}
	if !o.offline {
		if patient.Account, err = doctor.NewReal(ctx, s.cfg.Environment.Region); err != nil {
			return err
		}
	}
	checks := append([]doctor.Check{{Area: "stack", Level: doctor.OK, Found: s.file.Shown + " is good"}}, doctor.Examine(ctx, patient)...)
	r := doctorReport{s.file.Name, doctor.Worst(checks), checks}
	if g.JSON {
		err = g.print(r)
	} else {
		err = writeChecks(g.Stdout, r)
	}
	if err != nil {
		return fmt.Errorf("print the checks: %w", err)
	}
	if r.Worst == doctor.Failed {
		return reported{fmt.Errorf("%s cannot come up here yet", s.file.Name)}
	}
	return nil
}

func writeChecks(w io.Writer, r doctorReport) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	count := map[doctor.Level]int{}
	for _, c := range r.Checks {
		count[c.Level]++
		fmt.Fprintf(t, "%s\t%s\t%s\n", c.Level, c.Area, c.Found)
		if c.Do != "" {
			fmt.Fprintf(t, "\t\t  -> %s\n", c.Do)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s: %d ok, %d to look at, %d that up would fail on, %d not known\n",
		r.Stack, count[doctor.OK], count[doctor.Warning], count[doctor.Failed], count[doctor.Unknown])
	return err
}

// secretsProvider is what the stack file says of it, beside its configuration.
func secretsProvider(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var file struct {
		SecretsProvider string `yaml:"secretsprovider"`
		Salt            string `yaml:"encryptionsalt"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return "", err
	}
	if file.SecretsProvider == "" && file.Salt != "" {
		return "passphrase://", nil // what a salt in the file means
	}
	return file.SecretsProvider, nil
}
