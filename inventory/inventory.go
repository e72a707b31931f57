package inventory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/stanch/stanch/inventory/dictionary"
)

// Options tune an Inventory. The zero value is the default.
type Options struct {
	// UnderKey keeps values that are too short or can be guessed, to be found
	// only as the whole value of a sensitive name. Else they are refused. A blind
	// inventory always refuses them: their digests could be guessed back.
	UnderKey bool
	// Blind keeps keyed digests of the values and nothing else of them.
	Blind *Key
}

// Key is what digests are made with: 32 bytes that are used for nothing else,
// and the id of the key that they are derived from.
type Key struct {
	ID    string
	Bytes []byte
}

// Inventory is an immutable set of known secrets. It is safe for concurrent use.
type Inventory struct {
	entries  paged[Meta]
	dict     *dictionary.Dictionary // of the values that are kept
	digests  []*digests             // of those that are not, by key
	patterns int
	longest  int
	weak     map[string]int32 // values that count under a sensitive name only
	weakest  int              // length of the longest of them
}

// A Hit is text[Start:End], a form of the secret of an entry.
type Hit struct {
	Start, End int
	Entry      int
	Form       Form
}

// Scratch is what a scan needs to work with. The zero value is ready; one serves
// one scan at a time.
type Scratch struct {
	dict      dictionary.Scratch
	hits      []dictionary.Hit
	digesters []*digester // by the digests of of
	of        *Inventory
}

const formBits = 3

// collector takes values in.
type collector struct {
	o        Options
	entries  paged[Meta]
	builder  dictionary.Builder
	writer   writer
	weak     map[string]int32
	longest  int
	digester *digester  // nil unless blind
	digested            // with the key of the options
	loaded   []digested // with others, or the same
	ids      ids
	refused  []error
	more     int // values refused besides
}

// digested is a set of values of which only records are kept, and their key.
type digested struct {
	key     []byte
	class   dictionary.Class
	records []record
}

// maxRefusals bounds how many refused values an error names.
const maxRefusals = 100

// New builds an inventory from sources. Where values were refused, the
// inventory of the others is returned together with an error that joins a
// *Refusal for each; any other error comes without an inventory.
func New(ctx context.Context, o Options, sources ...Source) (*Inventory, error) {
	c, err := collect(ctx, o, sources)
	if err != nil {
		return nil, err
	}
	return c.inventory(), c.refusals()
}

func collect(ctx context.Context, o Options, sources []Source) (*collector, error) {
	c := &collector{o: o, ids: ids{seed: maphash.MakeSeed()}, weak: map[string]int32{}}
	if o.Blind != nil {
		c.digester, c.key = newDigester(o.Blind.Bytes), o.Blind.Bytes
	}
	for _, s := range sources {
		if err := s.Values(ctx, c.add); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// refusals joins what was refused.
func (c *collector) refusals() error {
	if c.more > 0 {
		return errors.Join(append(c.refused, &Refusal{fmt.Sprintf("%d values more", c.more), errMore})...)
	}
	return errors.Join(c.refused...)
}

// inventory makes what was collected searchable.
func (c *collector) inventory() *Inventory {
	inv := &Inventory{entries: c.entries, weak: c.weak, longest: c.longest, dict: c.builder.Build()}
	for v := range c.weak {
		inv.weakest = max(inv.weakest, len(v))
	}
	inv.patterns = inv.dict.Len()
	for _, d := range merged(append(c.loaded, c.digested)) {
		inv.patterns += len(d.records)
		inv.digests = append(inv.digests, newDigests(d.key, d.class, d.records))
	}
	return inv
}

// merged puts the records with one key together: a scan goes over the text once for
// each key.
func merged(sets []digested) (out []digested) {
	for _, d := range sets {
		i := slices.IndexFunc(out, func(x digested) bool { return string(x.key) == string(d.key) })
		switch {
		case len(d.records) == 0:
		case i < 0:
			out = append(out, d)
		default:
			out[i].class.Union(&d.class)
			out[i].records = append(out[i].records, d.records...)
		}
	}
	return out
}

func (c *collector) add(v Value) error {
	why := acceptable(v.Secret)
	if why == nil && c.digester != nil && len(v.Secret) < shortestBlind {
		why = errShortBlind
	}
	under := why != nil && c.o.UnderKey && c.digester == nil && len(v.Secret) > 0
	if why != nil && !under {
		if len(c.refused) < maxRefusals {
			c.refused = append(c.refused, &Refusal{v.At, why})
		} else {
			c.more++
		}
		return nil
	}
	entry := c.entries.len
	if at, ok := c.ids.claim(v.ID, v.At, entry, &c.entries); !ok {
		return fmt.Errorf("%s: the id %q is that of %s", v.At, v.ID, at)
	}
	c.entries.add(v.Meta)
	if under {
		c.weak[string(v.Secret)] = int32(entry)
		return nil
	}
	for piece := range pieces(v.Secret) {
		for form, p := range c.writer.forms(piece) {
			id := uint32(entry<<formBits | int(form))
			c.longest = max(c.longest, len(p))
			switch {
			case c.digester == nil:
				if err := c.builder.Add(p, id); err != nil {
					return fmt.Errorf("%s: %w", v.At, err)
				}
			case bucket(len(p)) >= 0:
				for _, b := range p {
					c.class.Add(b)
				}
				c.records = append(c.records, c.digester.record(p, id))
			}
		}
	}
	return nil
}

// Format keeps the values out of whatever prints an Inventory.
func (inv *Inventory) Format(w fmt.State, _ rune) {
	fmt.Fprintf(w, "inventory of %d secrets", inv.entries.len)
}

// Len returns the number of entries.
func (inv *Inventory) Len() int { return inv.entries.len }

// Entry returns what is known of the secret of an entry.
func (inv *Inventory) Entry(i int) Meta { return *inv.entries.at(i) }

// Patterns returns how many forms of values are looked for.
func (inv *Inventory) Patterns() int { return inv.patterns }

// Weak returns how many values count under a sensitive name only.
func (inv *Inventory) Weak() int { return len(inv.weak) }

// Memory returns the bytes that what is looked for takes.
func (inv *Inventory) Memory() int {
	n := inv.dict.Memory()
	for _, d := range inv.digests {
		n += d.memory()
	}
	return n
}

// Longest returns the length of the longest form, in bytes.
func (inv *Inventory) Longest() int { return inv.longest }

// Scan appends the places of known secrets in text, ordered by start. Nothing is
// allocated where nothing is found.
func (inv *Inventory) Scan(dst []Hit, text []byte, s *Scratch) []Hit {
	s.hits = inv.dict.Scan(s.hits[:0], text, &s.dict)
	if inv.digests != nil {
		if s.of != inv {
			s.of, s.digesters = inv, make([]*digester, len(inv.digests))
		}
		for i, d := range inv.digests {
			s.hits = d.scan(s.hits, text, s, &s.digesters[i])
		}
		slices.SortFunc(s.hits, func(a, b dictionary.Hit) int {
			return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.ID, b.ID))
		})
	}
	for _, h := range s.hits {
		dst = append(dst, Hit{h.Start, h.End, int(h.ID >> formBits), Form(h.ID & (1<<formBits - 1))})
	}
	return dst
}

// Value returns the entry of a value that stands, whole, under a sensitive
// name, and was too weak to be looked for elsewhere.
func (inv *Inventory) Value(value []byte) (entry int, ok bool) {
	if len(value) > inv.weakest {
		return 0, false
	}
	e, ok := inv.weak[string(value)]
	return int(e), ok
}

// Tail returns where in a text whose rest is to come a secret may begin that its
// end cuts, or len(text). Of values that are kept this is exact. Of digests
// nothing shorter than their prefixes is known, so that for them it is where the
// last bytes that values are made of begin.
func (inv *Inventory) Tail(text []byte) int {
	i := inv.dict.Tail(text)
	for _, d := range inv.digests {
		i = min(i, d.tail(text, inv.longest))
	}
	return i
}
