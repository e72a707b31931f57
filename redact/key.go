package redact

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/stanch/stanch/internal/envelope"
)

// keySize is the least number of random bytes in a key: as many as the hash
// under HMAC-SHA-256 and HKDF puts out (RFC 5869, 4; RFC 2104, 3).
const keySize = 32

// keyEnv is the environment variable read where no key file is named.
const keyEnv = "STANCH_KEY"

// Use is what a derived key is for. Each use has a key of its own, derived by
// HKDF (RFC 5869), so that nothing put out for one says anything about another.
type Use string

const (
	ForFingerprint Use = "stanch v1 fingerprint"
	ForHash        Use = "stanch v1 hash"
	ForToken       Use = "stanch v1 token"
	ForFormat      Use = "stanch v1 format"
	ForDictionary  Use = "stanch v1 dictionary"

	forKeyID Use = "stanch v1 key id"
)

// keyring is what is derived from the configured key.
type keyring struct {
	id          string
	fingerprint []byte
	hash        []byte
	token       []byte
	format      []byte
	dictionary  []byte
	random      bool
	previous    []earlier
}

// earlier is what is left of a key that has been replaced: its hashes are
// recognised, its fingerprints compared and its inventories read, but none are made
// any more.
type earlier struct {
	id          string
	fingerprint []byte
	format      []byte
	dictionary  []byte
}

// fingerprintKey returns the key that made the fingerprints with an id; nil if
// it is not known.
func (r *keyring) fingerprintKey(id string) []byte {
	if r == nil {
		return nil
	}
	if id == r.id {
		return r.fingerprint
	}
	for _, e := range r.previous {
		if id == e.id {
			return e.fingerprint
		}
	}
	return nil
}

func (r *keyring) formatters() []*formatter {
	list := []*formatter{{r.format}}
	for _, e := range r.previous {
		list = append(list, &formatter{e.format})
	}
	return list
}

// ParseKey reads a key of at least 32 random bytes, written in hexadecimal or
// in base64 (either alphabet, padded or not). Its errors quote nothing.
func ParseKey(text []byte) ([]byte, error) {
	text = bytes.TrimSpace(text)
	key, err := decodeKey(text)
	if err != nil {
		return nil, err
	}
	return key, checkKey(key)
}

func decodeKey(text []byte) ([]byte, error) {
	// 64 hexadecimal digits are also 48 bytes of base64; nobody means that.
	key := make([]byte, hex.DecodedLen(len(text)))
	if _, err := hex.Decode(key, text); err == nil {
		return key, nil
	}
	text = bytes.TrimRight(text, "=")
	text = bytes.ReplaceAll(text, []byte("-"), []byte("+"))
	text = bytes.ReplaceAll(text, []byte("_"), []byte("/"))
	key = make([]byte, base64.RawStdEncoding.DecodedLen(len(text)))
	n, err := base64.RawStdEncoding.Decode(key, text)
	if err != nil {
		return nil, errors.New("key is neither hexadecimal nor base64")
	}
	return key[:n], nil
}

// checkKey refuses what no random source gave. 32 random bytes hold 16 or
// fewer different ones with a chance below 2^-50.
func checkKey(key []byte) error {
	if len(key) < keySize {
		return fmt.Errorf("key has %d bytes, want at least %d", len(key), keySize)
	}
	var seen [256]bool
	different := 0
	for _, b := range key {
		if !seen[b] {
			seen[b] = true
			different++
		}
	}
	if different <= keySize/2 {
		return errors.New("key does not look random")
	}
	return nil
}

// KeyID returns the id that outputs made with key carry.
func KeyID(key []byte) string {
	return hex.EncodeToString(derive(key, forKeyID, envelope.KeyIDLen/2))
}

// DeriveKey returns the 32-byte key of one use.
func DeriveKey(key []byte, u Use) []byte { return derive(key, u, keySize) }

func derive(key []byte, u Use, n int) []byte {
	out, err := hkdf.Key(sha256.New, key, nil, string(u), n)
	if err != nil {
		panic(err) // only for lengths no caller asks for, or a short key in FIPS mode
	}
	return out
}

// newKeyring finds the key: the one in o, else the document's file, else
// STANCH_KEY, else a random one where that is allowed. It is nil without any.
func newKeyring(k KeyFiles, o *Options) (*keyring, error) {
	key, random := o.Key, false
	switch env := os.Getenv(keyEnv); {
	case key != nil:
		if err := checkKey(key); err != nil {
			return nil, err
		}
	case k.File != "":
		var err error
		if key, err = readKey(k.File); err != nil {
			return nil, err
		}
	case env != "":
		var err error
		if key, err = ParseKey([]byte(env)); err != nil {
			return nil, fmt.Errorf("%s: %w", keyEnv, err)
		}
	case o.RandomKey:
		key, random = make([]byte, keySize), true
		rand.Read(key)
	default:
		return nil, nil
	}
	r := &keyring{
		id:          KeyID(key),
		fingerprint: DeriveKey(key, ForFingerprint),
		hash:        DeriveKey(key, ForHash),
		token:       DeriveKey(key, ForToken),
		format:      DeriveKey(key, ForFormat),
		dictionary:  DeriveKey(key, ForDictionary),
		random:      random,
	}
	for _, f := range k.Previous {
		old, err := readKey(f)
		if err != nil {
			return nil, err
		}
		r.previous = append(r.previous, earlier{KeyID(old), DeriveKey(old, ForFingerprint), DeriveKey(old, ForFormat), DeriveKey(old, ForDictionary)})
	}
	return r, nil
}

func readKey(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 4<<10))
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	key, err := ParseKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}
