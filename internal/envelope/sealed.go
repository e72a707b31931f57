package envelope

import (
	"bytes"
	"encoding/base64"
)

const (
	// SealedTag is what a sealed envelope begins with.
	SealedTag = "SEALED-"

	// RecipientsIDLen is the length of the id of a set of recipients, in lower-case
	// hexadecimal digits.
	RecipientsIDLen = 8

	// MinSealKey and MaxSealKey bound a wrapped data key, in bytes: that for one
	// recipient, and those for some forty, or for two with post-quantum keys.
	MinSealKey = 65
	MaxSealKey = 3 << 10
	// MinSealBox and MaxSealBox bound a box, in bytes: nonce, tag and 32 to 4,352
	// bytes of a value with its source.
	MinSealBox = 40 + 32
	MaxSealBox = 40 + 4352

	// MaxSealed is the length of the longest sealed envelope.
	MaxSealed = len(SealedTag) + 64 + 1 + RecipientsIDLen + 1 + (MaxSealKey*4+2)/3 + 1 + (MaxSealBox*4+2)/3 + 1
)

// Sealed is the parts of a sealed envelope, as they are written. They share
// memory with the text they were cut from.
type Sealed struct {
	Detector, Recipients []byte
	key, box             []byte // base64url
}

// AppendSealed appends a sealed envelope. recipients has RecipientsIDLen digits;
// key and box are no longer than MaxSealKey and MaxSealBox.
func AppendSealed(dst []byte, id, recipients string, key, box []byte) []byte {
	dst = append(append(append(dst, SealedTag...), id...), '-')
	dst = append(append(dst, recipients...), '~')
	dst = base64url.AppendEncode(dst, key)
	dst = base64url.AppendEncode(append(dst, '~'), box)
	return append(dst, '~') // so that nobody takes what follows for a part of it
}

// base64url is RFC 4648, section 5; bits that stand for nothing are zero, so that
// there is one way only to write an envelope.
var base64url = base64.RawURLEncoding.Strict()

// CutSealed takes a sealed envelope off the front of text. begun reports whether
// there is the beginning of one at least, whole whether there is all of it. What
// it says of itself is not verified here.
func CutSealed(text []byte) (s Sealed, rest []byte, begun, whole bool) {
	text, ok := bytes.CutPrefix(text, []byte(SealedTag))
	if !ok {
		return s, nil, false, false
	}
	head, text := word(text)
	n := len(head) - RecipientsIDLen
	if n < 2 || n > 65 || head[0] == '-' || head[n-1] != '-' || !isHex(head[n:]) || len(text) == 0 || text[0] != '~' {
		return s, nil, false, false
	}
	s.Detector, s.Recipients = head[:n-1], head[n:]
	if s.key, text, ok = cut64(text[1:], MinSealKey, MaxSealKey); !ok || len(text) == 0 || text[0] != '~' {
		return s, nil, true, false
	}
	if s.box, text, ok = cut64(text[1:], MinSealBox, MaxSealBox); !ok || len(text) == 0 || text[0] != '~' {
		return s, nil, true, false
	}
	return s, text[1:], true, true
}

// Contents decodes the wrapped key and what was sealed with it.
func (s *Sealed) Contents() (key, box []byte, err error) {
	if key, err = base64url.AppendDecode(nil, s.key); err != nil {
		return nil, nil, err
	}
	box, err = base64url.AppendDecode(nil, s.box)
	return key, box, err
}

// cut64 takes the base64 of some least to most bytes off the front.
func cut64(s []byte, least, most int) (run, rest []byte, ok bool) {
	for len(run) < len(s) && value64[s[len(run)]] > 0 {
		run = s[:len(run)+1]
	}
	n := base64url.DecodedLen(len(run))
	return run, s[len(run):], n >= least && n <= most && len(run)%4 != 1 && spare(run) == 0
}

// spare returns the bits of the last character that stand for nothing.
func spare(run []byte) byte {
	last := value64[run[len(run)-1]] - 1
	return last & [...]byte{2: 0x0f, 3: 0x03}[len(run)%4]
}

// value64 holds the values of the characters of base64url, and one more.
var value64 = func() (t [256]byte) {
	for i, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
		t[c] = byte(i + 1)
	}
	return t
}()

// AddRecipients makes a set of recipients known by its id.
func (v *Vocabulary) AddRecipients(id string) {
	if v.recipients == nil {
		v.recipients = make(map[string]struct{})
	}
	v.recipients[id] = struct{}{}
}

// cutSealed takes a sealed envelope off the front.
func (v *Vocabulary) cutSealed(value []byte) (rest []byte, ok bool) {
	s, rest, _, whole := CutSealed(value)
	if !whole {
		return nil, false
	}
	if _, ok := v.recipients[string(s.Recipients)]; !ok {
		return nil, false
	}
	_, ok = v.literals[string(s.Detector)]
	return rest, ok
}

// Sealed calls yield with the places of sealed envelopes in a text, in order.
// It is linear in the text.
func (v *Vocabulary) Sealed(text []byte, yield func(start, end int)) {
	if len(v.recipients) == 0 {
		return
	}
	for pos := 0; ; {
		i := bytes.Index(text[pos:], []byte(SealedTag))
		if i < 0 {
			return
		}
		pos += i
		if rest, ok := v.cutSealed(text[pos:]); ok {
			end := len(text) - len(rest)
			yield(pos, end)
			pos = end
			continue
		}
		pos += len(SealedTag)
	}
}
