package main

import (
	"bytes"
	"os"
	"testing"
)

// TestModelIsCurrent makes the model again and compares it with the one that
// package match embeds.
func TestModelIsCurrent(t *testing.T) {
	have, err := os.ReadFile("../../model.bin")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(model(text(textSize)), have) {
		t.Error("model.bin is not what this program makes; run go generate in package match")
	}
}
