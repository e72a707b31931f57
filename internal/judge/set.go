package judge

import "bytes"

// set is a set of sorts of bytes, one bit each. One pass over a value gives the
// set of what occurs in it, and most rules can be ruled out by that alone.
type set uint64

// sorts gives each byte its sort, a character whose low six bits are its place
// in a set. Digits are one sort; so are the letters a to f and g to z of each
// case, blanks, control characters and bytes above ASCII. Every other character
// is a sort of its own.
const sorts = "XXXXXXXXXWWXXWXXXXXXXXXXXXXXXXXX" +
	" !\"#$%&'()*+,-./0000000000:;<=>?" +
	"@AAAAAAGGGGGGGGGGGGGGGGGGGG[\\]^_" +
	"BLLLLLLMMMMMMMMMMMMMMMMMMMMCPDTX" +
	"HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH" +
	"HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH"

const (
	upperHex set = 1 << ('A' & 63)
	upperEnd set = 1 << ('G' & 63)
	lowerHex set = 1 << ('L' & 63)
	lowerEnd set = 1 << ('M' & 63)
	digit    set = 1 << '0'

	quote     set = 1 << '"'
	hash      set = 1 << '#'
	dollar    set = 1 << '$'
	quoteOne  set = 1 << '\''
	star      set = 1 << '*'
	plus      set = 1 << '+'
	comma     set = 1 << ','
	dash      set = 1 << '-'
	dot       set = 1 << '.'
	slash     set = 1 << '/'
	colon     set = 1 << ':'
	semicolon set = 1 << ';'
	equals    set = 1 << '='
	question  set = 1 << '?'
	ampersand set = 1 << '&'
	space     set = 1 << ' '
	at        set = 1 << ('@' & 63)
	backslash set = 1 << ('\\' & 63)
	underline set = 1 << ('_' & 63)
	pipe      set = 1 << ('P' & 63)
	tilde     set = 1 << ('T' & 63)
	bracket   set = 1 << ('[' & 63)
	brace     set = 1 << ('C' & 63)

	upper  = upperHex | upperEnd
	lower  = lowerHex | lowerEnd
	letter = upper | lower
	alnum  = letter | digit
	// joiner is all that may join words, paths and lists or stand around them.
	joiner set = dash | underline | dot | slash | colon | comma | space | quote | quoteOne | equals | semicolon | backslash |
		1<<'(' | 1<<')' | bracket | 1<<(']'&63) | brace | 1<<('D'&63) | 1<<'<' | 1<<'>' | 1<<('W'&63)
	hexDigit = digit | lowerHex | upperHex
	// base64Digit is the standard and the URL-safe alphabet (RFC 4648).
	base64Digit = alnum | plus | slash | dash | underline | equals
	// address is what names and addresses of secrets consist of.
	address = alnum | underline | dash | dot | slash | colon | hash | plus | tilde
)

// setOf returns the sorts that occur in v.
func setOf(v []byte) set {
	var s set
	for _, c := range v {
		s |= 1 << (sorts[c] & 63)
	}
	return s
}

// has reports whether c's sort is in s.
func (s set) has(c byte) bool { return s>>(sorts[c]&63)&1 != 0 }

// within reports whether s is not empty and has nothing outside of t.
func (s set) within(t set) bool { return s != 0 && s&^t == 0 }

// any reports whether something of t is in s.
func (s set) any(t set) bool { return s&t != 0 }

// hex reports hex digits without a mix of cases.
func (s set) hex() bool { return s.within(digit|lowerHex) || s.within(digit|upperHex) }

// classes counts the classes lower, upper, digit and other.
func (s set) classes() int {
	n := 0
	for _, class := range [...]set{lower, upper, digit, ^alnum} {
		if s&class != 0 {
			n++
		}
	}
	return n
}

// all reports whether v is not empty and consists of s.
func all(v []byte, s set) bool {
	for _, c := range v {
		if !s.has(c) {
			return false
		}
	}
	return len(v) > 0
}

// index returns where the first byte of s stands in v, or len(v).
func index(v []byte, s set) int {
	for i, c := range v {
		if s.has(c) {
			return i
		}
	}
	return len(v)
}

// cut splits v at the first byte of s.
func cut(v []byte, s set) (head, tail []byte) {
	n := index(v, s)
	return v[:n], v[min(n+1, len(v)):]
}

// trim is bytes.TrimSpace, inlined where there is nothing to trim.
func trim(v []byte) []byte {
	if n := len(v); n > 0 && v[0]-'!' <= '~'-'!' && v[n-1]-'!' <= '~'-'!' {
		return v
	}
	return bytes.TrimSpace(v)
}
