package detectors

import (
	"embed"
	"io/fs"
	"sync"
)

//go:embed *.yaml
var vendorFiles embed.FS

// DefaultWithExamples parses the built-in vendor files, examples and negatives
// included. Whoever only looks for secrets wants Default, which is quicker.
func DefaultWithExamples() ([]Detector, error) {
	names, err := fs.Glob(vendorFiles, "*.yaml")
	if err != nil {
		return nil, err
	}
	var lists [][]Detector
	for _, name := range names {
		data, err := vendorFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		list, err := Load(name, data)
		if err != nil {
			return nil, err
		}
		lists = append(lists, list)
	}
	return Merge(lists...)
}

// Default is the built-in detectors without their examples, parsed once. The
// slice is shared: it must not be changed.
var Default = sync.OnceValues(DefaultWithExamples)
