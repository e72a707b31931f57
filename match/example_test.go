package match_test

import (
	"fmt"

	"github.com/stanch/stanch/match"
)

func Example() {
	digits, err := match.ParseClass("[0-9]")
	if err != nil {
		panic(err)
	}
	m, err := match.Compile([]match.Literal{
		{Text: "password", Fold: true},
		{Text: "pin=", Gate: match.Gate{Class: digits, Min: 4}},
	})
	if err != nil {
		panic(err)
	}
	text := []byte("PASSWORD reset, pin=none, pin=0000")
	var s match.Scratch
	for _, h := range m.Scan(nil, text, &s) {
		fmt.Println(h.Start, h.End, string(text[h.Start:h.End]))
	}
	// Output:
	// 0 8 PASSWORD
	// 26 30 pin=
}

func ExampleStream() {
	m, err := match.Compile([]match.Literal{{Text: "token"}})
	if err != nil {
		panic(err)
	}
	st := m.NewStream()
	hits := st.Next(nil, []byte("a tok"))
	hits = st.Next(hits, []byte("en, a token"))
	hits = st.Close(hits)
	for _, h := range hits {
		fmt.Println(h.Start, h.End)
	}
	// Output:
	// 2 7
	// 11 16
}
