package scan

import (
	"bytes"
	"slices"
	"strings"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/internal/names"
)

// vendorWords finds the vendor words of keyed detectors in field names. Most
// such words end in what sensitive names end in (datadog_api_key), so the hit
// of that stem leads here and the matcher need not look for them.
//
// Words are compared without separators and case: newrelickey is in
// NEW_RELIC_KEY, newRelicKey and new-relic-key, where it begins at a word.
type vendorWords struct {
	starts [1 << 10]uint64 // bitmap over the hash of a word's first three bytes
	byHead map[[3]byte][]vendorWord
}

type vendorWord struct {
	rest     []byte // behind the first three bytes
	detector int32
}

const minVendorWord = 3

// add enters a literal of a keyed detector and reports whether it is long enough.
func (w *vendorWords) add(literal string, detector int32) bool {
	c := compact(literal)
	if len(c) < minVendorWord {
		return false
	}
	head := [3]byte{c[0], c[1], c[2]}
	h := headHash(head)
	w.starts[h>>6] |= 1 << (h & 63)
	if w.byHead == nil {
		w.byHead = map[[3]byte][]vendorWord{}
	}
	for _, v := range w.byHead[head] {
		if v.detector == detector && string(v.rest) == c[3:] {
			return true
		}
	}
	w.byHead[head] = append(w.byHead[head], vendorWord{[]byte(c[3:]), detector})
	return true
}

func headHash(h [3]byte) uint32 {
	return (uint32(h[0]) | uint32(h[1])<<8 | uint32(h[2])<<16) * 0x9E3779B1 >> 16
}

// find appends the detectors one of whose words begins at a word of the name.
func (w *vendorWords) find(dst []int32, name []byte) []int32 {
	var low [maxKey]byte
	var begins [maxKey]bool
	n := 0
	before := gap
	for _, c := range name {
		k := wordBytes[c]
		if k != gap {
			if n == len(low) {
				break
			}
			begins[n] = k > before
			low[n] = c | k<<4&0x20
			n++
		}
		before = k
	}
	for i := 0; i+minVendorWord <= n; i++ {
		if !begins[i] {
			continue
		}
		head := [3]byte{low[i], low[i+1], low[i+2]}
		if h := headHash(head); w.starts[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		for _, v := range w.byHead[head] {
			if bytes.HasPrefix(low[i+3:n], v.rest) && !slices.Contains(dst, v.detector) {
				dst = append(dst, v.detector)
			}
		}
	}
	return dst
}

// What a byte is to the words of a name. One of a higher kind than the byte before it
// begins a word: any behind a separator, a capital behind what is none.
const (
	gap     uint8 = iota // a separator
	inWord               // anything else
	capital              // to be lowered
)

var wordBytes = func() (kinds [256]uint8) {
	for i := range kinds {
		switch c := byte(i); {
		case isSeparator(c):
		case c-'A' < 26:
			kinds[i] = capital
		default:
			kinds[i] = inWord
		}
	}
	return kinds
}()

// brands reports whether the words of a keyed detector name a vendor: "token",
// which some values are known behind, is anybody's.
func brands(d *detectors.Detector) bool {
	for _, l := range d.Literals {
		if strings.EqualFold(l, "token") {
			return false
		}
	}
	return true
}

// isSeparator reports whether c stands between the words of a name or a text.
func isSeparator(c byte) bool { return c < 0x80 && (lex[c]&isWord == 0 || c == '_') }

// vendorBefore finds the vendors named shortly before a pair whose own name
// is anybody's: "Using acme Key=…". Only a value long enough for a key matters.
func (s *Scanner) vendorBefore(p *pair, v names.Verdict) []int32 {
	if v.Strength == names.None || v.Class == names.Password {
		return nil
	}
	t := s.text
	end := p.start
	for lim := min(len(t), end+shortestWeak); end < lim && lex[t[end]]&(isKey|isBase64) != 0; end++ {
	}
	if end-p.start < shortestWeak {
		return nil
	}
	s.toll(p.keyStart, vendorToll)
	lo, _ := s.line(p.keyStart)
	s.vendors = s.e.vendors.find(s.vendors[:0], t[max(lo, p.keyStart-maxVendor):p.keyStart])
	return s.vendors
}

// compact strips separators and case.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// reachable reports whether every name with this vendor word in it is seen by
// one of the stems: the word holds one, or it ends where one follows (…_api_key).
func reachable(literal string, stems []names.Stem) bool {
	l := strings.ToLower(literal)
	if strings.ContainsRune(l, ' ') {
		return false // of such words only the last is read as a name
	}
	if strings.HasSuffix(l, "api") {
		return true
	}
	for _, s := range stems {
		if s.Last && strings.HasSuffix(l, s.Text) || !s.Last && strings.Contains(l, s.Text) {
			return true
		}
	}
	return false
}
