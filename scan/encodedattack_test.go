package scan_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stanch/stanch/scan"
)

// bomb is n bytes of zeros, compressed.
func bomb(n int) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(make([]byte, n))
	w.Close()
	return b.String()
}

// encodedAttacks are texts made to be decoded, as often and as deeply as can be.
func encodedAttacks() []attack {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	deep := "password"
	for range 6 {
		deep = b64(`{"` + deep + deep)
	}
	return []attack{
		{name: "marks in base64", unit: b64("password password password=")},
		{name: "marks in base64, all phases", unit: b64("token=") + b64("xtoken=") + b64("xytoken=") + "A"},
		{name: "runs of base64", unit: b64(`{"password`) + " "},
		{name: "starts of JSON in base64", unit: "eyJ"},
		{name: "starts of gzip", unit: "H4sIAAAAAAAA"},
		{name: "gzip of nothing", unit: b64(bomb(1<<16)) + " "},
		{name: "base64 in base64", unit: deep + " "},
		{name: "marks in hex", unit: hex.EncodeToString([]byte("password="))},
		{name: "runs of hex", unit: hex.EncodeToString([]byte("password=")) + " "},
		{name: "marks in numbers", unit: "97, 115, 115, 119, 111, 114, 100, "},
		{name: "byte arrays", unit: "[]byte{[]byte{1, 2, "},
		{name: "names in percent", unit: "%22password%22%3A"},
		{name: "names in two layers of percent", unit: "%2522password%2522%253A"},
		{name: "names in three layers of percent", unit: "%252522password%252522%25253A"},
		{name: "names with percent in one run", unit: "password%25"},
		{name: "addresses in percent", unit: "%3A%2F%2F"},
		{name: "names in hexadecimal escapes", unit: `\x22password\x22:`},
		{name: "backslashes before an escape", unit: `password\\\\\\\\u0022`},
		{name: "forms in turns", unit: `password%22password\x22password&#34;password=3D=20`},
		{name: "entities", unit: "&amp;amp;quot;password&amp;amp;quot;:"},
		{name: "Secrets without end", unit: `"kind":"Secret","data":{`},
	}
}

// TestBombs: what decodes to more than a line may ask for is hidden as a whole.
func TestBombs(t *testing.T) {
	e := builtin(t)
	s := e.NewScanner()
	for _, n := range []int{1 << 20, 64 << 20} {
		run := base64.StdEncoding.EncodeToString([]byte(bomb(n)))
		text := "body=" + run + " n=1"
		spans := s.Text(nil, []byte(text))
		if len(spans) != 1 || spans[0].Start != len("body=") || spans[0].End != len("body=")+len(run) {
			t.Errorf("%d zeros: %v", n, spans)
		}
	}
}

// TestLongRun: a line of base64 that no window holds is decoded part by part.
func TestLongRun(t *testing.T) {
	e := builtin(t)
	plain := strings.Repeat("some text that fills the line; ", 100_000)
	at := len(plain) / 2
	text := "x " + base64.StdEncoding.EncodeToString([]byte(plain[:at]+`"password":"kT4wqz8LmX2p"`+plain[at:])) + " y\n"
	from := 2 + at*4/3
	got := make([]bool, len(text))
	st := e.NewStream(func(p scan.Piece) error {
		for _, x := range p.Spans {
			for i := x.Start; i < x.End; i++ {
				got[int(p.Offset)+i] = true
			}
		}
		return nil
	})
	for i := 0; i < len(text); i += 50_000 {
		st.Write([]byte(text[i:min(len(text), i+50_000)]))
	}
	st.Close()
	for i := from; i < from+36; i++ {
		if !got[i] {
			t.Fatalf("byte %d of %d is clear", i, len(text))
		}
	}
	if got[0] || got[len(text)-2] {
		t.Error("what stands around the run is hidden")
	}
}

// TestNoDecoding: encoded text is left as it is where that is asked for.
func TestNoDecoding(t *testing.T) {
	e, err := scan.Compile(builtin(t).Detectors(), scan.Options{NoDecoding: true})
	if err != nil {
		t.Fatal(err)
	}
	text := "payload=" + base64.StdEncoding.EncodeToString([]byte(`{"user":"bob","password":"kT4wqz8LmX2p"}`))
	if spans := e.NewScanner().Text(nil, []byte(text)); len(spans) > 0 {
		t.Errorf("%v", spans)
	}
	if spans := builtin(t).NewScanner().Text(nil, []byte(text)); len(spans) != 1 {
		t.Errorf("with decoding: %v", spans)
	}
}
