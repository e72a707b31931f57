package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/pipeline/config"
	"github.com/stanch/stanch/redact"
)

func (c *cli) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "config",
		Short:   "Work with configuration files",
		Example: "  stanch config check stanch.yaml",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "check FILE",
		Short:   "Check a policy, or a document of stanch run",
		Example: "  stanch config check stanch.yaml && systemctl reload stanch",
		Long: `Check reads a policy as every other command would: its syntax, its detectors, its
key files. A document of stanch run is known by its inputs, and checked with the
policy that it names. Errors give file, line and column. Without a key file and
STANCH_KEY a key is assumed.

Exit status: 0 it can be used, 2 it cannot.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return c.checkConfig(args[0]) },
	})
	return cmd
}

// checkConfig checks a policy, or a document of stanch run with its policy.
func (c *cli) checkConfig(name string) error {
	b, err := readSmall(name, maxDocument)
	if err != nil {
		return err
	}
	var doc *redact.Document
	of := ""
	if config.Is(name, b) {
		run, err := config.Parse(name, b)
		if err != nil {
			return err
		}
		if _, err := sealer(&run.Quarantine); err != nil {
			return err
		}
		for i := range run.Inputs {
			if k := run.Inputs[i].Kafka; k != nil {
				if _, err := routes(k); err != nil {
					return err
				}
			}
		}
		doc = run.Redaction
		of = fmt.Sprintf(", %s, %s", count(int64(len(run.Inputs)), "input"), count(int64(len(run.Outputs)), "output"))
	} else if doc, err = redact.ParseDocument(name, b); err != nil {
		return err
	}
	// A policy is checked where it is written; its key may be elsewhere.
	o := redact.Options{}
	if doc.Key.File == "" && os.Getenv("STANCH_KEY") == "" {
		o.Key = randomKey()
	}
	e, err := redact.New(doc, o)
	if err != nil {
		return err
	}
	for _, n := range e.Notes() {
		fmt.Fprintf(c.stdout, "note: %s\n", c.safely(n))
	}
	for _, n := range e.Refused() {
		fmt.Fprintf(c.stdout, "note: %s\n", c.refusal(n))
	}
	n := 0
	for _, d := range e.Scan().Detectors() {
		if d.Kind != detectors.Known {
			n++
		}
	}
	text := fmt.Sprintf("%s: valid%s, %s", c.safely(name), of, count(int64(n), "detector"))
	if inv := e.Inventory(); inv != nil {
		text += ", " + count(int64(inv.Len()), "known secret")
	}
	_, err = fmt.Fprintln(c.stdout, text)
	return err
}
