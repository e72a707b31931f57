// Package envelope writes what stands where a secret stood, and recognises it.
//
// Everything written is made of URL-unreserved characters (RFC 3986, 2.3), so
// that it is valid in userinfo, queries, headers, cookies, YAML, tracestate
// and inside quotes at any escape depth:
//
//	value    = envelope *( "." envelope )
//	envelope = mask / partial / hash / token / sealed
//	mask     = "REDACTED-" id
//	partial  = literal "REDACTED-" id           ; literal is a public prefix of detector id
//	hash     = "HASHED-" id "-" keyid "-" sum
//	token    = "TOKEN-" keyid "-" surrogate
//	sealed   = "SEALED-" id "-" setid "~" wrapped "~" box "~"
//	id       = %x61-7A / DIGIT, then up to 63 of %x61-7A / DIGIT / "-"
//	keyid    = 8LHEX
//	sum      = 32LHEX                           ; 16 bytes
//	surrogate = 16( %x61-7A / %x32-37 )         ; 10 bytes in base32
//	setid    = 8LHEX                            ; of a set of recipients
//	wrapped  = 87*4096base64url                 ; a data key, encrypted to each of them
//	box      = 96*5856base64url                 ; the value, encrypted with it
//
// Recognition takes the whole value and a closed vocabulary: known detector
// ids, their literals, known key ids, known sets of recipients. REDACTED-hunter2 is
// a secret.
package envelope

import (
	"bytes"
	encoding32 "encoding/base32"
	"encoding/hex"
)

const (
	maskTag = "REDACTED-"
	hashTag = "HASHED-"
	// tokenTag is followed by no detector: equal values have equal tokens,
	// whatever found them.
	tokenTag = "TOKEN-"

	// Unscanned is the id in the marker of what could not be scanned. It is
	// part of every vocabulary.
	Unscanned = "unscanned"

	// KeyIDLen is the length of a key id, in lower-case hexadecimal digits.
	KeyIDLen = 8
	// SumLen is the length of a hash, in bytes.
	SumLen = 16
	// TokenLen is the length of what a token is made of, in bytes, and surrogateLen
	// that of its form in base32. Among a million values two have the same token
	// with a chance of 2^-41.
	TokenLen     = 10
	surrogateLen = 16

	// Separator stands between envelopes that touch.
	Separator = '.'

	// maxLen bounds the values looked at: several envelopes of the longest id, or
	// two sealed ones.
	maxLen = 2*MaxSealed + 1
	// maxPrefix bounds where the tag of a mask is looked for, behind a public prefix.
	maxPrefix = 1 << 10
)

// AppendMask appends the marker of a detector.
func AppendMask(dst []byte, id string) []byte {
	return append(append(dst, maskTag...), id...)
}

// AppendHash appends a keyed hash. keyID has KeyIDLen digits, sum at least
// SumLen bytes, of which the first SumLen are written.
func AppendHash(dst []byte, id, keyID string, sum []byte) []byte {
	dst = append(append(dst, hashTag...), id...)
	dst = append(append(dst, '-'), keyID...)
	return hex.AppendEncode(append(dst, '-'), sum[:SumLen])
}

// base32 is RFC 4648, section 6, in lower case.
var base32 = encoding32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(encoding32.NoPadding)

// AppendToken appends a keyed surrogate. keyID has KeyIDLen digits, sum at least
// TokenLen bytes, of which the first TokenLen are written.
func AppendToken(dst []byte, keyID string, sum []byte) []byte {
	dst = append(append(append(dst, tokenTag...), keyID...), '-')
	return base32.AppendEncode(dst, sum[:TokenLen])
}

// Unreserved reports whether s is made of URL-unreserved characters only.
func Unreserved(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '.', c == '_', c == '~':
		default:
			return false
		}
	}
	return true
}

// Vocabulary is the set of ids that make an envelope ours. The zero value
// knows Unscanned only. Once filled it is safe for concurrent use.
type Vocabulary struct {
	literals map[string][]string // by detector id
	keys     map[string]struct{}

	recipients map[string]struct{}
}

// AddDetector makes a detector known, with the public prefixes that a partial
// mask may keep.
func (v *Vocabulary) AddDetector(id string, literals ...string) {
	if v.literals == nil {
		v.literals = make(map[string][]string)
	}
	v.literals[id] = append(v.literals[id], literals...)
}

// AddKey makes a key known.
func (v *Vocabulary) AddKey(id string) {
	if v.keys == nil {
		v.keys = make(map[string]struct{})
	}
	v.keys[id] = struct{}{}
}

// Is reports whether the whole of value is ours. It does not allocate.
func (v *Vocabulary) Is(value []byte) bool {
	if len(value) == 0 || len(value) > maxLen {
		return false
	}
	for {
		var ok bool
		if value, ok = v.cut(value); !ok {
			return false
		}
		if len(value) == 0 {
			return true
		}
		if value[0] != Separator {
			return false
		}
		value = value[1:]
	}
}

// cut takes one envelope off the front.
func (v *Vocabulary) cut(value []byte) (rest []byte, ok bool) {
	if after, found := bytes.CutPrefix(value, []byte(hashTag)); found {
		id, rest := word(after)
		return rest, v.isHash(id)
	}
	if after, found := bytes.CutPrefix(value, []byte(tokenTag)); found {
		id, rest := word(after)
		return rest, v.isToken(id)
	}
	if bytes.HasPrefix(value, []byte(SealedTag)) {
		return v.cutSealed(value)
	}
	at := bytes.Index(value[:min(len(value), maxPrefix)], []byte(maskTag))
	if at < 0 {
		return nil, false
	}
	literal := value[:at]
	id, rest := word(value[at+len(maskTag):])
	known, ok := v.literals[string(id)]
	if len(literal) == 0 {
		return rest, ok || string(id) == Unscanned
	}
	for _, l := range known {
		if string(literal) == l {
			return rest, true
		}
	}
	return nil, false
}

// isHash checks id "-" keyid "-" sum. An id may itself hold hyphens, so the
// parts of fixed length are taken from the end.
func (v *Vocabulary) isHash(s []byte) bool {
	const tail = 1 + KeyIDLen + 1 + 2*SumLen
	n := len(s) - tail
	if n <= 0 || s[n] != '-' || s[n+1+KeyIDLen] != '-' || !isHex(s[n+1+KeyIDLen+1:]) {
		return false
	}
	if _, ok := v.keys[string(s[n+1:n+1+KeyIDLen])]; !ok {
		return false
	}
	_, ok := v.literals[string(s[:n])]
	return ok
}

// isToken checks keyid "-" surrogate.
func (v *Vocabulary) isToken(s []byte) bool {
	if len(s) != KeyIDLen+1+surrogateLen || s[KeyIDLen] != '-' {
		return false
	}
	for _, c := range s[KeyIDLen+1:] {
		if !('a' <= c && c <= 'z' || '2' <= c && c <= '7') {
			return false
		}
	}
	_, ok := v.keys[string(s[:KeyIDLen])]
	return ok
}

// word splits off the longest run an id may be made of.
func word(s []byte) (id, rest []byte) {
	for i, c := range s {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return s[:i], s[i:]
		}
	}
	return s, nil
}

func isHex(s []byte) bool {
	for _, c := range s {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return false
		}
	}
	return true
}
