package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/redact"
)

func (c *cli) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "config",
		Short:   "Work with policy files",
		Example: "  stanch config check stanch.yaml",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "check FILE",
		Short:   "Check a policy file",
		Example: "  stanch config check stanch.yaml && systemctl reload stanch",
		Long: `Check reads a policy as every other command would: its syntax, its detectors, its
key files. Errors give file, line and column. Without a key file and STANCH_KEY a
key is assumed.

Exit status: 0 it can be used, 2 it cannot.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			doc, err := readDocument(args[0])
			if err != nil {
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
			text := fmt.Sprintf("%s: valid, %s", c.safely(args[0]), count(int64(n), "detector"))
			if inv := e.Inventory(); inv != nil {
				text += ", " + count(int64(inv.Len()), "known secret")
			}
			_, err = fmt.Fprintln(c.stdout, text)
			return err
		},
	})
	return cmd
}
