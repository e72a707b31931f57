// Package stanch redacts secrets in text: in log messages, their fields, HTTP
// dumps, files, streams. A Redactor is made once and used everywhere:
//
//	r, err := stanch.New(nil)
//	if err != nil {
//		return err
//	}
//	slog.SetDefault(slog.New(r.Handler(slog.Default().Handler())))
//
// Redacting returns no error and fails closed: what cannot be scanned becomes a
// marker. Package stanchzap has the same for go.uber.org/zap.
package stanch

import (
	"io"
	"os"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/inventory"
	"github.com/stanch/stanch/redact"
)

// Policy says what is looked for and what happens to it. Nil stands for the
// default: all detectors, secrets masked, what only identifies left alone.
type Policy struct {
	doc   *redact.Document
	key   []byte
	known *inventory.Inventory // nil for that of the document
}

// ParsePolicy reads a policy document, version 1, in YAML. name is used in
// errors, which give line and column.
func ParsePolicy(name string, yaml []byte) (*Policy, error) {
	doc, err := redact.ParseDocument(name, yaml)
	if err != nil {
		return nil, err
	}
	return &Policy{doc: doc}, nil
}

// ReadPolicy reads a policy document from a file.
func ReadPolicy(path string) (*Policy, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ParsePolicy(path, text)
}

// WithKey returns the policy with a key for hashes and fingerprints, of at
// least 32 random bytes. Without one, that of the document counts, then
// STANCH_KEY, then a random one, with which a policy that hashes is refused.
func (p *Policy) WithKey(key []byte) *Policy {
	x := p.copy()
	x.key = key
	return x
}

// WithInventory returns the policy with known secrets in the place of those that
// its document names.
func (p *Policy) WithInventory(known *inventory.Inventory) *Policy {
	x := p.copy()
	x.known = known
	return x
}

func (p *Policy) copy() *Policy {
	if p == nil {
		return &Policy{doc: redact.DefaultDocument()}
	}
	x := *p
	return &x
}

func (p *Policy) document() *redact.Document {
	if p == nil {
		return redact.DefaultDocument()
	}
	return p.doc
}

// Redactor redacts by a policy. It is safe for concurrent use, and its policy
// can be replaced at any time.
type Redactor struct {
	handle *redact.Handle
	pool   sync.Pool // of *worker
	keys   atomic.Pointer[keyCache]
	report func(finding.Finding)
}

// Option tunes a Redactor.
type Option func(*Redactor)

// OnFinding makes the redactor report what it redacts. f is called from all
// goroutines that use the redactor; it gets no secret.
func OnFinding(f func(finding.Finding)) Option {
	return func(r *Redactor) { r.report = f }
}

// New returns a redactor. It takes some ten milliseconds: make one per program.
func New(p *Policy, options ...Option) (*Redactor, error) {
	r := &Redactor{}
	for _, o := range options {
		o(r)
	}
	e, err := r.engine(p)
	if err != nil {
		return nil, err
	}
	r.handle = redact.NewHandle(e)
	r.pool.New = func() any { return &worker{Redactor: r.handle.NewRedactor()} }
	return r, nil
}

func (r *Redactor) engine(p *Policy) (*redact.Engine, error) {
	o := redact.Options{RandomKey: true, OnFinding: r.report}
	if p != nil {
		o.Key = p.key
	}
	e, err := redact.New(p.document(), o)
	if err == nil && p != nil && p.known != nil {
		e = e.WithInventory(p.known)
	}
	return e, err
}

// Replace puts another policy in force: for whatever is redacted from now on,
// and for streams from their next line. Where it returns an error the old one
// stays.
func (r *Redactor) Replace(p *Policy) error {
	e, err := r.engine(p)
	if err == nil {
		r.handle.Store(e)
	}
	return err
}

// ReplaceInventory puts other known secrets in force, nil for none, and leaves the
// rest of the policy as it is. It costs next to nothing, so that it can be done
// whenever a secret is rotated. It must not be called at the same time as Replace.
func (r *Redactor) ReplaceInventory(known *inventory.Inventory) {
	r.handle.Store(r.handle.Load().WithInventory(known))
}

// Redact returns text with its secrets replaced: text itself if it has none, else
// a new slice.
func (r *Redactor) Redact(text []byte) []byte {
	x := r.pool.Get().(*worker)
	defer r.pool.Put(x)
	if out, changed := x.Redact(nil, text); changed {
		return out
	}
	return text
}

// RedactString is Redact for a string.
func (r *Redactor) RedactString(text string) string {
	x := r.pool.Get().(*worker)
	defer r.pool.Put(x)
	if out, changed := x.Redact(nil, bytesOf(text)); changed {
		return string(out)
	}
	return text
}

// RedactValue returns a value that is known to stand under a key: a field, a
// header, an attribute.
func (r *Redactor) RedactValue(key, value string) string {
	out, _ := r.value(key, value)
	return out
}

func (r *Redactor) value(key, value string) (out string, changed bool) {
	x := r.pool.Get().(*worker)
	defer r.pool.Put(x)
	if out, changed := x.RedactValue(nil, bytesOf(key), bytesOf(value)); changed {
		return string(out), true
	}
	return value, false
}

// bytesOf is the bytes of s, which nobody may write to. Redacting does not.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// Writer returns a writer that redacts a stream of lines and writes them to w.
// However the stream is cut into writes, the result is the same. The start of
// a line waits for its end; Close writes what still waits, and does not close w.
func (r *Redactor) Writer(w io.Writer) io.WriteCloser {
	return r.handle.NewWriter(w, redact.WriterOptions{OnFinding: r.report, Source: finding.Source{Kind: finding.Stream}})
}

// Reader returns a reader of what src has, redacted.
func (r *Redactor) Reader(src io.Reader) io.Reader {
	x := &reader{src: src}
	x.w = r.Writer(&x.out)
	return x
}

// reader reads ahead by a block, or by a line that is longer.
type reader struct {
	src io.Reader
	w   io.WriteCloser
	out queue
	buf []byte
	err error
}

const block = 64 << 10

func (x *reader) Read(p []byte) (int, error) {
	for len(x.out) == 0 && x.err == nil && len(p) > 0 {
		if x.buf == nil {
			x.buf = make([]byte, block)
		}
		n, err := x.src.Read(x.buf)
		if _, e := x.w.Write(x.buf[:n]); e != nil {
			err = e
		}
		if err != nil {
			if e := x.w.Close(); e != nil && err == io.EOF {
				err = e
			}
			x.err = err
		}
	}
	n := copy(p, x.out)
	x.out = x.out[n:]
	if n == 0 && len(p) > 0 {
		return 0, x.err
	}
	return n, nil
}

// queue is bytes that wait to be read.
type queue []byte

func (q *queue) Write(p []byte) (int, error) {
	*q = append(*q, p...)
	return len(p), nil
}
