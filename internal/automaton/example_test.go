package automaton_test

import (
	"bytes"
	"fmt"

	"github.com/stanch/stanch/internal/automaton"
)

func ExampleRule_At() {
	set := automaton.NewSet(automaton.Options{})
	rule, err := set.Add("demo", `\bdemo_(?:live|test)_([0-9a-f]{8})\b`)
	if err != nil {
		fmt.Println(err)
		return
	}
	text := []byte("use demo_live_0123abcd here")
	// A matcher of many literals gives the hits; this looks for one of them.
	for i, a := range rule.Anchors() {
		at := bytes.Index(text, []byte(a.Text))
		if at < 0 {
			continue
		}
		start, end, ok, _ := rule.At(text, 0, len(text), i, at, at+len(a.Text))
		if ok {
			fmt.Println(a.Text, a.Gate.Min, rule.Submatch(text, 0, len(text), start, end, nil))
		}
	}
	// Output: demo_live_ 8 [4 22 14 22]
}
