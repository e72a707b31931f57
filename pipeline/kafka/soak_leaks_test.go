//go:build unix

package kafka

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"sync"
	"testing"
)

// canary is how many bytes of a key count as seen. Rows of a key are longer.
const canary = 16

// leaks looks for what must be nowhere: the password, and any part of a row of a
// key. It is safe for concurrent use.
type leaks struct {
	parts map[[canary]byte]bool

	mu    sync.Mutex
	bytes int64          // looked at
	texts map[string]int // looked at, by place
	seen  map[string]int // those with something in them
}

func newLeaks(keys [][]string) *leaks {
	l := &leaks{parts: make(map[[canary]byte]bool), texts: make(map[string]int), seen: make(map[string]int)}
	for _, rows := range keys {
		for _, row := range rows {
			if strings.HasPrefix(row, "-----") {
				continue
			}
			for i := 0; i+canary <= len(row); i++ {
				l.parts[[canary]byte([]byte(row[i:]))] = true
			}
		}
	}
	return l
}

// look looks at texts, and reports whether something is in one of them.
func (l *leaks) look(place string, texts ...[]byte) bool {
	n, found := 0, false
	for _, text := range texts {
		n += len(text)
		found = found || l.in(text)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bytes += int64(n)
	l.texts[place]++
	if found {
		l.seen[place]++
	}
	return found
}

func (l *leaks) in(text []byte) bool {
	if bytes.Contains(text, []byte(secret[:8])) || bytes.Contains(text, []byte(secret[len(secret)-10:])) {
		return true
	}
	run := 0
	for i, c := range text {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '=') {
			run = 0
			continue
		}
		if run++; run >= canary && l.parts[[canary]byte(text[i+1-canary:])] {
			return true
		}
	}
	return false
}

// found is how many texts had something in them.
func (l *leaks) found() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.seen {
		n += m
	}
	return n
}

// privateKeys returns n keys as rows of PEM, every fifth of them long.
func privateKeys(t *testing.T, n int) [][]string {
	t.Helper()
	keys := make([][]string, n)
	for i := range keys {
		var key crypto.PrivateKey
		var err error
		if i%5 == 0 {
			key, err = rsa.GenerateKey(rand.Reader, 2048)
		} else {
			key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		}
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
		keys[i] = strings.Split(strings.TrimSpace(string(text)), "\n")
	}
	return keys
}

// docker writes a line of a log as Docker's driver json-file does.
func docker(line string) string {
	b, err := json.Marshal(map[string]string{"log": line + "\n", "stream": "stderr", "time": "2026-03-14T09:26:53.589793238Z"})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// What the soak looks for it finds.
func TestLeaks(t *testing.T) {
	keys := privateKeys(t, 6)
	l := newLeaks(keys)
	last := keys[5][len(keys[5])-2]
	for _, text := range []string{secret, "x password=" + secret[:8], secret[len(secret)-10:] + " x", docker(keys[0][3]), keys[1][1][7 : 7+canary], "xxxxxxxx" + last[len(last)-canary:]} {
		if !l.look("found", []byte("clean"), []byte(text)) {
			t.Errorf("%q is not seen", text)
		}
	}
	for _, text := range []string{"", "x", keys[0][0], keys[1][1][:canary-1] + "-" + keys[1][1][canary:2*canary-1], strings.Repeat("x", 200), "REDACTED-private-key"} {
		if l.look("clean", []byte(text)) {
			t.Errorf("something is seen in %q", text)
		}
	}
	if l.found() != 6 || l.seen["clean"] != 0 || l.texts["clean"] != 6 {
		t.Errorf("%d texts with something, %v of %v", l.found(), l.seen, l.texts)
	}
}
