// Package redact turns spans into bytes: it decides what happens to each
// candidate a scan finds and writes the text with the secrets replaced.
// Redacting returns no error and fails closed: what cannot be decided becomes
// a marker.
package redact

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/internal/names"
	"github.com/stanch/stanch/internal/seal"
	"github.com/stanch/stanch/inventory"
	"github.com/stanch/stanch/scan"
)

// Options are what an Engine needs beside its document.
type Options struct {
	// Key makes hashes and fingerprints: at least 32 random bytes. Nil looks for
	// the document's key file, then for STANCH_KEY.
	Key []byte
	// RandomKey makes a key for this run where none is configured. Fingerprints
	// then compare within the run only, and a policy that hashes is refused.
	RandomKey bool
	// Detectors replace the built-in ones; nil for those.
	Detectors []detectors.Detector
	// Environ is an environment, as os.Environ gives it. Values in it that look
	// secret by their names or by themselves are known secrets beside those of the
	// document's inventory.
	Environ []string
	// Mask is written for every value that is masked; empty for the marker of its
	// detector. It is text that others wrote before and readers look for, such as
	// ****; unlike a marker it need not be harmless where it stands.
	Mask string
	// Version names the policy, for whoever asks an Engine which one it has.
	Version string
	// OnFinding takes the findings of every Redactor and Writer that has no
	// function of its own. It is called from all their goroutines.
	OnFinding func(finding.Finding)
}

// Engine is a compiled policy: detectors, actions and keys. It is immutable
// and safe for concurrent use; each goroutine redacts through a Redactor or
// Writer of its own.
type Engine struct {
	scan      *scan.Engine
	version   string
	notes     []string
	refused   []*inventory.Refusal
	detectors []detector
	rules     []rule
	standard  int          // index of the default
	needKey   bool         // some rule looks at the key
	shadow    bool         // nothing is changed
	format    []*formatter // by key, the one in force first; nil if no rule asks for it
	allow     allowlist
	ring      *keyring     // nil without a key
	seal      *seal.Sealer // nil without recipients
	vocab     *envelope.Vocabulary
	mask      string // in the place of markers; empty for none
	limits    Limits
	echo      Echo
	onFinding func(finding.Finding)
}

// detector is what redaction needs to know of a detector.
type detector struct {
	id, title, version string
	severity           finding.Severity
	identifier         bool
	prefixes           []string // public ones, which Partial keeps
}

// Version returns the name that Options gave the policy.
func (e *Engine) Version() string { return e.version }

// New compiles a document. Errors of the document give file, line and column.
func New(doc *Document, o Options) (*Engine, error) {
	if doc.Version != 1 {
		return nil, fmt.Errorf("policy version %d: want 1", doc.Version)
	}
	all, notes, err := o.load(doc.Rules)
	if err != nil {
		return nil, err
	}
	if all, err = withKnown(all); err != nil {
		return nil, err
	}
	e := &Engine{version: o.Version, limits: doc.Limits, echo: doc.Echo, shadow: doc.Shadow, notes: notes, vocab: new(envelope.Vocabulary), mask: o.Mask, onFinding: o.OnFinding}
	if e.limits.MaxLine == 0 {
		e.limits.MaxLine = defaultMaxLine
	}
	if e.limits.MaxCandidates == 0 {
		e.limits.MaxCandidates = defaultMaxCandidates
	}
	// Markers of detectors that are switched off are still ours.
	for i := range all {
		if all[i].ID == envelope.Unscanned {
			return nil, fmt.Errorf("%s:%d: detector id %q is reserved", all[i].File, all[i].Line, all[i].ID)
		}
		e.vocab.AddDetector(all[i].ID, prefixes(&all[i])...)
	}
	on, err := doc.Detectors.choose(all)
	if err != nil {
		return nil, err
	}
	for i := range on {
		d := &on[i]
		e.detectors = append(e.detectors, detector{d.ID, d.Title, version(d), d.Severity, d.Identifier, prefixes(d)})
	}
	if e.ring, err = newKeyring(doc.Key, &o); err != nil {
		return nil, err
	}
	if e.ring != nil {
		e.vocab.AddKey(e.ring.id)
		for _, k := range e.ring.previous {
			e.vocab.AddKey(k.id)
		}
	}
	if err := e.openSeal(doc.Seal); err != nil {
		return nil, err
	}
	if err := e.compileRules(doc.Policy, all); err != nil {
		return nil, err
	}
	if err := e.compileAllow(doc.Allow, all); err != nil {
		return nil, err
	}
	var extra []names.Name
	var ok bool
	for _, n := range doc.Names.Secret {
		name := names.Name{Text: n.Text, Strength: names.Strong, Class: names.Secret}
		if n.Class != "" {
			if name.Class, ok = names.ParseClass(n.Class); !ok {
				return nil, n.Pos.errorf("class: want %s", oneOf(names.Classes()))
			}
		}
		if n.Strength != "" {
			if name.Strength, ok = names.ParseStrength(n.Strength); !ok {
				return nil, n.Pos.errorf("strength: want strong, medium or weak")
			}
		}
		extra = append(extra, name)
	}
	for _, n := range doc.Names.Harmless {
		extra = append(extra, names.Name{Text: n.Text, Remove: true})
	}
	e.scan, err = scan.Compile(on, scan.Options{MaxLine: e.limits.MaxLine, Vocabulary: e.vocab, Names: extra})
	if err != nil {
		return nil, err
	}
	if err := e.openInventory(doc.Inventory, o.Environ); err != nil {
		return nil, err
	}
	return e, nil
}

// choose returns the selected detectors. A pattern that fits none is an error:
// it is misspelt, or the detector it means is gone.
func (s *Selection) choose(all []detectors.Detector) ([]detectors.Detector, error) {
	fits := func(ps []Pattern, d *detectors.Detector) bool {
		return slices.ContainsFunc(ps, func(p Pattern) bool { return glob(p.Text, []byte(d.ID)) })
	}
	for _, p := range slices.Concat(s.Only, s.Skip) {
		if err := p.fitsAny(all); err != nil {
			return nil, err
		}
	}
	var on []detectors.Detector
	for i := range all {
		// Known secrets were named one by one: only says nothing of them.
		if (len(s.Only) == 0 || all[i].Kind == detectors.Known || fits(s.Only, &all[i])) && !fits(s.Skip, &all[i]) {
			on = append(on, all[i])
		}
	}
	named := len(s.Only) > 0 && fits(s.Only, &all[len(all)-1]) // nothing but known secrets
	if !named && len(all) > 1 && !slices.ContainsFunc(on, func(d detectors.Detector) bool { return d.Kind != detectors.Known }) {
		pos := slices.Concat(s.Skip, s.Only)[0].Pos
		return nil, pos.errorf("no detector is left")
	}
	return on, nil
}

func (p Pattern) fitsAny(all []detectors.Detector) error {
	for i := range all {
		if glob(p.Text, []byte(all[i].ID)) {
			return nil
		}
	}
	return p.Pos.errorf("no detector is called %q", p.Text)
}

// prefixes returns what a partial mask may keep: literals that begin a token,
// made of characters that are valid wherever a marker is.
func prefixes(d *detectors.Detector) []string {
	if d.Kind != detectors.Prefix || d.Before != nil || d.Fold {
		return nil
	}
	var out []string
	for _, l := range d.Literals {
		if envelope.Unreserved(l) {
			out = append(out, l)
		}
	}
	return out
}

// version changes when what the detector looks for does.
func version(d *detectors.Detector) string {
	h := sha256.New()
	shape := func(s *detectors.Shape) string {
		if s == nil {
			return ""
		}
		return s.Source
	}
	check, required := "", false
	if d.Check != nil {
		check, required = d.Check.Name, d.Check.Required
	}
	fmt.Fprintf(h, "%q %d %q %t %q %q %q %t %t %g %q %t %q %q %d", d.ID, d.Kind, d.Literals, d.Fold,
		shape(d.Before), shape(d.After), d.Keywords, d.Loose, d.Anywhere, d.Entropy, check, required,
		d.Structure, d.Regex, d.Group)
	return hex.EncodeToString(h.Sum(nil)[:4])
}

// KeyID returns the id of the key outputs are made with, empty without one,
// and whether it is a random one for this run.
func (e *Engine) KeyID() (id string, random bool) {
	if e.ring == nil {
		return "", false
	}
	return e.ring.id, e.ring.random
}

// Notes returns what of the document's rule files does not apply here, each
// with file and line.
func (e *Engine) Notes() []string { return e.notes }

// Scan returns the engine's scanner. Spans index its detectors.
func (e *Engine) Scan() *scan.Engine { return e.scan }

// IsEnvelope reports whether the whole of value is a marker, hash, surrogate or sealed
// value that this engine, or one with an earlier key, put in the place of a secret.
func (e *Engine) IsEnvelope(value []byte) bool {
	if e.vocab.Is(value) || e.mask != "" && string(value) == e.mask {
		return true
	}
	for _, f := range e.format {
		if f.made(value) {
			return true
		}
	}
	return false
}

var (
	errNoKey        = errors.New("this action needs a key that lasts: set key.file or STANCH_KEY")
	errNoRecipients = errors.New("this action needs recipients: set seal.recipients or seal.recipients_file")
)

// Handle is an Engine that can be replaced while it is in use. Redactors take
// the new one with their next call, Writers at the next end of a line.
type Handle struct {
	p atomic.Pointer[Engine]
}

// NewHandle returns a handle that holds e.
func NewHandle(e *Engine) *Handle {
	h := new(Handle)
	h.Store(e)
	return h
}

// Load returns the engine in force.
func (h *Handle) Load() *Engine { return h.p.Load() }

// Store replaces the engine.
func (h *Handle) Store(e *Engine) {
	if e == nil {
		panic("redact: Store of a nil Engine")
	}
	h.p.Store(e)
}
