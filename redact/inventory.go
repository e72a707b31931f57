package redact

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/inventory"
	"github.com/stanch/stanch/scan"
)

// withKnown returns the detectors and the one that reports known secrets. It is
// there without an inventory too: policies may name it, its markers are ours,
// and an inventory can be put in later. Other detectors of kind Known find
// nothing: they are what Hide reports.
func withKnown(all []detectors.Detector) ([]detectors.Detector, error) {
	known := detectors.KnownSecret()
	out := make([]detectors.Detector, 0, len(all)+1)
	for i := range all {
		switch d := &all[i]; {
		case d.Kind == detectors.Known && d.ID == known.ID:
		case d.ID == known.ID:
			return nil, fmt.Errorf("%s:%d: detector id %q is reserved", d.File, d.Line, d.ID)
		default:
			out = append(out, *d)
		}
	}
	return append(out, known), nil
}

// openInventory reads the known secrets of a document and of an environment.
func (e *Engine) openInventory(f InventoryFile, environ []string) error {
	doc := new(inventory.Document)
	if f.Path != "" {
		text, err := os.ReadFile(f.Path)
		if err != nil {
			return f.Pos.errorf("inventory: %w", err)
		}
		if doc, err = inventory.ParseDocument(f.Path, text); err != nil {
			return err
		}
	}
	if environ != nil {
		doc.Sources = append(doc.Sources, &environment{e.scan.NewScanner(), environ})
	}
	if len(doc.Sources)+len(doc.Saved) == 0 {
		return nil
	}
	var keys []inventory.Key
	if e.ring != nil {
		keys = e.ring.inventoryKeys()
	}
	if keys == nil && f.Blind || len(doc.Saved) > 0 && (keys == nil || e.ring.random) {
		return f.Pos.errorf("inventory: digests need a key that lasts: set key.file or STANCH_KEY")
	}
	inv, err := doc.Open(context.Background(), keys, f.Blind)
	if inv == nil {
		return err
	}
	e.refused = inventory.Refusals(err)
	e.scan = e.scan.WithInventory(inv)
	return nil
}

// Refused returns what of the inventory's sources is not looked for, since it is
// short or can be guessed: place and reason of each value.
func (e *Engine) Refused() []*inventory.Refusal { return e.refused }

// Inventory returns the known secrets, nil without any.
func (e *Engine) Inventory() *inventory.Inventory { return e.scan.Inventory() }

// WithInventory returns the engine with other known secrets, nil for none. It
// shares the rest and costs nothing, so that a Handle can be given one whenever
// secrets are rotated, while streams run.
func (e *Engine) WithInventory(inv *inventory.Inventory) *Engine {
	x := *e
	x.scan, x.refused = e.scan.WithInventory(inv), nil
	return &x
}

// environment is a source of what is secret in an environment: under a name that
// says so, or by its shape, such as the password in an address.
type environment struct {
	s       *scan.Scanner
	environ []string
}

func (x *environment) Values(_ context.Context, yield func(inventory.Value) error) error {
	var spans []scan.Span
	seen := map[string]int{}
	for _, v := range x.environ {
		name, value, ok := strings.Cut(v, "=")
		if !ok || value == "" {
			continue
		}
		spans = x.s.Value(spans[:0], []byte(name), []byte(value))
		spans = slices.DeleteFunc(spans, func(s scan.Span) bool {
			// PWD is a directory here.
			return s.Confidence < finding.Likely || s.Evidence&scan.Identifier != 0 || judge.Benign([]byte(value[s.Start:s.End])) == judge.Path
		})
		for _, s := range spans {
			secret := bytes.TrimRight([]byte(value[s.Start:s.End]), "\r\n")
			id := "environment/" + name
			if seen[id]++; seen[id] > 1 {
				id += "#" + strconv.Itoa(seen[id])
			}
			if err := yield(inventory.Value{Meta: inventory.Meta{ID: id}, Secret: secret, At: "environment: " + name}); err != nil {
				return err
			}
		}
	}
	return nil
}

// InventoryKeys returns the keys that digests of known secrets are made with: that of
// the files, else of STANCH_KEY, and behind it the earlier ones. There may be none.
func InventoryKeys(k KeyFiles) ([]inventory.Key, error) {
	r, err := newKeyring(k, &Options{})
	if r == nil {
		return nil, err
	}
	return r.inventoryKeys(), nil
}

func (r *keyring) inventoryKeys() []inventory.Key {
	keys := []inventory.Key{{ID: r.id, Bytes: r.dictionary}}
	for _, e := range r.previous {
		keys = append(keys, inventory.Key{ID: e.id, Bytes: e.dictionary})
	}
	return keys
}
