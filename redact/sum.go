package redact

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"

	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/internal/judge"
)

// guessable is the judged entropy, in bits, below which a value gets neither
// hash nor fingerprint: whoever gets hold of the key could try all such values.
const guessable = 40

// hashable reports whether a keyed hash of a candidate's value can be put out.
func (r *Redactor) hashable(c *candidate, text []byte) bool {
	if r.e.ring == nil || !c.whole() {
		return false
	}
	value, _ := r.plain(c, text)
	return !judge.Guessable(value, guessable)
}

// plain returns the secret of a candidate as it is where nothing encodes it, so that
// in every form it has one hash and one fingerprint; alone says that the candidate
// holds nothing else. It is valid until the next call.
func (r *Redactor) plain(c *candidate, text []byte) (value []byte, alone bool) {
	if value = text[c.Start:c.End]; c.Encoding == 0 && !bytes.ContainsAny(value, `\%`) {
		return value, true
	}
	return r.other().Plain(&c.Span, text)
}

func (r *Redactor) secret(c *candidate, text []byte) []byte {
	value, _ := r.plain(c, text)
	return value
}

// hashSum, tokenSum, fingerprintSum and allowSum return the sum over a value, which is
// valid until the next one is made. allowSum uses the key of the i-th set of
// allowed fingerprints.
func (r *Redactor) hashSum(value []byte) []byte {
	if r.hash == nil {
		r.hash = hmac.New(sha256.New, r.e.ring.hash)
	}
	return r.mac(r.hash, value)
}

func (r *Redactor) tokenSum(value []byte) []byte {
	if r.token == nil {
		r.token = hmac.New(sha256.New, r.e.ring.token)
	}
	return r.mac(r.token, value)
}

func (r *Redactor) fingerprintSum(value []byte) []byte {
	if r.fingerprint == nil {
		r.fingerprint = hmac.New(sha256.New, r.e.ring.fingerprint)
	}
	return r.mac(r.fingerprint, value)
}

func (r *Redactor) allowSum(i int, value []byte) []byte {
	for j := len(r.allowMACs); j <= i; j++ {
		r.allowMACs = append(r.allowMACs, hmac.New(sha256.New, r.e.allow.prints[j].key))
	}
	return r.mac(r.allowMACs[i], value)
}

func (r *Redactor) mac(h hash.Hash, value []byte) []byte {
	h.Reset()
	h.Write(value)
	r.sum = h.Sum(r.sum[:0])
	return r.sum
}

// printOf returns a value's fingerprint as findings carry it, empty where
// there must be none.
func (r *Redactor) printOf(c *candidate, text []byte) string {
	if !r.hashable(c, text) {
		return ""
	}
	value, _ := r.plain(c, text)
	return r.e.ring.id + "-" + hex.EncodeToString(r.fingerprintSum(value)[:envelope.SumLen])
}
