package judge

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// unseen words; those that are in the model's list are left out when read.
const unseen = `abandon academy acoustic adjacent ambulance ancestor antenna apricot aquarium arithmetic assembly asteroid astronaut auction aviation
	bachelor backbone bamboo barrier basement beacon bicycle biscuit blanket blossom boundary bracelet breeze brilliant bronze bulletin butterfly
	cabinet cactus candle canvas capacity caravan carnival cathedral cavalry celebrate champion chimney chocolate chronicle cinnamon citizen coconut
	colony comedy companion compass conquer copper corridor cottage courage cradle cricket crimson cushion cylinder dagger delicate dentist deputy
	diplomat discipline dolphin drawer dungeon eclipse editorial elbow eleven embassy emerald enormous envelope epoch equator eternal evening evolve
	exotic explode fairy falcon famine feather ferry fiddle flamingo fleet forecast fortune fountain fragile freight frontier furnace gallery garlic
	generous genius giraffe glacier glimpse gravity grocery gymnast habitat hammock harvest hazard helicopter heritage hexagon horizon humble hurricane
	illusion imagine immune inhabit insect inspire instinct ivory jewel jigsaw kangaroo kidney kingdom ladder lantern latitude laundry lavender leather
	legend leopard librarian lizard lobster luggage lyric magnet mansion marathon marble meadow mechanic melody mermaid meteor miracle mirage mosquito
	mustard nectar neighbor nephew nostalgia notorious nugget oasis obstacle octopus orchard orchestra ostrich outrage oyster paddle pancake paradise
	parrot pasture peasant pelican penguin pigeon pioneer plateau pottery prairie prophet pumpkin pyramid quarrel quilt raccoon`

// TestModelIsCurrent trains the model anew and compares.
func TestModelIsCurrent(t *testing.T) {
	if testing.Short() {
		t.Skip("trains the model")
	}
	out := filepath.Join(t.TempDir(), "bigrams.bin")
	if b, err := exec.Command("go", "run", "./train", "words.txt", out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != string(bigrams) {
		t.Error("bigrams.bin is not what the program makes of words.txt: run go generate")
	}
}
