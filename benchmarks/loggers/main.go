// Command loggers measures what stanch finds in the lines of real loggers.
//
//	loggers plan -seed N -events N FILE
//	loggers score -stanch BIN -plan FILE -lines DIR [-out DIR] [-misses FILE]
//
// A plan is a list of events with planted values; a program for each language
// logs them with the loggers of that language; scoring looks for the values in
// the lines, in every form a logger may have written them, and compares with
// what stanch found.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("loggers: ")
	if len(os.Args) < 2 {
		log.Fatal("usage: loggers plan|score")
	}
	var err error
	switch os.Args[1] {
	case "plan":
		err = runPlan(os.Args[2:])
	case "score":
		err = runScore(os.Args[2:])
	default:
		err = fmt.Errorf("no command %q", os.Args[1])
	}
	if err != nil {
		log.Fatal(err)
	}
}

func runPlan(args []string) (err error) {
	fs := flag.NewFlagSet("plan", flag.ExitOnError)
	seed := fs.Uint64("seed", 1, "what everything is drawn from")
	n := fs.Int("events", 2000, "how many events")
	fs.Parse(args)
	events, err := plan(*seed, *n)
	if err != nil {
		return err
	}
	f, err := os.Create(fs.Arg(0))
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	e := json.NewEncoder(w)
	for i := range events {
		if err := e.Encode(&events[i]); err != nil {
			return err
		}
	}
	return w.Flush()
}
