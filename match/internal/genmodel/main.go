// Genmodel counts which bytes follow which in log text that it makes up, and
// writes the model by which match places its windows.
//
// The model has one byte for each pair of 7-bit bytes, at first*128+second: the
// pair's probability as a cost in eighths of a bit, rounded; 255 means never
// seen.
// The text depends on nothing but this program, so that the model can be made
// again to the byte.
package main

import (
	"flag"
	"log"
	"math"
	"os"
)

const textSize = 6 << 20

func main() {
	log.SetFlags(0)
	out := flag.String("o", "model.bin", "write the model to `FILE`")
	sample := flag.Bool("sample", false, "print some of the text instead")
	flag.Parse()
	if *sample {
		os.Stdout.Write(text(16 << 10))
		return
	}
	if err := os.WriteFile(*out, model(text(textSize)), 0o644); err != nil {
		log.Fatal(err)
	}
}

func model(text []byte) []byte {
	pairs := make([]int, 128*128)
	for i := 1; i < len(text); i++ {
		pairs[int(text[i-1]&127)<<7|int(text[i]&127)]++
	}
	model := make([]byte, len(pairs))
	for i, n := range pairs {
		model[i] = cost(float64(n) / float64(len(text)))
	}
	return model
}

func cost(p float64) byte {
	if p == 0 {
		return 255
	}
	return byte(min(254, max(0, math.Round(-8*math.Log2(p)))))
}
