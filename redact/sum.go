package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"

	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/scan"
)

// guessable is the judged entropy, in bits, below which a value gets neither
// hash nor fingerprint: whoever gets hold of the key could try all such values.
const guessable = 40

// hashable reports whether a keyed hash of candidate i can be put out.
func (r *Redactor) hashable(i int, text []byte) bool {
	c := &r.plan.candidates[i]
	if r.e.ring == nil || c.Continued || c.Evidence&scan.Unclosed != 0 {
		return false
	}
	most := 0.0
	r.plan.eachPiece(i, func(c *candidate) { most = max(most, judge.Bits(text[c.Start:c.End])) })
	return most >= guessable
}

func (r *Redactor) hashSum(i int, text []byte) []byte {
	if r.hash == nil {
		r.hash = hmac.New(sha256.New, r.e.ring.hash)
	}
	return r.mac(r.hash, i, text)
}

func (r *Redactor) fingerprintSum(i int, text []byte) []byte {
	if r.e.ring == nil {
		panic("redact: fingerprint without a key")
	}
	if r.fingerprint == nil {
		r.fingerprint = hmac.New(sha256.New, r.e.ring.fingerprint)
	}
	return r.mac(r.fingerprint, i, text)
}

// mac returns the sum over a value, which is valid until the next one.
func (r *Redactor) mac(h hash.Hash, i int, text []byte) []byte {
	h.Reset()
	r.plan.eachPiece(i, func(c *candidate) { h.Write(text[c.Start:c.End]) })
	r.sum = h.Sum(r.sum[:0])
	return r.sum
}

// printOf returns candidate i's fingerprint as findings carry it, empty where
// there must be none.
func (r *Redactor) printOf(i int, text []byte) string {
	if !r.hashable(i, text) {
		return ""
	}
	return r.e.ring.id + "-" + hex.EncodeToString(r.fingerprintSum(i, text)[:envelope.SumLen])
}
