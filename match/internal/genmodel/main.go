// Genmodel counts which bytes follow which in log text that it makes up, and
// writes the model by which match places its windows.
//
// The model has one byte for each pair of 7-bit bytes, at first*128+second: the
// pair's probability as a cost in eighths of a bit, rounded; 255 means never
// seen. Then come, ascending, the four bytes, bit 5 set in each and the first one
// lowest, that often stand together, with one such byte each.
// The text depends on nothing but this program, so that the model can be made
// again to the byte.
package main

import (
	"encoding/binary"
	"flag"
	"log"
	"maps"
	"math"
	"os"
	"slices"
)

const (
	textSize = 6 << 20
	rare     = 25_000 // four bytes that stand together once in so many are left out
)

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
	count := map[uint32]int{}
	for i := range text[3:] {
		count[binary.LittleEndian.Uint32(text[i:])|0x20202020]++
	}
	var model []byte
	for _, n := range pairs {
		model = append(model, cost(float64(n)/float64(len(text))))
	}
	for _, quad := range slices.Sorted(maps.Keys(count)) {
		if n := count[quad]; n > len(text)/rare {
			model = append(binary.LittleEndian.AppendUint32(model, quad), cost(float64(n)/float64(len(text))))
		}
	}
	return model
}

func cost(p float64) byte {
	if p == 0 {
		return 255
	}
	return byte(min(254, max(0, math.Round(-8*math.Log2(p)))))
}
