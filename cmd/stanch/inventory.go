package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/stanch/stanch/inventory"
	"github.com/stanch/stanch/redact"
)

func (c *cli) inventoryCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "inventory",
		Short: "Work with known secrets",
		Example: `  stanch inventory check inventory.yaml
  stanch inventory inspect inventory.yaml
  stanch inventory build inventory.yaml -o known.inv`,
		Long: `An inventory is a document that says where values are that are known to be secret:
files, the environment, manifests of Kubernetes. A policy that names one redacts
them wherever they come back, in clear or encoded:

  version: 1
  inventory: inventory.yaml

configs/inventory.yaml is an example.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.inventoryBuild(), c.inventoryInspect(), c.inventoryCheck())
	return cmd
}

func (c *cli) inventoryBuild() *cobra.Command {
	var config, output string
	cmd := &cobra.Command{
		Use:   "build DOCUMENT -o FILE",
		Short: "Write digests of known secrets to a file",
		Example: `  stanch inventory build inventory.yaml -o known.inv
  STANCH_KEY=$(cat key) stanch inventory build inventory.yaml -o known.inv`,
		Long: `Build reads the sources of a document and writes what is needed to find their
values and no value: keyed digests, and what the document says of each. A document
takes it in as "saved: known.inv". So the values need to be on one machine only.

The key is STANCH_KEY, or that of the policy given by --config; who has neither the
key nor the values learns nothing from the file but names and lengths. Values of
less than 16 bytes, and those that can be guessed, are refused.

Exit status: 0 done, 1 done but values were refused, 2 an error.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if output == "" {
				return errors.New("build needs -o FILE")
			}
			keys, err := inventoryKeys(config)
			if err != nil {
				return err
			}
			if len(keys) == 0 {
				return errors.New("digests need a key: set STANCH_KEY, or key.file of a policy given by --config")
			}
			doc, err := readInventory(args[0])
			if err != nil {
				return err
			}
			if len(doc.Saved) > 0 {
				return fmt.Errorf("%s: a saved inventory cannot be built into another", args[0])
			}
			err = replaceFile(output, func(w io.Writer) error {
				err := inventory.Save(cmd.Context(), w, keys[0], doc.Sources...)
				if len(inventory.Refusals(err)) > 0 {
					c.refusals(err)
					return exitStatus(exitFindings)
				}
				return err
			})
			return err
		},
	}
	cmd.Flags().StringVarP(&config, "config", "c", "", "policy `FILE` with the key")
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this `FILE`")
	return cmd
}

// replaceFile writes a file of the owner's alone and puts it in the place of path
// when it is whole. An exitStatus is no reason not to.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".stanch-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	out := bufio.NewWriter(f)
	var status exitStatus
	said := write(out)
	if said != nil && !errors.As(said, &status) {
		f.Close()
		return said
	}
	if err := errors.Join(out.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return said
}

func inventoryKeys(config string) ([]inventory.Key, error) {
	doc := redact.DefaultDocument()
	if config != "" {
		var err error
		if doc, err = readDocument(config); err != nil {
			return nil, err
		}
	}
	return redact.InventoryKeys(doc.Key)
}

func readInventory(name string) (*inventory.Document, error) {
	text, err := readSmall(name, maxDocument)
	if err != nil {
		return nil, err
	}
	return inventory.ParseDocument(name, text)
}

// refusals prints what an inventory does not look for.
func (c *cli) refusals(err error) {
	for _, r := range inventory.Refusals(err) {
		fmt.Fprintf(c.stderr, "stanch: %s\n", c.refusal(r))
	}
}

// refusal writes a refusal. Its reason is not read together with its place, which
// may end in a sensitive name.
func (c *cli) refusal(r *inventory.Refusal) string {
	return c.safely(r.At) + ": " + c.safely(r.Why.Error())
}

func (c *cli) inventoryCheck() *cobra.Command {
	var config string
	cmd := &cobra.Command{
		Use:     "check DOCUMENT",
		Short:   "Check an inventory and its values",
		Example: "  stanch inventory check inventory.yaml",
		Long: `Check reads an inventory as every other command would, with all of its sources.
Values that are too short to be looked for, or can be guessed, are named by file
and line, and never shown.

Exit status: 0 all values can be looked for, 1 some are refused, 2 an error.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			inv, err := openInventory(cmd.Context(), args[0], config)
			if inv == nil {
				return err
			}
			c.refusals(err)
			refused := len(inventory.Refusals(err))
			if _, err := fmt.Fprintf(c.stdout, "%s: %s\n", c.safely(args[0]), summaryOf(inv)); err != nil {
				return err
			}
			if refused > 0 {
				return exitStatus(exitFindings)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&config, "config", "c", "", "policy `FILE` with the key of saved inventories")
	return cmd
}

func openInventory(ctx context.Context, name, config string) (*inventory.Inventory, error) {
	keys, err := inventoryKeys(config)
	if err != nil {
		return nil, err
	}
	doc, err := readInventory(name)
	if err != nil {
		return nil, err
	}
	return doc.Open(ctx, keys, false)
}

func summaryOf(inv *inventory.Inventory) string {
	s := fmt.Sprintf("%s in %s, %s", count(int64(inv.Len()), "secret"), count(int64(inv.Patterns()), "form"), memory(inv.Memory()))
	if n := inv.Weak(); n > 0 {
		s += fmt.Sprintf("; %s under sensitive names only", count(int64(n), "value"))
	}
	return s
}

func memory(n int) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", (n+1023)>>10)
	}
	return fmt.Sprintf("%d MB", (n+1<<20-1)>>20)
}

// entryJSON is an entry as inspect writes it.
type entryJSON struct {
	ID          string `json:"id"`
	Owner       string `json:"owner,omitempty"`
	Purpose     string `json:"purpose,omitempty"`
	StoredIn    string `json:"stored_in,omitempty"`
	Rotation    string `json:"rotation,omitempty"`
	LastRotated string `json:"last_rotated,omitempty"`
}

func (c *cli) entryOf(m inventory.Meta) entryJSON {
	e := entryJSON{ID: c.safely(m.ID), Owner: c.safely(m.Owner), Purpose: c.safely(m.Purpose), StoredIn: c.safely(m.StoredIn), Rotation: c.safely(m.Rotation)}
	if !m.LastRotated.IsZero() {
		e.LastRotated = m.LastRotated.Format(time.DateOnly)
	}
	return e
}

// inspectJSON is an inventory as inspect writes it.
type inspectJSON struct {
	Key     string      `json:"key,omitempty"`
	Secrets int         `json:"secrets"`
	Forms   int         `json:"forms"`
	Weak    int         `json:"weak,omitempty"`
	Bytes   int         `json:"bytes,omitempty"`
	Entries []entryJSON `json:"entries"`
}

func (c *cli) inventoryInspect() *cobra.Command {
	var config, format string
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show what an inventory knows of its secrets, never the secrets",
		Example: `  stanch inventory inspect inventory.yaml
  stanch inventory inspect known.inv --format json`,
		Long: `Inspect shows the counts and entries of an inventory: of a document, whose sources
it reads, or of a file that build has written, for which it needs no key. What is
shown is what the document says of the values; they are not.

Exit status: 0 done, 2 an error.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asJSON, err := isJSON(format)
			if err != nil {
				return err
			}
			out, title, err := c.inspect(cmd.Context(), args[0], config)
			if err != nil {
				return err
			}
			if asJSON {
				return writeAll(c.stdout, append(appendJSON(nil, out), '\n'))
			}
			return c.printInventory(args[0], title, out)
		},
	}
	cmd.Flags().StringVarP(&config, "config", "c", "", "policy `FILE` with the key of saved inventories")
	formatFlag(cmd, &format)
	return cmd
}

func (c *cli) inspect(ctx context.Context, name, config string) (out inspectJSON, title string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return out, "", err
	}
	defer f.Close()
	out.Entries = []entryJSON{}
	head := bufio.NewReader(f)
	if start, _ := head.Peek(64); inventory.IsSaved(start) {
		id, forms, entries, err := inventory.Head(head)
		if err != nil {
			return out, "", fmt.Errorf("%s: %w", name, err)
		}
		out.Key, out.Secrets, out.Forms = c.safely(id), len(entries), forms
		for _, m := range entries {
			out.Entries = append(out.Entries, c.entryOf(m))
		}
		return out, fmt.Sprintf("%s in %s, digests made with key %s", count(int64(len(entries)), "secret"), count(int64(forms), "form"), out.Key), nil
	}
	inv, err := openInventory(ctx, name, config)
	if inv == nil {
		return out, "", err
	}
	out.Secrets, out.Forms, out.Weak, out.Bytes = inv.Len(), inv.Patterns(), inv.Weak(), inv.Memory()
	for i := range inv.Len() {
		out.Entries = append(out.Entries, c.entryOf(inv.Entry(i)))
	}
	title = summaryOf(inv)
	if n := len(inventory.Refusals(err)); n > 0 {
		title += fmt.Sprintf("; %s refused", count(int64(n), "value"))
	}
	return out, title, nil
}

func (c *cli) printInventory(name, title string, out inspectJSON) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %s\n", c.safely(name), title)
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	if len(out.Entries) > 0 {
		fmt.Fprintln(w, "ID\tOWNER\tPURPOSE\tSTORED IN\tROTATION\tLAST ROTATED")
	}
	dash := func(s string) string { return cmp.Or(s, "-") }
	for _, e := range out.Entries {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", e.ID, dash(e.Owner), dash(e.Purpose), dash(e.StoredIn), dash(e.Rotation), dash(e.LastRotated))
	}
	w.Flush()
	return writeAll(c.stdout, b.Bytes())
}
