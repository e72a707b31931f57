package scan

import (
	"bytes"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/internal/names"
)

// weakRandom is the score over which a value under a weak name, or behind a
// bare scheme, looks random.
const weakRandom = 0.5

// looked is what judge.Look said of text[start:start+n], n being 0 for nothing. It is
// known by where it stands, so that no value outlives its text.
type looked struct {
	text     uint64 // the count of texts
	start, n int
	verdict  judge.Verdict
}

// look is judge.Look of the value at start. Texts repeat themselves, and to compare a
// value with one that was judged costs much less than to judge it.
func (s *Scanner) look(value []byte, start int) judge.Verdict {
	l := &s.looks[len(value)%len(s.looks)]
	if l.text != s.runs.texts || l.n != len(value) || !bytes.Equal(s.text[l.start:l.start+l.n], value) {
		*l = looked{s.runs.texts, start, len(value), judge.Look(value)}
	}
	return l.verdict
}

// judge decides whether a value under a name, which stands at start, is a secret.
func (s *Scanner) judge(value []byte, start int, v names.Verdict, p *pair) (finding.Confidence, Evidence, bool) {
	if v.Class == names.PIN || v.Class == names.OTP {
		return s.judgeCode(value, v)
	}
	if c := value[0]; c == '*' || c == '[' || c == '<' {
		if full, _ := judge.Mask(value); full {
			return 0, 0, false // as most of what begins so is
		}
	}
	look := s.look(value, start)
	credential := look.Credential || v.Class == names.Webhook && secretPath(value) || v.Class == names.Token && v.Strength == names.Medium && tokenOnly(value) || (p.worded || p.told && v.Strength == names.Strong) && isUUID(value)
	if !credential && v.Class == names.Password && v.Strength == names.Medium {
		credential = rowPassword(value) || s.chosen(value, v, p)
	}
	if v.Strength != names.Strong && (!credential || p.quote == 0 && dump(value)) {
		return 0, 0, false
	}
	if look.Nothing || look.Masked || look.Partial && v.Strength != names.Strong || look.Placeholder || s.e.ours(value) {
		return 0, 0, false
	}
	if p.told && !credential && !(p.quote != 0 && wholeLine(v.Class)) && !s.spoken(value, v, p) {
		return 0, 0, false
	}
	if p.gap && p.quote == 0 && (!credential && !(v.Strength == names.Strong && isUUID(value)) || pairAhead(value, 0)) {
		return 0, 0, false // "token_id= total=12": the value is empty
	}
	if s.said(value, p) {
		return finding.Doubtful, ByKey, true
	}
	if !credential && s.described(value, p) {
		return 0, 0, false
	}
	switch {
	case p.sep == '|' && columnType(value), p.sep == ':' && string(s.nameOf(p)) == "PASS":
		return 0, 0, false // a table is described; PASS: the verdict of a test
	case v.Class == names.Password && directory(value) && (p.kind != names.Flag && endsFold(s.nameOf(p), "pwd")):
		return 0, 0, false
	case v.Strength == names.Strong:
		if credential {
			return finding.Certain, ByKey | ByEntropy, true
		}
		if countable(v.Class) && (!credible(value) || echoes(s.text[p.keyStart:p.keyEnd], value)) ||
			p.sep == ' ' && p.kind != names.Flag && (len(value) < 4 || v.Class == names.Secret) ||
			len(value) < 3 && v.Class != names.Password && v.Class != names.Passphrase {
			return finding.Doubtful, ByKey, true
		}
		return finding.Likely, ByKey, true
	case credential && (v.Strength == names.Medium || judge.Random(value) > weakRandom && !judge.Ambiguous(value) && !judge.Composite(value)):
		return finding.Likely, ByKey | ByEntropy, true
	}
	return finding.Doubtful, ByKey, true
}

// rowPassword tells rows of letters and digits (abcd1234, 1qaz2wsx), which are
// data under other names and what people choose as passwords.
func rowPassword(v []byte) bool {
	digits := 0
	for _, c := range v {
		if lex[c]&isWord == 0 {
			return false
		}
		if lex[c]&isDigit != 0 {
			digits++
		}
	}
	return digits > 0 && digits < len(v) && len(v) >= shortestMedium && judge.Benign(v) == judge.Sequence
}

// tokenOnly tells what is data under other names and a credential where the
// name ends in token: a UUID, and a number too long to count anything.
func tokenOnly(v []byte) bool {
	if isUUID(v) {
		return true
	}
	for _, c := range v {
		if lex[c]&isDigit == 0 {
			return false
		}
	}
	return len(v) > 20 // digits of the largest 64-bit number
}

func isUUID(v []byte) bool {
	if len(v) != 36 {
		return false
	}
	for i, c := range v {
		if hyphen := i == 8 || i == 13 || i == 18 || i == 23; hyphen != (c == '-') || !hyphen && lex[c]&isHex == 0 {
			return false
		}
	}
	return true
}

// dump tells an object printed as Type{…} or Type(…).
func dump(v []byte) bool {
	i := 0
	for i < len(v) && lex[v[i]]&isWord != 0 {
		i++
	}
	return i > 0 && i < len(v) && v[0]-'A' < 26 && (v[i] == '{' || v[i] == '(')
}

// judgeCode judges a short numeric code or what it is derived from.
func (s *Scanner) judgeCode(value []byte, v names.Verdict) (finding.Confidence, Evidence, bool) {
	if judge.Nothing(value) && v.Strength != names.Strong || judge.Placeholder(value) || s.e.ours(value) {
		return 0, 0, false
	}
	if full, _ := judge.Mask(value); full {
		return 0, 0, false
	}
	digits := 0
	for _, c := range value {
		if lex[c]&isDigit != 0 {
			digits++
		}
	}
	switch {
	case digits == len(value) && (v.Strength == names.Strong && digits >= 3 || digits >= 4 && digits <= 8):
		return finding.Likely, ByKey, true
	case len(value) >= shortestMedium && judge.Credential(value):
		return finding.Certain, ByKey | ByEntropy, true
	}
	return finding.Doubtful, ByKey, true
}

// directory tells the value of PWD in its other sense.
func directory(v []byte) bool {
	return v[0] == '/' || v[0] == '~' || len(v) > 2 && v[1] == ':' && (v[2] == '\\' || v[2] == '/')
}

// maxJudged is how much of a value is judged; a longer one is judged by its start.
const maxJudged = 4 << 10

// secretPath reports whether the last segment of an address is what makes it a secret.
func secretPath(url []byte) bool {
	i := bytes.LastIndexByte(url, '/')
	return i > 0 && len(url)-i > shortestWeak && judge.Credential(url[i+1:])
}

// tooShort tells by its length alone that a value is no secret under a name that
// is not strong, or that it does not stand where such a name has one.
func (p *pair) tooShort(n int, v names.Verdict) bool {
	if v.Strength == names.Strong || v.Class == names.PIN || v.Class == names.OTP {
		return false
	}
	return n < shortestMedium || v.Strength == names.Weak && n < shortestWeak || p.sep == ' ' && p.kind != names.Flag && !p.told
}

// The shortest values that can be secrets under names that are not strong.
const (
	shortestMedium = 8
	shortestWeak   = 20
)

// countable tells the classes whose names also count things or name states
// (tokens, keys): a number or a plain word under them is no secret.
func countable(c names.Class) bool {
	switch c {
	case names.Token, names.Key, names.Session, names.Signature, names.Auth:
		return true
	}
	return false
}

// credible is the test a value under a countable name has to pass: not a
// number and not a single word of letters.
func credible(v []byte) bool {
	var digits, others int
	constant := true // API_VERSIONS
	for _, c := range v {
		switch {
		case lex[c]&isDigit != 0:
			digits++
			constant = false
		case c|0x20 < 'a' || c|0x20 > 'z':
			others++
			constant = constant && c == '_'
		case c >= 'a':
			constant = false
		}
	}
	if constant && others > 0 {
		return false
	}
	if digits == len(v) {
		return len(v) >= 12
	}
	if digits+others == 0 {
		return len(v) >= 16
	}
	return len(v) >= 6
}

// echoes reports whether a value is its own name, as where names are mapped to
// names: access_token: access_token.
func echoes(name, value []byte) bool {
	i := 0
	for _, c := range value {
		if lex[c]&isWord == 0 || c == '_' {
			if c != '_' && c != '-' && c != '.' {
				return false
			}
			continue
		}
		for i < len(name) && isSeparator(name[i]) {
			i++
		}
		if i == len(name) || name[i]|0x20 != c|0x20 {
			return false
		}
		i++
	}
	return i == len(name)
}

// columnType tells the types of columns where a table is described: name and type.
func columnType(v []byte) bool {
	for _, w := range [...]string{"text", "character", "varchar", "char", "bytea", "blob", "uuid", "json", "integer", "boolean", "string", "nvarchar", "binary", "varbinary"} {
		if hasFold(v, w) && (len(v) == len(w) || v[len(w)] == '(' || v[len(w)] == ' ') {
			return true
		}
	}
	return false
}

// filler tells what stands in place of a value: nothing, a mask, a placeholder.
func filler(v []byte) bool {
	full, _ := judge.Mask(v)
	return full || judge.Nothing(v) || judge.Placeholder(v)
}

// endsFold reports whether t ends with the lower-case ASCII string p in either case.
func endsFold(t []byte, p string) bool { return len(t) >= len(p) && hasFold(t[len(t)-len(p):], p) }
