package redact

import (
	"os"
	"path/filepath"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/detectors/gitleaks"
)

// RuleFile is a file of detectors of the user's own: YAML as the built-in
// ones, or, if its name ends in .toml, rules of gitleaks.
type RuleFile struct {
	Pos  Position
	Path string
	// Default is the file that extend.useDefault of a file of gitleaks stands for.
	Default string
}

// load returns the built-in detectors, or those of o, and those of the files.
// What of the files does not apply comes as notes.
func (o *Options) load(files []RuleFile) (all []detectors.Detector, notes []string, err error) {
	all = o.Detectors
	if all == nil {
		if all, err = detectors.Default(); err != nil {
			return nil, nil, err
		}
	}
	if len(files) == 0 {
		return all, nil, nil
	}
	lists := [][]detectors.Detector{all}
	taken := map[string]bool{}
	for i := range all {
		taken[all[i].ID] = true
	}
	for _, f := range files {
		var list []detectors.Detector
		if filepath.Ext(f.Path) == ".toml" {
			var said []gitleaks.Note
			if list, said, err = gitleaks.Load(f.Path, gitleaks.Options{Default: f.Default, Taken: taken}); err != nil {
				return nil, nil, err
			}
			for _, n := range said {
				notes = append(notes, n.String())
			}
		} else {
			text, err := os.ReadFile(f.Path)
			if err != nil {
				return nil, nil, err
			}
			if list, err = detectors.Load(f.Path, text); err != nil {
				return nil, nil, err
			}
		}
		for i := range list {
			taken[list[i].ID] = true
		}
		lists = append(lists, list)
	}
	all, err = detectors.Merge(lists...)
	return all, notes, err
}
