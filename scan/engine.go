package scan

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/internal/automaton"
	"github.com/stanch/stanch/internal/decode"
	"github.com/stanch/stanch/internal/envelope"
	"github.com/stanch/stanch/internal/names"
	"github.com/stanch/stanch/inventory"
	"github.com/stanch/stanch/match"
)

// Options tune an Engine. The zero value is the default.
type Options struct {
	// MaxLine is the longest line, in bytes, looked at as one; longer ones are
	// scanned in overlapping parts. 0 is 256 KiB, the least is 64 KiB.
	MaxLine int
	// Vocabulary recognises what an earlier pass left in place of a secret; nil
	// knows the markers of the detectors given.
	Vocabulary *envelope.Vocabulary
	// Names are additions to the table of field names and removals from it.
	Names []names.Name
	// NoDecoding leaves encoded text (base64, escapes, numbers) as it is: only
	// what detectors say of it themselves is found.
	NoDecoding bool
	// Inventory holds known secrets; nil for none. What it finds is reported by the
	// last detector of kind Known, and not at all where there is none.
	Inventory *inventory.Inventory
}

// Engine is a compiled set of detectors. It is immutable and safe for
// concurrent use; each goroutine scans through a Scanner or Stream of its own.
type Engine struct {
	detectors []detectors.Detector
	maxLine   int

	matcher  *match.Matcher
	literals []match.Literal
	leads    []lead // by literal
	stems    []stem // by literal, what is used of leads at most hits
	ungated  func() *match.Matcher

	names       *names.Classifier
	vendors     vendorWords
	class       []int32 // detector that reports values under a name, by names.Class; -1 for none
	userinfo    int32   // detector of passwords in addresses, -1 for none
	vocabulary  *envelope.Vocabulary
	narrow      []float32      // by detector, see narrowness
	brand       []bool         // by detector, see brands
	shapes      []shapeClasses // by detector
	classes     int            // that shapes number
	keywords    [][]string     // by detector, in lower case
	rules       *automaton.Set
	gated       []lineRule // rules without a usable literal
	opaque      int32      // detector that reports what could not be decoded
	inventory   *inventory.Inventory
	inventoried int32 // detector that reports known secrets, -1 for none
}

// lead is what a literal leads to. Where several expressions share it, one
// automaton for all of them has the first look.
type lead struct {
	uses  []use
	rules []use
	first *automaton.Union
}

// stem is what a literal leads to that only shows a stem of sensitive names.
type stem struct {
	alone       bool
	lead, trail uint8
}

// use is one detector at one of its literals.
type use struct {
	kind     useKind
	lead     uint8 // bytes of the literal before and
	trail    uint8 // behind the stem of a name
	detector int32
	parse    structure
	rule     *automaton.Rule
	anchor   int
	// unbounded: the rule is walked over the whole line at its first hit there.
	unbounded bool
	reach     int16 // how far behind a hit a rule looks, up to farMiss
	wide      bool  // its literal is a keyword: a match may begin before it
	// What leads to encoded text knows how that is written.
	form  decode.Form
	phase uint8
}

type useKind uint8

const (
	useField useKind = iota
	usePrefix
	useKeyed
	useStructure
	useRegex
	useEncoded
	useSeam // of no detector
)

const (
	defaultMaxLine = 256 << 10
	minMaxLine     = segmentSize
	maxGate        = 16 // bytes of a shape that the matcher itself asks for
	enoughGate     = 8  // of its first item's
)

// Compile builds an engine. It refuses detectors that cannot be anchored.
func Compile(ds []detectors.Detector, o Options) (*Engine, error) {
	e := &Engine{
		detectors:   ds,
		maxLine:     max(cmp.Or(o.MaxLine, defaultMaxLine), minMaxLine),
		vocabulary:  o.Vocabulary,
		rules:       automaton.NewSet(automaton.Options{}),
		inventoried: -1,
	}
	if e.vocabulary == nil {
		e.vocabulary = new(envelope.Vocabulary)
		for i := range ds {
			e.vocabulary.AddDetector(ds[i].ID)
		}
	}
	b := builder{e: e, index: map[literalKey]int{}, classes: map[match.Class]int32{}}
	if err := b.fields(o.Names); err != nil {
		return nil, err
	}
	for i := range ds {
		e.narrow = append(e.narrow, narrowness(&ds[i]))
		e.brand = append(e.brand, brands(&ds[i]))
		e.shapes = append(e.shapes, b.shapeClasses(&ds[i]))
		e.keywords = append(e.keywords, lower(ds[i].Keywords))
		if err := b.detector(int32(i), &ds[i]); err != nil {
			return nil, fmt.Errorf("%s:%d: detector %s: %w", ds[i].File, ds[i].Line, ds[i].ID, err)
		}
	}
	if e.inventoried >= 0 {
		e.inventory = o.Inventory
	}
	e.classes = len(b.classes)
	if !o.NoDecoding {
		if err := b.encoded(); err != nil {
			return nil, err
		}
	}
	if err := b.seams(); err != nil {
		return nil, err
	}
	b.unite()
	var err error
	if e.matcher, err = match.Compile(e.literals, match.WithLayout(defaultLayout)); err != nil {
		return nil, err
	}
	e.ungated = sync.OnceValue(func() *match.Matcher {
		bare := make([]match.Literal, len(e.literals))
		for i, l := range e.literals {
			bare[i] = match.Literal{Text: l.Text, Fold: l.Fold}
		}
		m, err := match.Compile(bare, match.WithKernel(match.Plain))
		if err != nil {
			return e.matcher
		}
		return m
	})
	return e, nil
}

// WithInventory returns the engine with other known secrets, nil for none. It
// costs nothing: all else is shared.
func (e *Engine) WithInventory(inv *inventory.Inventory) *Engine {
	x := *e
	if x.inventory = inv; x.inventoried < 0 {
		x.inventory = nil
	}
	return &x
}

// Inventory returns the known secrets that the engine looks for, nil without any.
func (e *Engine) Inventory() *inventory.Inventory { return e.inventory }

// Detectors returns what spans index. The caller must not change it.
func (e *Engine) Detectors() []detectors.Detector { return e.detectors }

// Literals returns what the engine looks for. The caller must not change it.
func (e *Engine) Literals() []match.Literal { return e.literals }

// Plan is how a detector is run.
type Plan struct {
	// Literals are what the matcher looks for on its behalf. Detectors that
	// report by field name, and vendor words that stand in field names, share
	// the stems of sensitive names and have none of their own.
	Literals []match.Literal
	// Before and After are the bytes a match can reach to each side of a literal.
	// Where the detector has no bound of its own, Bounded is false and they are
	// its cap; it is then walked over a line once.
	Before, After int
	Bounded       bool
	// EveryLine: no literal leads to the detector, so it is tried on every line.
	EveryLine bool
}

// Plan returns how the detector with that index is run.
func (e *Engine) Plan(detector int) Plan {
	p := Plan{Bounded: true}
	var r *automaton.Rule
	for i := range e.leads {
		for _, us := range [][]use{e.leads[i].uses, e.leads[i].rules} {
			for _, u := range us {
				if u.kind != useField && int(u.detector) == detector {
					p.Literals = append(p.Literals, e.literals[i])
					r = u.rule
					break
				}
			}
		}
	}
	for _, g := range e.gated {
		if int(g.detector) == detector {
			p.EveryLine, r = true, g.rule
		}
	}
	switch d := &e.detectors[detector]; {
	case r != nil:
		p.Before, p.After, p.Bounded = r.Window()
	case d.Kind == detectors.Prefix:
		if d.Before != nil {
			p.Before = d.Before.Max
		}
		if d.After != nil {
			p.After = d.After.Max
		}
		if d.Loose {
			p.After += maxLoose
		}
	case d.Kind == detectors.Keyed:
		p.After = maxVendor + 2*maxGlue + d.After.Max
	}
	return p
}

// Layout returns the placement of the engine's literals, for match.WithLayout.
func (e *Engine) Layout() []byte { return e.matcher.Layout() }

// ours reports whether the whole value was written by an earlier redaction.
func (e *Engine) ours(value []byte) bool {
	for len(value) > 0 && lex[value[len(value)-1]]&isBlank != 0 {
		value = value[:len(value)-1]
	}
	return len(value) > 0 && (value[0] == 'R' || value[0] == 'H' || len(value) > 12) && bytes.IndexByte(value, '-') > 0 && e.vocabulary.Is(value)
}

// marked reports whether text[from:to] lies in what an earlier redaction wrote.
func (e *Engine) marked(text []byte, from, to int) bool {
	for lim := min(len(text), from+len(markerStart)+maxMarker); to < lim && (lex[text[to]]&isWord != 0 || text[to] == '-'); to++ {
	}
	return bytes.HasPrefix(text[from:], markerStart) && e.vocabulary.Is(text[from:to])
}

var markerStart = []byte("REDACTED-")

// maxMarker is the most bytes that follow it.
const maxMarker = 64

// builder collects literals.
type builder struct {
	e       *Engine
	stems   []names.Stem
	index   map[literalKey]int
	classes map[match.Class]int32
}

// add makes a literal lead to a use. Literals of the same text are one: what
// follows is asked for as the least demanding of them does.
func (b *builder) add(l match.Literal, u use) error {
	if strings.ContainsAny(l.Text, "\r\n") {
		return fmt.Errorf("literal %q: a literal must not span lines", l.Text)
	}
	if l.Fold {
		l.Text = strings.ToLower(l.Text)
	}
	key := literalKey{l.Text, l.Fold}
	i, ok := b.index[key]
	if !ok {
		i = len(b.e.literals)
		b.index[key] = i
		b.e.literals = append(b.e.literals, l)
		b.e.leads = append(b.e.leads, lead{})
	}
	if g := &b.e.literals[i].Gate; l.Gate.Min == 0 {
		*g = match.Gate{}
	} else if g.Min > 0 {
		g.Class.Union(l.Gate.Class)
		g.Min = min(g.Min, l.Gate.Min)
	}
	to := &b.e.leads[i].uses
	if u.kind == useRegex {
		to = &b.e.leads[i].rules
	}
	*to = append(*to, u)
	return nil
}

type literalKey struct {
	text string
	fold bool
}

// unite makes the automata for the first look, and closes the set of rules.
func (b *builder) unite() {
	b.e.stems = make([]stem, len(b.e.leads))
	for i := range b.e.leads {
		if l := &b.e.leads[i]; len(l.rules) == 0 && len(l.uses) == 1 && l.uses[0].kind == useField {
			b.e.stems[i] = stem{true, l.uses[0].lead, l.uses[0].trail}
		}
		if l := &b.e.leads[i]; len(l.rules) > 1 && !slices.ContainsFunc(l.rules, func(u use) bool { return u.wide }) {
			var parts []automaton.Part
			for _, u := range l.rules {
				parts = append(parts, automaton.Part{Rule: u.rule, Anchor: u.anchor})
			}
			l.first = b.e.rules.Union(parts)
		}
	}
	b.e.rules.Freeze()
}

// fields adds the stems of sensitive names, if any detector reports by name.
func (b *builder) fields(extra []names.Name) error {
	e := b.e
	e.class = make([]int32, len(fieldStructures))
	e.userinfo = -1
	any := false
	for c := range e.class {
		e.class[c] = -1
	}
	for i := range e.detectors {
		if e.detectors[i].Structure == "url-userinfo" {
			e.userinfo = int32(i)
		}
		if c, ok := fieldClass(e.detectors[i].Structure); ok && e.detectors[i].Kind == detectors.Structure {
			e.class[c] = int32(i)
			any = true
		}
	}
	if !any {
		return nil
	}
	var err error
	if e.names, err = names.New(extra...); err != nil {
		return err
	}
	b.stems = e.names.Stems()
	for _, f := range slices.Concat(plurals(), tailed(), worded) {
		if err := b.add(match.Literal{Text: f.text, Fold: true, Gate: f.gate}, use{kind: useField, lead: f.lead, trail: f.trail}); err != nil {
			return err
		}
	}
	for _, s := range b.stems {
		for _, f := range stemLiterals(s) {
			l := match.Literal{Text: f.text, Fold: true, Gate: f.gate}
			if err := b.add(l, use{kind: useField, lead: f.lead, trail: f.trail}); err != nil {
				return err
			}
		}
	}
	return nil
}

// detector adds the literals of one detector.
func (b *builder) detector(i int32, d *detectors.Detector) error {
	u := use{detector: i}
	var gate match.Gate
	switch d.Kind {
	case detectors.Prefix:
		u.kind = usePrefix
		if d.After != nil {
			gate = shapeGate(d.After.Items)
		}
	case detectors.Keyed:
		u.kind = useKeyed
	case detectors.Structure:
		if _, ok := fieldClass(d.Structure); ok {
			return nil
		}
		u.kind = useStructure
		if u.parse, gate = structureOf(d.Structure); u.parse == nil {
			return fmt.Errorf("unknown structure %q", d.Structure)
		}
	case detectors.Regex:
		return b.regex(i, d)
	case detectors.Known:
		b.e.inventoried = i
		return nil
	default:
		return fmt.Errorf("a detector of kind %s cannot be compiled", d.Kind)
	}
	for _, l := range d.Literals {
		if u.kind == useKeyed && b.e.vendors.add(l, i) && reachable(l, b.stems) {
			continue
		}
		if err := b.add(match.Literal{Text: l, Fold: d.Fold, Gate: gate}, u); err != nil {
			return err
		}
	}
	return nil
}

// shapeGate returns what a shape certainly begins with: as many bytes as its
// first items have at least, of their classes together. It goes on beyond the
// first for short ones, while what can end a token is in none of the classes. A
// first byte of its own is asked for by itself.
func shapeGate(items []detectors.Item) (g match.Gate) {
	for i := range items {
		c := g.Class
		c.Union(items[i].Class)
		if g.Min > 0 && (items[0].Max == 1 || g.Min >= enoughGate || endsTokens(&c)) {
			break
		}
		g = match.Gate{Class: c, Min: min(maxGate, g.Min+items[i].Min)}
	}
	if g.Min == 0 {
		return match.Gate{}
	}
	return g
}

func endsTokens(c *match.Class) bool {
	for _, b := range []byte(" \t\"'\\<>,;(){}[]|&`") {
		if c.Has(b) {
			return true
		}
	}
	return false
}

func lower(list []string) (low []string) {
	for _, s := range list {
		low = append(low, strings.ToLower(s))
	}
	return low
}
