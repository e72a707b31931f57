// Genlayout writes the placement of the built-in detectors' literals, so that
// programs need not search for it at start.
package main

import (
	"log"
	"os"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/match"
	"github.com/stanch/stanch/scan"
)

func main() {
	ds, err := detectors.Default()
	if err != nil {
		log.Fatal(err)
	}
	e, err := scan.Compile(ds, scan.Options{})
	if err != nil {
		log.Fatal(err)
	}
	m, err := match.Compile(e.Literals()) // without the placement of before
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("layout.bin", m.Layout(), 0o644); err != nil {
		log.Fatal(err)
	}
}
