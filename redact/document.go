package redact

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/stanch/stanch/finding"
)

// Document is a policy, version 1: which detectors run, what happens to what
// they find, and which key hashes it. configs/stanch.schema.json describes its
// YAML. A Document may hold allowed values; it prints none of them.
type Document struct {
	Version   int
	Rules     []RuleFile
	Detectors Selection
	Names     Names
	Policy    []Rule
	Allow     []Allowance
	Key       KeyFiles
	Limits    Limits
	Inventory InventoryFile
	Seal      Recipients
	Echo      Echo
	// Shadow makes every action that would change something report only.
	Shadow bool
}

// InventoryFile names the document that says where known secrets come from. The
// zero value is none.
type InventoryFile struct {
	Pos  Position
	Path string
	// Blind keeps keyed digests of the values instead of the values.
	Blind bool
}

// Selection chooses detectors by patterns over their ids, in which * stands
// for any run of characters. An empty Only is all of them; Skip wins.
type Selection struct {
	Only, Skip []Pattern
}

// Names changes the table of field names. In which style a name is written
// (fooBar, foo_bar, foo-bar) makes no difference; it counts alone and as the
// last words of a longer one.
type Names struct {
	Secret   []SecretName // these announce secrets
	Harmless []Pattern    // these say nothing of their values
}

// SecretName is a name that announces a secret.
type SecretName struct {
	Text string
	Pos  Position
	// Class is the sort of secret: password, passphrase, token, key, secret,
	// private-key, auth, session, cookie, otp, pin, signature, connection or
	// webhook. It decides which detector reports the value. Empty is secret.
	Class string
	// Strength is how much the name says: strong (any value is a secret, masks
	// and placeholders aside), medium (what looks like a credential is one) or
	// weak (it has to look random, too). Empty is strong.
	Strength string
}

// Pattern is a pattern and where it was written.
type Pattern struct {
	Text string
	Pos  Position
}

// Rule says what happens to candidates. All its conditions must hold; rules
// are tried in order and the first that fits decides. Behind the last one
// stand the defaults: keep identifiers, mask from medium confidence, keep.
type Rule struct {
	Pos        Position
	Detectors  []Pattern          // any of these ids; empty for any detector
	Severity   finding.Severity   // at least
	Confidence finding.Confidence // at least
	Identifier *bool              // nil for both
	Keys       []Pattern          // any of these names, without regard to case and _ - . and blanks; * as in Detectors
	Paths      []Pattern          // any of these paths of files, or of values in their records; * as in Detectors
	Sources    []finding.Kind     // any of these
	Action     Action
	// First and Last are how many characters Partial keeps of either end; 0 and 0
	// keep the public prefix.
	First, Last int
}

// Allowance lets values pass that are known to be harmless. At most one of Value,
// Fingerprint, Pattern and Stopword says which; Detector, Key and Path say where.
// All that is set must hold, and something must be set.
type Allowance struct {
	Pos         Position
	Value       Value          // the whole value
	Fingerprint string         // as in a finding
	Pattern     *regexp.Regexp // fits the whole value; anchored by ParseDocument
	Stopword    string         // stands in the value, in either case; lower case here
	Detector    *Pattern       // nil for any detector
	Key         *Pattern       // as in Rule; nil for any name, and none
	Path        *Pattern       // as in Rule; nil for any path
	Reason      string
}

// Value is a value that a document allows. It does not print.
type Value struct{ text string }

// KeyFiles names the files of the key that hashes are made with and of earlier
// ones, whose hashes are still to be recognised.
type KeyFiles struct {
	File     string
	Previous []string
}

// Recipients are who can open what is sealed: public keys of age. The private ones
// belong on no machine that redacts.
type Recipients struct {
	Pos  Position
	Keys []Pattern
	File Pattern // with one key per line; empty for none
	// Previous are the ids of earlier sets, whose envelopes are still to be recognised.
	Previous []string
}

// Limits bound what one line or record may cost.
type Limits struct {
	MaxLine       int // bytes looked at as one line
	MaxCandidates int // candidates in one line, record or value
}

const (
	defaultMaxLine       = 256 << 10
	defaultMaxCandidates = 4096
	maxDocument          = 1 << 20 // bytes
)

// Position is a place in a document. The zero value is nowhere.
type Position struct {
	File         string
	Line, Column int
}

func (p Position) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %w", p.File, p.Line, p.Column, fmt.Errorf(format, args...))
}

// DefaultDocument returns the policy that holds where none is given: all
// detectors, identifiers kept, everything else masked from medium confidence.
func DefaultDocument() *Document {
	return &Document{Version: 1, Limits: Limits{MaxLine: defaultMaxLine, MaxCandidates: defaultMaxCandidates}}
}

// always reports whether a rule fits every candidate.
func (r *Rule) always() bool {
	return r.Severity == 0 && r.Confidence == 0 && r.Identifier == nil && r.Keys == nil && r.Paths == nil && r.Sources == nil &&
		(r.Detectors == nil || anything(r.Detectors))
}

// nearlyAlways counts a pattern that fits every name, or every path, as no condition.
func (r *Rule) nearlyAlways() bool {
	s := *r
	if anything(s.Keys) {
		s.Keys = nil
	}
	if anything(s.Paths) {
		s.Paths = nil
	}
	return s.always()
}

func anything(ps []Pattern) bool {
	return slices.ContainsFunc(ps, func(p Pattern) bool { return strings.Trim(p.Text, "*") == "" })
}
