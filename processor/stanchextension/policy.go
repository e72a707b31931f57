package stanchextension

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/stanch/stanch/redact"
)

// errNoKey: what a collector writes is compared with what others write, and with
// what it wrote before it was restarted.
var errNoKey = errors.New("no key: set key, key.file of the policy or STANCH_KEY to at least 32 random bytes")

// maxDocument is more than the longest document that is accepted, so that one
// longer is refused for its length.
const maxDocument = 2 << 20

func (c *Config) document() (*redact.Document, error) {
	if c.Policy == "" {
		return redact.DefaultDocument(), nil
	}
	text, err := readFile(c.Policy)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	return redact.ParseDocument(c.Policy, text)
}

func (c *Config) compile(doc *redact.Document) (*redact.Engine, error) {
	var o redact.Options
	if c.Key != "" {
		var err error
		if o.Key, err = redact.ParseKey([]byte(c.Key)); err != nil {
			return nil, fmt.Errorf("key: %w", err)
		}
	}
	e, err := redact.New(doc, o)
	if err != nil {
		return nil, err
	}
	if id, _ := e.KeyID(); id == "" {
		return nil, errNoKey
	}
	return e, nil
}

// files lists the files that an engine is made of.
func (c *Config) files(doc *redact.Document) []string {
	if c.Policy == "" {
		return doc.Files()
	}
	return append([]string{c.Policy}, doc.Files()...)
}

// version names the policy and its rules. Files with secrets are no part of it: a
// hash without a key could be guessed back.
func (c *Config) version(doc *redact.Document) string {
	h := sha256.New()
	add := func(path string) {
		if f, err := os.Open(path); err == nil {
			n, _ := io.Copy(h, f)
			fmt.Fprintf(h, "\n%d\n", n)
			f.Close()
		}
	}
	if c.Policy != "" {
		add(c.Policy)
	}
	for _, r := range doc.Rules {
		add(r.Path)
		if r.Default != "" {
			add(r.Default)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:4])
}

// readFile reads a document, or its beginning if it is longer than any may be.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxDocument))
}
