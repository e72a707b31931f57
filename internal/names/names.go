// Package names judges field names: whether the value stored under a key is
// likely to be a secret.
//
// A key is split into words at separators, case changes and digits, so that
// containment is containment of whole words: compass holds no pass. Names are
// facts kept in two tables, names.tsv and benign.tsv.
package names

import (
	"fmt"
	"slices"
	"strings"
)

// Strength says how much a name alone tells about its value.
type Strength uint8

const (
	// None: the name says nothing.
	None Strength = iota
	// Weak: the value is a secret only if it is random or of a known shape.
	Weak
	// Medium: the value is a secret if it looks like a credential.
	Medium
	// Strong: any value that is no mask, placeholder, or empty is a secret.
	Strong
)

var strengths = [...]string{"none", "weak", "medium", "strong"}

func (s Strength) String() string { return strengths[s] }

// Class is what kind of secret a name announces.
type Class uint8

const (
	Unknown Class = iota
	Password
	Passphrase
	Token
	Key // API and licence keys
	Secret
	PrivateKey
	Auth // credential pairs, Authorization
	Session
	Cookie
	OTP // one-time codes and what they are derived from
	PIN // short numeric codes: PIN, card verification value
	Signature
	Connection // connection strings and URLs holding credentials
	Webhook    // URLs that are themselves the credential
)

var classes = [...]string{"unknown", "password", "passphrase", "token", "key", "secret", "private-key",
	"auth", "session", "cookie", "otp", "pin", "signature", "connection", "webhook"}

func (c Class) String() string { return classes[c] }

// ParseStrength returns the strength that the text names: weak, medium or strong.
func ParseStrength(text string) (Strength, bool) {
	i := slices.Index(strengths[:], text)
	return Strength(max(i, 0)), i > int(None)
}

// ParseClass returns the class that the text names, one of Classes.
func ParseClass(text string) (Class, bool) {
	i := slices.Index(Classes(), text)
	return Class(i + 1), i >= 0
}

// Classes returns the names of all classes that a name can announce. The caller
// must not change it.
func Classes() []string { return classes[Unknown+1:] }

// Kind is where a name was read. Attr is the general case: attributes, JSON,
// logfmt, any text. The others add names that are secrets only there, such as
// the query parameter sig or the cookie SID.
type Kind uint8

const (
	Attr Kind = iota
	Header
	Query
	Cookies
	Env
	Flag // key is the long flag with or without dashes, or "program -x"
	ConnString
	XML
	kinds
)

var kindNames = [...]string{"attr", "header", "query", "cookie", "env", "flag", "connstr", "xml"}

func (k Kind) String() string { return kindNames[k] }

// Verdict is the judgement of a name.
type Verdict struct {
	Strength Strength
	Class    Class
	// Benign: the name is known, or by its last word seen, to hold something
	// about a secret, a count, an index (token_type, max_tokens, cache_key).
	// Strength is None.
	Benign bool
}

// Name is an addition to the tables, or a removal from them.
type Name struct {
	// Text is spelled in any style (fooBar, foo_bar, foo-bar, foobar): all
	// styles are matched, alone and as the last words of a longer name.
	Text     string
	Strength Strength // for additions; None is refused
	Class    Class
	// Remove takes the name out: a key that is exactly Text is benign, and
	// Text no longer counts as the end or as a part of longer names.
	Remove bool
}

// rule is one row of the table, in memory.
type rule struct {
	strength Strength
	class    Class
	benign   bool
}

func (r rule) verdict() Verdict {
	if r.benign {
		return Verdict{Benign: true}
	}
	return Verdict{Strength: r.strength, Class: r.class}
}

func parseName(n Name) (words, compact string, err error) {
	if len(n.Text) > maxKey {
		return "", "", fmt.Errorf("field name of %d bytes: at most %d", len(n.Text), maxKey)
	}
	var s splitter
	s.split([]byte(n.Text))
	if len(s.compact) == 0 {
		return "", "", fmt.Errorf("field name %q has no letter or digit", n.Text)
	}
	if !n.Remove && (n.Strength == None || n.Strength > Strong) {
		return "", "", fmt.Errorf("field name %q: strength is weak, medium or strong", n.Text)
	}
	return strings.Trim(string(s.joined), "_"), string(s.compact), nil
}
