package match

import (
	"crypto/sha256"
	"encoding/binary"
)

// A layout is, in this order: the bytes "mlp" and a version; 16 bytes of
// SHA-256 over the literals; then for each of the matcher's placements one byte
// with the number of buckets, and 128 where the last are for tokens, the offset
// of every literal's window, and its bucket.
const (
	layoutHead   = "mlp\x04"
	layoutTokens = 128
)

const fingerprintSize = 16

func fingerprint(pats []pattern) [fingerprintSize]byte {
	h := sha256.New()
	var buf [8 + 32]byte
	for i := range pats {
		p := &pats[i]
		binary.LittleEndian.PutUint32(buf[:], uint32(len(p.text)))
		buf[4], buf[5] = 0, byte(p.min)
		if p.fold {
			buf[4] = 1
		}
		for j, w := range p.gate {
			binary.LittleEndian.PutUint64(buf[8+8*j:], w)
		}
		h.Write(buf[:])
		h.Write([]byte(p.text))
	}
	return [fingerprintSize]byte(h.Sum(nil))
}

func encodeLayout(pats []pattern, places ...placement) []byte {
	sum := fingerprint(pats)
	out := append([]byte(layoutHead), sum[:]...)
	for _, pl := range places {
		head := byte(pl.buckets)
		if pl.tokens {
			head |= layoutTokens
		}
		out = append(out, head)
		for _, s := range pl.spots {
			out = append(out, s.offset)
		}
		for _, s := range pl.spots {
			out = append(out, s.bucket)
		}
	}
	return out
}

// decodeLayout returns the placement number which of layout, or false when the
// layout is of other literals or of another version, or cannot be right.
func decodeLayout(layout []byte, pats []pattern, which int) (placement, bool) {
	n := len(pats)
	size := 1 + 2*n
	if len(layout) != len(layoutHead)+fingerprintSize+placements*size || string(layout[:len(layoutHead)]) != layoutHead {
		return placement{}, false
	}
	rest := layout[len(layoutHead):]
	if [fingerprintSize]byte(rest) != fingerprint(pats) {
		return placement{}, false
	}
	rest = rest[fingerprintSize+which*size:][:size]
	pl := placement{buckets: int(rest[0] &^ layoutTokens), tokens: rest[0]&layoutTokens != 0, refined: true, spots: make([]spot, n)}
	all := nibbleGroups * 8
	if which == openSeven {
		all = sevenGroups * 8
	}
	if pl.buckets != fewBuckets && pl.buckets != all || pl.tokens && (pl.buckets != all || which != nibbleTokens) {
		return placement{}, false
	}
	for i := range pl.spots {
		o := rest[1+i]
		if int(o) >= len(pats[i].text) {
			return placement{}, false
		}
		b := rest[1+n+i]
		if int(b) >= pl.buckets || pl.tokens && b >= openBuckets && !pats[i].token(int(o)) {
			return placement{}, false
		}
		pl.spots[i] = spot{o, b}
	}
	return pl, true
}
