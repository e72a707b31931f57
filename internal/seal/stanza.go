package seal

import (
	"encoding/base64"
	"encoding/binary"

	"filippo.io/age"
)

// A wrapped key is the recipients' stanzas as age has them (age-encryption.org/v1,
// "Header"), in binary:
//
//	wrapped = 1*stanza
//	stanza  = %x01 share body          ; X25519: 32 bytes each
//	        / %x00 type count *arg body ; any other; each behind its length
//
// Lengths and the count are unsigned varints of encoding/binary.

const (
	anyStanza    = 0
	x25519Stanza = 1

	x25519      = "X25519"
	x25519Share = 32
	x25519Body  = dataKeySize + 16

	maxStanzas = 64
)

// ageBase64 is the encoding of arguments: RFC 4648, section 4, canonical and without padding.
var ageBase64 = base64.RawStdEncoding.Strict()

func appendStanza(dst []byte, s *age.Stanza) []byte {
	if s.Type == x25519 && len(s.Args) == 1 && len(s.Body) == x25519Body {
		if share, err := ageBase64.DecodeString(s.Args[0]); err == nil && len(share) == x25519Share {
			return append(append(append(dst, x25519Stanza), share...), s.Body...)
		}
	}
	dst = appendBytes(append(dst, anyStanza), s.Type)
	dst = binary.AppendUvarint(dst, uint64(len(s.Args)))
	for _, a := range s.Args {
		dst = appendBytes(dst, a)
	}
	return appendBytes(dst, s.Body)
}

func appendBytes[T string | []byte](dst []byte, b T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

func cutStanzas(b []byte) (list []*age.Stanza, ok bool) {
	for len(b) > 0 {
		if len(list) == maxStanzas {
			return nil, false
		}
		s := new(age.Stanza)
		switch kind := b[0]; {
		case kind == x25519Stanza && len(b) >= 1+x25519Share+x25519Body:
			b = b[1:]
			s.Type, s.Args = x25519, []string{ageBase64.EncodeToString(b[:x25519Share])}
			s.Body = b[x25519Share : x25519Share+x25519Body : x25519Share+x25519Body]
			b = b[x25519Share+x25519Body:]
		case kind == anyStanza:
			if b, ok = cutStanza(s, b[1:]); !ok {
				return nil, false
			}
		default:
			return nil, false
		}
		list = append(list, s)
	}
	return list, len(list) > 0
}

func cutStanza(s *age.Stanza, b []byte) (rest []byte, ok bool) {
	name, b, ok := cutBytes(b)
	if !ok {
		return nil, false
	}
	s.Type = string(name)
	n, size := binary.Uvarint(b)
	if size <= 0 || n > maxStanzas {
		return nil, false
	}
	b = b[size:]
	for range n {
		var arg []byte
		if arg, b, ok = cutBytes(b); !ok {
			return nil, false
		}
		s.Args = append(s.Args, string(arg))
	}
	s.Body, b, ok = cutBytes(b)
	return b, ok
}

func cutBytes(b []byte) (field, rest []byte, ok bool) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, nil, false
	}
	return b[size : size+int(n)], b[size+int(n):], true
}
