package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/ladder-platform/ladder/internal/facts"
	"github.com/ladder-platform/ladder/stacks/release"
)

func newReleasesCommand(g *Global) *cobra.Command {
	show := &cobra.Command{
		Use:   "show NAME",
		Short: "Print what a release pins",
		Long: `Show prints the versions that a release pins, how sure we are of each and where it
was read, and until when EKS supports its Kubernetes minor.
`,
		Args: exactly(1, "one release"),
		RunE: func(cmd *cobra.Command, args []string) error { return runReleasesShow(args[0], g) },
	}
	cmd := group("releases", "List the releases of the catalogue, oldest first", show)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return runReleases(time.Now(), g) }
	return cmd
}

// releaseRow is one line of the list.
type releaseRow struct {
	Name        string   `json:"name"`
	Kubernetes  string   `json:"kubernetes"`
	From        []string `json:"from"`
	EndStandard string   `json:"endOfStandardSupport,omitempty"`
	EndExtended string   `json:"endOfExtendedSupport,omitempty"`
	// Warning is what the calendar has against running it today.
	Warning string `json:"warning,omitempty"`
	Summary string `json:"summary"`
}

func runReleases(now time.Time, g *Global) error {
	catalogue, found := release.Shipped()
	if err := found.Err(); err != nil {
		return fmt.Errorf("release catalogue: %w", err)
	}
	rows := []releaseRow{}
	for _, name := range catalogue.Names() {
		r, err := catalogue.Find(name)
		if err != nil {
			return err
		}
		rows = append(rows, rowOf(r, now))
	}
	if g.JSON {
		return g.print(rows)
	}
	t := tabwriter.NewWriter(g.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "RELEASE\tKUBERNETES\tREACHED FROM\tSTANDARD SUPPORT\tEXTENDED\tNOTE\n")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.Kubernetes, strings.Join(r.From, ", "), r.EndStandard, r.EndExtended, r.Warning)
	}
	return t.Flush()
}

func rowOf(r release.Release, now time.Time) releaseRow {
	row := releaseRow{Name: r.Name, Kubernetes: r.Kubernetes.Version, From: append([]string{}, r.From...), Summary: r.Summary}
	if v, ok := facts.EKSVersion(r.Kubernetes.Version); ok {
		row.EndStandard, row.EndExtended = v.EndStandard.Format(time.DateOnly), v.EndExtended.Format(time.DateOnly)
	}
	for _, f := range r.Support("release", now) {
		row.Warning = f.Message
	}
	return row
}

func runReleasesShow(name string, g *Global) error {
	r, err := release.Find(name)
	if err != nil {
		return usageError{err}
	}
	if g.JSON {
		return g.print(struct {
			release.Release
			Digest string `json:"digest"`
		}{r, r.Digest()})
	}
	return writeRelease(g.Stdout, r, rowOf(r, time.Now()))
}

func writeRelease(w io.Writer, r release.Release, row releaseRow) error {
	fmt.Fprintf(w, "release %s: %s\n", r.Name, r.Summary)
	if len(r.From) > 0 {
		fmt.Fprintf(w, "reached from %s\n", strings.Join(r.From, ", "))
	}
	if row.EndStandard != "" {
		fmt.Fprintf(w, "EKS supports Kubernetes %s until %s, extended (six times the price) until %s\n", row.Kubernetes, row.EndStandard, row.EndExtended)
	}
	if row.Warning != "" {
		fmt.Fprintf(w, "note: %s\n", row.Warning)
	}
	fmt.Fprintf(w, "digest %s\n\n", r.Digest())
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "WHAT\tVERSION\tCONFIDENCE\tSOURCE\n")
	pin := func(what string, p release.Pin) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", what, p.Version, p.Confidence, p.Source)
	}
	pin("Kubernetes", r.Kubernetes)
	for _, k := range sortedKeys(r.AMIs) {
		pin("node image "+k, r.AMIs[k])
	}
	for _, k := range sortedKeys(r.Addons) {
		pin("EKS add-on "+k, r.Addons[k])
	}
	for _, k := range sortedKeys(r.Charts) {
		pin("chart "+k, release.Pin{Version: r.Charts[k].Version, Confidence: r.Charts[k].Confidence, Source: r.Charts[k].Source})
	}
	for _, k := range sortedKeys(r.Images) {
		pin("image "+k, r.Images[k])
	}
	return t.Flush()
}
