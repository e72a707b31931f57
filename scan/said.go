package scan

import (
	"bytes"

	"github.com/stanch/stanch/internal/judge"
	"github.com/stanch/stanch/internal/names"
)

// Behind a sensitive name may stand what is said about a secret rather than the
// secret: "password: required", "token: string", password = get_secret(name).
// All of it is compared as a whole with closed vocabularies or a grammar that no
// password of a person or a program is likely to follow.

// maxSaid is the longest value that is looked at for that.
const maxSaid = 200

// said reports whether value, that of p, says something about a secret.
func (s *Scanner) said(value []byte, p *pair) bool {
	if len(value) > maxSaid {
		return false
	}
	if end := p.start + len(value); end+2 <= len(s.text) && s.text[end] == '}' && s.text[end+1] == '}' &&
		bytes.Contains(s.text[max(0, p.keyStart-maxKey):p.keyStart], []byte("{{resolve:")) {
		return true // {{resolve:secretsmanager:db:SecretString:password}}
	}
	c := value[0]
	if p.quote != 0 {
		return (c|0x20)-'a' < 26 && (stated(value) || message(value))
	}
	if lex[c]&isWord == 0 && c != '$' || lex[c]&isDigit != 0 {
		return false
	}
	name := s.text[p.keyStart:p.keyEnd]
	return stated(value) || typed(value) || s.code(value, p) || usage(s.text, p, value) ||
		p.sep == '=' && root(name) && echo(name, value) // self.token = token
}

// stated tells states and outcomes, alone or, outside quotes, at the start of
// a sentence: required, not found, must not be empty.
func stated(v []byte) bool {
	first := v
	if i := bytes.IndexByte(v, ' '); i > 0 {
		first = v[:i]
	}
	for n := len(first); n > 0 && (first[n-1] == '.' || first[n-1] == ',' || first[n-1] == ';' || first[n-1] == '!' || first[n-1] == ')'); n-- {
		first = first[:n-1]
	}
	return statement(first) && !(string(first) == "correct" && wordsOnly(v))
}

// wordsOnly tells three lower-case words or more of which none holds a sentence
// together: a passphrase.
func wordsOnly(v []byte) bool {
	n := 0
	for w := range bytes.FieldsSeq(v) {
		for _, c := range w {
			if c-'a' >= 26 {
				return false
			}
		}
		if n++; joins(w) || n > 1 && statement(w) {
			return false
		}
	}
	return n >= leastWords
}

func statement(w []byte) bool {
	var buf [16]byte
	if len(w) < 2 || len(w) > len(buf) {
		return false
	}
	switch string(lowered(buf[:0], w)) {
	case "required", "optional", "missing", "invalid", "valid", "incorrect", "correct", "wrong", "expired", "expires", "changed", "unchanged",
		"updated", "reset", "set", "unset", "empty", "blank", "present", "absent", "provided", "found", "denied", "failed", "failure",
		"ok", "okay", "success", "successful", "succeeded", "accepted", "rejected", "revoked", "refreshed", "created", "deleted", "removed",
		"rotated", "generated", "enabled", "disabled", "unknown", "unsupported", "unavailable", "unauthorized", "forbidden",
		"authenticated", "unauthenticated", "authorized", "verified", "unverified", "verifying", "mismatch", "matches", "locked", "unlocked",
		"blocked", "pending", "sent", "received", "loaded", "loading", "saved", "stored", "requested", "retrieved", "fetched",
		"not", "is", "was", "has", "must", "cannot", "can't", "should", "does", "doesn't", "isn't", "too", "please", "permission", "unable",
		"error", "obligatoire", "requerido", "requerida", "obligatorio", "obligatoria", "obrigatorio", "obrigatório", "obrigatória", "campo", "erforderlich", "pflichtfeld", "vereist",
		"await", "new", "lambda", "function":
		return true
	}
	return false
}

// lowered appends w in lower case.
func lowered(dst, w []byte) []byte {
	for _, c := range w {
		if c-'A' < 26 {
			c |= 0x20
		}
		dst = append(dst, c)
	}
	return dst
}

// message tells what a form says about its field: three words or more, of which
// two are of those such messages are made of, or one and a full stop.
func message(v []byte) bool {
	words, known := 0, 0
	for w := range bytes.FieldsSeq(v) {
		words++
		w = bytes.TrimRight(w, ".,!:;)")
		var buf [16]byte
		if len(w) > len(buf) {
			return false
		}
		switch string(lowered(buf[:0], w)) {
		case "must", "required", "invalid", "incorrect", "wrong", "characters", "character", "blank", "empty", "match", "field", "cannot", "can't",
			"not", "is", "be", "at", "least", "too", "short", "long", "minimum", "maximum", "should", "contain", "please", "enter", "expired":
			known++
		}
	}
	return words >= 3 && (known >= 2 || known == 1 && v[len(v)-1] == '.')
}

// typed tells the names of types, as declarations and schemas have them.
func typed(v []byte) bool {
	v = bytes.TrimRight(v, ";,)!?")
	v = bytes.TrimSuffix(v, []byte("[]"))
	switch string(v) {
	case "string", "str", "String", "bytes", "Bytes", "text", "Text", "varchar", "char", "int", "Int", "integer", "Integer", "number", "Number",
		"boolean", "Boolean", "bool", "Bool", "object", "Object", "any", "Any", "unknown", "never", "Optional", "SecretStr", "SecretString",
		"keyword", "undefined", "NoneType", "Buffer", "Uint8Array", "ByteArray", "CharArray":
		return true
	}
	return false
}

// usage tells the help of a program: --password PASSWORD, --token string  The token.
func usage(t []byte, p *pair, v []byte) bool {
	if p.kind != names.Flag {
		return false
	}
	if bytes.HasPrefix(v, []byte("id=")) || bytes.HasPrefix(v, []byte("type=")) {
		return true // --secret id=npm,src=.npmrc
	}
	v = bytes.TrimRight(v, "]|)")
	env := p.keyEnd-p.keyStart > 4 && (hasFold(t[p.keyEnd-4:], "-env") || hasFold(t[p.keyEnd-4:], "_env"))
	for _, c := range v {
		if c != '_' && c-'A' >= 26 {
			return false
		}
	}
	return env || echo(t[p.keyStart:p.keyEnd], v)
}

// echo reports whether v is the name or its last words, whatever joins them.
func echo(name, v []byte) bool {
	i, k := len(name), len(v)
	for k > 0 {
		switch {
		case v[k-1] == '_':
			k--
		case i > 0 && isSeparator(name[i-1]):
			i--
		case i > 0 && name[i-1]|0x20 == v[k-1]|0x20:
			i, k = i-1, k-1
		default:
			return false
		}
	}
	return len(v) > 2
}

// code tells an expression of a program in place of a value: r.FormValue(…),
// os.environ[…], user.password, getSecret(name). A chain of names made of words
// has to be called, indexed, or end in the name of a secret.
func (s *Scanner) code(v []byte, p *pair) bool {
	i, links, last := 0, 0, 0
	for {
		from := i
		if i < len(v) && v[i] == '$' {
			i++
		}
		for i < len(v) && (lex[v[i]]&isWord != 0) {
			i++
		}
		if w := v[from:i]; len(w) == 0 || lex[w[0]]&isDigit != 0 || len(w) >= 8 && judge.Random(w) > 0.5 {
			return false
		}
		last = from
		n := link(v[i:])
		if n == 0 {
			break
		}
		links++
		i += n
	}
	name := v[last:i]
	for _, c := range v[:i] {
		if lex[c]&isDigit != 0 && links == 0 {
			return false
		}
	}
	rest := v[i:]
	quoted := false // the value was cut at a string
	if end := p.start + len(v); end < len(s.text) && &s.text[p.start] == &v[0] {
		_, _, n := quoteAt(s.text, end, len(s.text))
		quoted = n > 0
	}
	switch {
	case len(rest) == 0 || rest[0] == ';' && len(rest) == 1 || rest[0] == ')' || rest[0] == ',' && len(rest) == 1:
		return links > 0 && (s.e.names.Classify(name, names.Attr).Strength >= names.Medium || root(v))
	case rest[0] == '(':
		return (links > 0 || verb(name)) && (quoted && len(rest) == 1 || bytes.IndexByte(rest, ')') > 0 || rest[len(rest)-1] == ',' || rest[len(rest)-1] == '(')
	case rest[0] == '[':
		in, _, _ := bytes.Cut(rest[1:], []byte(","))
		if typed(in) {
			return true // Annotated[str, Field(min_length=8)]
		}
		return quoted && len(rest) == 1 || len(rest) > 2 && (rest[len(rest)-1] == ',' || links > 0 && rest[len(rest)-1] == ']')
	}
	return false
}

// link returns the length of what joins two names of a chain at v[0].
func link(v []byte) int {
	switch {
	case len(v) < 2:
		return 0
	case v[0] == '.' && (lex[v[1]]&isWord != 0):
		return 1
	case len(v) > 2 && (v[0] == '-' && v[1] == '>' || v[0] == ':' && v[1] == ':' || v[0] == '?' && v[1] == '.' || v[0] == '!' && v[1] == '.'):
		return 2
	}
	return 0
}

// root tells chains that begin with what holds the values of a program.
func root(v []byte) bool {
	v = bytes.TrimPrefix(v, []byte("$"))
	n := 0
	for n < len(v) && lex[v[n]]&isWord != 0 {
		n++
	}
	switch string(v[:n]) {
	case "self", "this", "config", "cfg", "conf", "settings", "options", "opts", "props", "params", "request", "req", "env", "args", "ctx",
		"context", "process", "data", "var", "local", "each", "module", "user", "os", "app", "state":
		return true
	}
	return false
}

// verb tells names of functions that give back a secret: getSecret, load_key.
func verb(name []byte) bool {
	for _, w := range [...]string{"get", "read", "load", "fetch", "generate", "decrypt", "decode", "create", "make", "build", "find", "lookup",
		"prompt", "random", "hash", "encode", "parse", "require", "must", "env", "resolve", "input"} {
		if len(name) > len(w) && hasFold(name, w) && (name[len(w)] == '_' || name[len(w)]-'A' < 26) {
			return true
		}
	}
	switch string(name) {
	case "getpass", "getenv", "env", "input", "str", "String", "bytes", "lookup", "md5", "sha1", "sha256", "uuid4", "randomUUID", "nanoid", "bcrypt":
		return true
	}
	return false
}

// nextField reports whether t goes on as a line of logfmt does behind a string:
// a blank, a name and an equals sign.
func nextField(t []byte) bool {
	i := 1
	for i < len(t) && i < maxKey && lex[t[i]]&isKey != 0 {
		i++
	}
	return i > 1 && i < len(t) && t[0] == ' ' && t[i] == '='
}

// markup reports whether the tag whose name begins at ks, and whose text at i,
// is one of XML: it begins the line, the string or what follows another tag, or
// the same line closes it. "AUTH <password> called" and "<user>:<password>@h"
// are none.
func (s *Scanner) markup(ks, i int) bool {
	t := s.text
	k := ks
	for k > 0 && t[k-1] != '<' {
		k--
	}
	for k--; k > 0 && lex[t[k-1]]&isBlank != 0; k-- {
	}
	if k <= 0 || lex[t[k-1]]&isEOL != 0 || t[k-1] == '>' || escapeBefore(t, k) > 0 {
		return true
	}
	if lex[t[k-1]]&isQuote != 0 {
		return i >= len(t) || t[i] != t[k-1]
	}
	from := i
	for i < len(t) && t[i] != '<' && lex[t[i]]&isEOL == 0 {
		i++
	}
	s.charge(from, i-from)
	if i+1 >= len(t) {
		s.open(from)
		return s.partial
	}
	return t[i] == '<' && t[i+1] == '/'
}
