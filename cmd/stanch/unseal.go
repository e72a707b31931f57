package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/stanch/stanch/internal/seal"
)

// maxUnopened is how many envelopes that do not open are named one by one.
const maxUnopened = 20

func (c *cli) unsealCommand() *cobra.Command {
	var identity string
	var list, quiet bool
	cmd := &cobra.Command{
		Use:   "unseal -i FILE [PATH]",
		Short: "Give back what the action sealed has encrypted",
		Example: `  stanch unseal -i key.txt clean.log          # the text as it was
  stanch unseal -i key.txt --list clean.log   # the values alone
  kubectl logs shop | stanch unseal -i key.txt
  age -d key.age | stanch unseal -i - clean.log`,
		Long: `Unseal puts the values back that a policy has sealed for the owner of an identity of
age, a private key as age-keygen writes it. It shows secrets: that is what it is for.
Run it where people look into logs, and never where logs are redacted.

An envelope that does not open stays as it is and is named on standard error: it was
sealed for somebody else, or was cut or changed.

Exit status: 0 every envelope was opened, 1 some were not, 2 an error.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			file := len(args) == 1 && args[0] != "-"
			switch {
			case identity == "":
				return errors.New("unseal needs -i FILE, with the private key of age that values were sealed for")
			case identity == "-" && !file:
				return errors.New("the identity and the text cannot both come from standard input")
			}
			o, err := c.readIdentities(identity)
			if err != nil {
				return err
			}
			in, name := c.stdin, "standard input"
			if file {
				if in, err = os.Open(args[0]); err != nil {
					return err
				}
				defer in.Close()
				name = c.safely(args[0])
			}
			return c.unseal(o, in, name, list, quiet)
		},
	}
	cmd.Flags().StringVarP(&identity, "identity", "i", "", "`FILE` with private keys of age, one per line; - for standard input")
	cmd.Flags().BoolVar(&list, "list", false, "print each value with its place, its detector and where it was sealed, not the text")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "no summary")
	return cmd
}

func (c *cli) readIdentities(name string) (*seal.Opener, error) {
	f := c.stdin
	if name != "-" {
		var err error
		if f, err = os.Open(name); err != nil {
			return nil, err
		}
		defer f.Close()
	}
	o, err := seal.NewOpener(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return o, nil
}

func (c *cli) unseal(o *seal.Opener, in io.Reader, name string, list, quiet bool) error {
	out := bufio.NewWriter(c.stdout)
	text := io.Writer(out)
	if list {
		text = io.Discard
	}
	opened, failed := int64(0), int64(0)
	err := o.Unseal(text, in, func(f seal.Found) {
		if f.Err == nil {
			opened++
			if list {
				fmt.Fprintf(out, "%s:%d:%d: %s from %s: %s\n", name, f.Line, f.Column, f.Detector, escaped(f.Value.Source), strconv.Quote(string(f.Value.Text)))
			}
			return
		}
		if failed++; failed <= maxUnopened {
			fmt.Fprintf(c.stderr, "stanch: %s:%d:%d: %s: %v (recipients %s)\n", name, f.Line, f.Column, f.Detector, f.Err, f.Recipients)
		}
	})
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return err
	}
	if !quiet {
		fmt.Fprintf(c.stderr, "stanch: unsealed %s", count(opened, "value"))
		if failed > 0 {
			fmt.Fprintf(c.stderr, "; %d did not open", failed)
		}
		fmt.Fprintln(c.stderr)
	}
	if failed > 0 {
		return exitStatus(exitFindings)
	}
	return nil
}
