package redact

import (
	"io"
	"os"

	"github.com/stanch/stanch/inventory"
)

// Files lists the files that an engine of the document is made of, the document
// itself aside: rules, keys, and where known secrets come from. Some may not be
// there.
func (d *Document) Files() (list []string) {
	add := func(path string) {
		if path != "" {
			list = append(list, path)
		}
	}
	for _, r := range d.Rules {
		add(r.Path)
		add(r.Default)
	}
	add(d.Key.File)
	for _, path := range d.Key.Previous {
		add(path)
	}
	add(d.Seal.File.Text)
	if add(d.Inventory.Path); d.Inventory.Path == "" {
		return list
	}
	// Whatever is wrong with the inventory is said when it is opened.
	f, err := os.Open(d.Inventory.Path)
	if err != nil {
		return list
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxDocument))
	if err != nil {
		return list
	}
	inv, err := inventory.ParseDocument(d.Inventory.Path, text)
	if err != nil {
		return list
	}
	for _, s := range inv.Sources {
		if f, ok := s.(*inventory.File); ok {
			add(f.Path)
		}
	}
	for _, path := range inv.Saved {
		add(path)
	}
	return list
}
