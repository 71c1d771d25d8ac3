package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/ladder-platform/ladder/internal/finding"
	"github.com/ladder-platform/ladder/sandbox/world"
)

// seedObject is one object of a seed file, which is a list of them.
type seedObject struct {
	Kind  string `yaml:"kind"`
	Scope string `yaml:"scope"`
	ID    string `yaml:"id"`
	Name  string `yaml:"name"`
	State string `yaml:"state"`
	// Owner may be left out; it can only be seed.
	Owner string         `yaml:"owner"`
	Attrs map[string]any `yaml:"attrs"`
}

func newSandboxSeedCommand(g *Global) *cobra.Command {
	var o boxOptions
	cmd := &cobra.Command{
		Use:   "seed FILE",
		Short: "Put objects that exist already into the simulated cloud",
		Long: `Seed puts the objects of a YAML or JSON file into the simulated cloud, as things
that somebody else made: a VPC with its subnets, a zone. No stack owns them; a
destroy leaves them untouched. Seeding again replaces what an earlier seed made.
tests/stacks/seed-existing-vpc.json is an example.

- kind: aws:ec2/vpc:Vpc
  scope: "111111111111/ap-northeast-2"   # account/region; IAM: the account alone
  id: vpc-0abc1234def567890
  attrs: { cidrBlock: 10.16.0.0/16 }
`,
		Args: exactly(1, "one seed file"),
		RunE: func(cmd *cobra.Command, args []string) error { return runSeed(args[0], o, g) },
	}
	o.addFlags(cmd)
	o.addSeed(cmd)
	return cmd
}

func runSeed(path string, o boxOptions, g *Global) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return usagef("seed file %q cannot be read: %w", path, errors.Unwrap(err))
	}
	objects, list := readSeed(text)
	for i := range list {
		list[i].File = path
	}
	if err := list.Err(); err != nil {
		return g.findings(list)
	}
	if o.dir == "" {
		project, err := g.projectDir()
		if err != nil {
			return err
		}
		o.dir = o.path(project)
	}
	w, err := world.Open(o.dir, o.seed, time.Now())
	if err != nil {
		return advised(err, o.dir)
	}
	err = w.Tx(func(tx *world.Tx) error { return putSeed(tx, objects, tx.Now()) })
	if err := errors.Join(err, w.Close()); err != nil {
		return advised(err, o.dir)
	}
	if g.JSON {
		return g.print(map[string]any{"sandbox": o.dir, "objects": len(objects)})
	}
	_, err = fmt.Fprintf(g.Stdout, "%s put into %s\n", count(len(objects), "object"), o.dir)
	return err
}

func putSeed(tx *world.Tx, objects []*world.Object, now time.Time) error {
	for _, object := range objects {
		if old, there := tx.Get(object.Key()); there && old.Owner != world.OwnerSeed {
			return fmt.Errorf("seed: %s %s is there already and belongs to %s; give the seeded one another id", object.Kind, object.ID, old.Owner)
		}
		object.Created = now
		tx.Put(object)
	}
	return nil
}

// readSeed decodes a seed file strictly.
func readSeed(text []byte) ([]*world.Object, finding.List) {
	var list finding.List
	var objects []seedObject
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&objects); err != nil && !errors.Is(err, io.EOF) {
		list.Add("", "see ladder sandbox seed --help for the form", "the file is not a seed file: %v", err)
		return nil, list
	}
	if len(objects) == 0 {
		list.Add("", "list at least one object; see ladder sandbox seed --help", "the file has no objects")
	}
	seen := map[world.Key]int{}
	var out []*world.Object
	for i, o := range objects {
		path := fmt.Sprintf("[%d]", i)
		for _, field := range []struct{ name, value string }{{"kind", o.Kind}, {"scope", o.Scope}, {"id", o.ID}} {
			if field.value == "" {
				list.Add(path+"."+field.name, "give it", "%s is missing", field.name)
			}
		}
		if o.Owner != "" && o.Owner != world.OwnerSeed {
			list.Add(path+".owner", "leave it out", "owner is %q, and a seeded object belongs to %q", o.Owner, world.OwnerSeed)
		}
		object := &world.Object{Kind: o.Kind, Scope: o.Scope, ID: o.ID, Name: o.Name, State: o.State, Owner: world.OwnerSeed, Attrs: o.Attrs}
		if first, twice := seen[object.Key()]; twice {
			list.Add(path, "remove one", "%s %q is there twice, first as [%d]", o.Kind, o.ID, first)
		}
		seen[object.Key()] = i
		out = append(out, object)
	}
	return out, list
}
