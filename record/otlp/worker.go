package otlp

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"strings"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata/entity"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/redact"
)

// worker visits one batch at a time.
type worker struct {
	o *Options
	e *redact.Engine
	r *redact.Redactor
	k known

	res Result
	err error

	signal   string
	resource pcommon.Resource
	named    bool // Source.Resource is that of resource
	pos      Position

	// record is the number of the log record, span, data point or profile in hand,
	// -1 outside. Those in dropped, in no order, are taken out in the end.
	record  int32
	dropped []int32
	silent  bool
	drop    bool // what was just redacted says that its record goes

	sieve   redact.Sieve
	items   []item // what is in sieve
	groups  []group
	nodes   []node
	paths   paths
	flushes uint32
	most    int // length in bytes of strings that are sifted

	bodies  [][]byte
	values  []pcommon.Value // of bodies, or words
	numbers []int32         // of their records
	tallies []int32         // of their summaries
	words   [][]byte
	args    []pcommon.Value // words
	argsIn  place

	argsPath, argsKey string // of the last arguments that were no item themselves
	argsPos           Position
	first             int64 // failures before
	tally             tally

	replaced map[string]string // whole values, in a batch of profiles

	buf, raw []byte
	onBody   func(i int, redacted []byte)
	onWord   func(i int, redacted []byte)
}

// item is a string that waits for its scan.
type item struct {
	value pcommon.Value
	key   string
	in    int32 // group
	// listed says that it is an item of a list, which has no key of its own.
	listed bool
}

// group is what items have in common: where they stand.
type group struct {
	place
	record int32
}

// node is a map or list on the way to a value.
type node struct {
	in    int32 // -1 for none
	key   string
	index int32 // in a list; -1 for a key
}

func newWorker(e *redact.Engine, o *Options) *worker {
	w := &worker{o: o, e: e, r: e.NewRedactor()}
	w.k.seed, w.k.rewritten = rand.Uint64(), w.rewritten
	w.r.Shadow = o.Detect
	w.r.Observe, w.r.OnFinding = w.match, o.OnFinding
	w.onBody, w.onWord = w.body, w.word
	if w.most = maxSifted; o.MaxValue > 0 {
		w.most = min(w.most, o.MaxValue)
	}
	return w
}

func (w *worker) begin(signal string) {
	w.res, w.err, w.signal, w.record = Result{}, nil, signal, -1
	w.r.Source = finding.Source{Kind: finding.OTLP, Signal: signal}
	w.hush(false)
}

// maxKept is how many elements of scratch space are kept from one batch to the next.
const maxKept = 1 << 14

// end lets go of the batch.
func (w *worker) end() {
	w.sieve.Reset()
	w.items, w.groups, w.nodes = kept(w.items), kept(w.groups), kept(w.nodes)
	w.bodies, w.values, w.numbers, w.words = kept(w.bodies), kept(w.values), kept(w.numbers), kept(w.words)
	w.args, w.tallies = kept(w.args), kept(w.tallies)
	w.dropped = kept(w.dropped)
	w.tally.end()
	w.replaced = nil
	w.resource, w.named = pcommon.Resource{}, false
	if cap(w.buf) > maxKept<<6 {
		w.buf = nil
	}
	if cap(w.raw) > maxKept<<6 {
		w.raw = nil
	}
}

// kept empties scratch space, which must not hold on to the batch.
func kept[T any](s []T) []T {
	if cap(s) > maxKept {
		return nil
	}
	return emptied(s)
}

func emptied[T any](s []T) []T {
	clear(s)
	return s[:0]
}

// view returns the bytes of s, which must not be written to.
func view(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// match takes what the redactor found.
func (w *worker) match(m redact.Match) {
	w.res.Findings++
	if m.Action == redact.Drop {
		w.drop = true
	}
	if w.o.Observe != nil {
		w.o.Observe(w.pos, m)
	}
}

// hush stops or starts the reporting of findings.
func (w *worker) hush(silent bool) {
	w.silent = silent
	w.r.Quiet = silent || w.o.OnFinding != nil && w.o.Wanted != nil && !w.o.Wanted()
}

// at prepares the redactor for what stands at a position. path is its place
// there.
func (w *worker) at(p Position, path string) {
	w.pos = p
	w.r.Source.Path = path
	w.r.Default = redact.Keep
	if p.identifies() {
		w.r.Default = redact.Token
	}
	if !w.named {
		w.r.Source.Resource = resourceName(w.resource)
		w.named = true
	}
	w.first = w.r.Failures()
}

// failed reports whether what was just redacted could not be, and then whether
// it must stay as it is.
func (w *worker) failed() (failed, pass bool) {
	if w.r.Failures() == w.first {
		return false, false
	}
	w.first = w.r.Failures()
	return true, w.fault()
}

// fault counts a value that cannot be redacted and reports whether it passes in
// clear.
func (w *worker) fault() (pass bool) {
	w.res.Failed++
	switch w.o.OnError {
	case DropRecord:
		w.drop = true
	case Refuse:
		if !w.o.Detect {
			w.err = ErrRefused
		}
	case Pass:
		w.res.Passed++
		return true
	}
	return w.o.Detect
}

// settle drops the record if what was redacted in it says so.
func (w *worker) settle(record int32) {
	if w.drop && record >= 0 && !w.o.Detect {
		w.dropped = append(w.dropped, record)
	}
	w.drop = false
}

// resourceName names a resource in findings.
func resourceName(r pcommon.Resource) string {
	if r == (pcommon.Resource{}) {
		return ""
	}
	for _, key := range [...]string{"service.name", "k8s.pod.name", "container.name", "host.name"} {
		if v, ok := r.Attributes().Get(key); ok && v.Type() == pcommon.ValueTypeStr && v.Str() != "" {
			return v.Str()
		}
	}
	return ""
}

// enter visits a resource, to which belongs what comes up to the next.
func (w *worker) enter(r pcommon.Resource) {
	w.flush()
	w.record = -1
	w.resource, w.named = r, false
	if w.silent {
		w.hush(false)
	}
	w.attributes(ResourceAttributes, r.Attributes())
	refs := entity.ResourceEntityRefs(r)
	for i := range refs.Len() {
		ref := refs.At(i)
		w.text(ResourceEntity, ref.SchemaUrl(), ref.SetSchemaUrl)
		w.text(ResourceEntity, ref.Type(), ref.SetType)
		w.strings(ResourceEntity, ref.IdKeys())
		w.strings(ResourceEntity, ref.DescriptionKeys())
	}
}

func (w *worker) scope(s pcommon.InstrumentationScope) {
	w.record = -1
	if silent := w.o.Silent != nil && w.o.Silent(s); silent != w.silent {
		w.flush()
		w.hush(silent)
	}
	w.text(ScopeName, s.Name(), s.SetName)
	w.text(ScopeVersion, s.Version(), s.SetVersion)
	w.attributes(ScopeAttributes, s.Attributes())
}

// text visits a string that is no attribute.
func (w *worker) text(p Position, s string, set func(string)) {
	if len(s) == 0 {
		return
	}
	w.res.Bytes += int64(len(s))
	if w.k.of(s, w.r)&clean != 0 {
		return
	}
	w.at(p, p.String())
	t := w.rewritten(p, false, s)
	if out, ok := w.redacted("", view(t)); ok {
		set(string(out))
	} else if t != s && !w.o.Detect {
		set(t)
	}
	w.settle(w.record)
}

// redacted returns what a value under a key becomes, if that is something else.
// The result is valid until the next call.
func (w *worker) redacted(key string, value []byte) ([]byte, bool) {
	if n := w.o.MaxValue; n > 0 && len(value) > n {
		w.res.Oversize++
		if !w.o.Detect {
			return w.oversize(key, value)
		}
	}
	out, changed := w.r.RedactValue(w.buf[:0], view(key), value)
	w.buf = out
	if _, pass := w.failed(); pass {
		return nil, false
	}
	if changed = changed && !w.o.Detect; changed {
		w.res.Changed++
	}
	return out, changed
}

// unscanned stands for what could not be looked at. It is the engine's marker.
const unscanned = "REDACTED-unscanned"

// oversize cuts a value or puts a marker in its place.
func (w *worker) oversize(key string, value []byte) ([]byte, bool) {
	w.res.Changed++
	if w.o.Oversize == DropOversize {
		return append(w.buf[:0], unscanned...), true
	}
	value = value[:w.o.MaxValue]
	if w.k.of(key, w.r)&sensitive != 0 {
		if out, changed := w.r.RedactValue(w.buf[:0], view(key), value); changed {
			w.buf = out
			return out, true
		}
	}
	// A secret that the cut goes through is redacted, not cut.
	out := bytes.NewBuffer(w.buf[:0])
	wr := w.e.NewWriter(out, redact.WriterOptions{Source: w.r.Source, OnFinding: w.found, OnMatch: w.cut})
	wr.Write(value)
	err := wr.Flush()
	w.buf = out.Bytes()
	if err != nil || wr.Stats().Failed > 0 {
		w.fault()
		w.buf = append(w.buf[:0], unscanned...)
	}
	return w.buf, true
}

func (w *worker) found(f finding.Finding) {
	if w.o.OnFinding != nil && !w.r.Quiet {
		w.o.OnFinding(f)
	}
}

// cut takes what was found in the beginning of an oversize value.
func (w *worker) cut(m redact.Match, _ finding.Finding) { w.match(m) }

// strings visits a list of strings that are no attributes.
func (w *worker) strings(p Position, list pcommon.StringSlice) {
	for i := range list.Len() {
		w.text(p, list.At(i), func(s string) { list.SetAt(i, s) })
	}
}

// attributes visits a map that is no value.
func (w *worker) attributes(p Position, m pcommon.Map) {
	if m.Len() == 0 {
		return
	}
	w.trim()
	w.members(place{pos: p, in: -1, tally: w.tally.open(w, m, p)}, "", m)
}

// trim forgets the nodes of earlier values when they have become many.
func (w *worker) trim() {
	if len(w.nodes) >= maxKept {
		w.flush()
		w.nodes = w.nodes[:0]
	}
}

// place is where a map, list or value stands.
type place struct {
	pos   Position
	depth int
	in    int32
	tally int32
}

// members visits the entries of a map. name is the sensitive name of the map, if
// that counts.
func (w *worker) members(at place, name string, m pcommon.Map) {
	rename := false
	var pair string
	if at.depth > 0 && m.Len() <= maxPair {
		pair = w.pair(m)
	}
	var g ref
	own := pair == "" && name == ""
	size := 0
	m.Range(func(k string, v pcommon.Value) bool {
		size += len(k)
		told := w.k.of(k, w.r)
		if told&clean == 0 {
			rename = true
		}
		if w.spared(k) {
			return true
		}
		if told&sensitive == 0 {
			if s := v.Str(); own && len(s) > 0 && len(s) <= w.most {
				size += len(s)
				w.sift(&at, &g, k, s, v, false)
				return true
			}
			switch {
			case pair != "" && isValueKey(k):
				w.value(at, pair, k, told|sensitive, v)
				return true
			case name != "":
				w.value(at, name, k, told|sensitive, v)
				return true
			}
		}
		w.value(at, k, k, told, v)
		return true
	})
	w.res.Bytes += int64(size)
	if rename {
		w.keys(at, m)
	}
}

// maxPair is how many entries a map may have that is a name and its value.
const maxPair = 8

// pair returns the sensitive name that a map such as {name: password, value: x}
// gives to its value, else nothing.
func (w *worker) pair(m pcommon.Map) (name string) {
	m.Range(func(k string, v pcommon.Value) bool {
		switch k {
		case "name", "key", "field", "header", "Name", "Key":
			if v.Type() == pcommon.ValueTypeStr && w.k.of(v.Str(), w.r)&sensitive != 0 {
				name = v.Str()
			}
		}
		return name == ""
	})
	return name
}

func isValueKey(k string) bool { return k == "value" || k == "Value" || k == "val" || k == "content" }

// value visits a value. name gives the context, key is where it stands.
func (w *worker) value(at place, name, key string, told verdict, v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		s := v.Str()
		w.res.Bytes += int64(len(s))
		switch {
		case len(s) == 0:
		case told&sensitive == 0 && len(s) <= w.most:
			var g ref
			w.sift(&at, &g, name, s, v, key == "")
		default:
			w.one(v, name, key, &group{at, w.record})
		}
	case pcommon.ValueTypeInt, pcommon.ValueTypeDouble, pcommon.ValueTypeBool:
		if told&sensitive != 0 && w.o.Numbers == JudgeNumbers {
			w.number(at, name, key, v)
		}
	case pcommon.ValueTypeBytes:
		w.bytes(at, name, key, v)
	case pcommon.ValueTypeMap:
		switch {
		case at.depth >= w.o.MaxDepth, told&sensitive != 0 && w.o.Maps == RedactMaps && v.Map().Len() > 0:
			w.whole(at, key, v, at.depth >= w.o.MaxDepth)
		default:
			inherited := ""
			if told&sensitive != 0 && w.o.Maps == InheritName {
				inherited = name
			}
			w.members(w.inside(at, key, -1), inherited, v.Map())
		}
	case pcommon.ValueTypeSlice:
		if at.depth >= w.o.MaxDepth {
			w.whole(at, key, v, true)
			return
		}
		in := w.inside(at, key, -1)
		list := v.Slice()
		if told&command != 0 && list.Len() > 1 {
			w.arguments(in, list)
		}
		for i := range list.Len() {
			w.item(in, name, i, told, list.At(i))
		}
	}
}

// item visits an item of a list.
func (w *worker) item(at place, name string, i int, told verdict, v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeMap, pcommon.ValueTypeSlice:
		at = w.inside(at, "", int32(i))
		at.depth--
	}
	w.value(at, name, "", told, v)
}

// inside returns the place inside a map or list.
func (w *worker) inside(at place, key string, index int32) place {
	w.nodes = append(w.nodes, node{at.in, key, index})
	at.in = int32(len(w.nodes) - 1)
	at.depth++
	return at
}

// maxSifted is the length in bytes up to which strings are copied for one scan
// of many.
const maxSifted = 2 << 10

// ref is a group, if it is from after the last flush.
type ref struct {
	group   int32
	flushes uint32 // at the time, plus one
}

// sift lets a string wait for the next scan. at is where its group is.
func (w *worker) sift(at *place, g *ref, key, s string, v pcommon.Value, listed bool) {
	if !w.sieve.Add(s) {
		w.flush()
		w.sieve.Add(s)
	}
	if g.flushes != w.flushes+1 {
		*g = ref{int32(len(w.groups)), w.flushes + 1}
		w.groups = append(w.groups, group{*at, w.record})
	}
	w.items = append(w.items, item{v, key, g.group, listed})
}

// flush scans what waits.
func (w *worker) flush() {
	for _, i := range w.r.Sift(&w.sieve) {
		x := &w.items[i]
		key := x.key
		if x.listed {
			key = ""
		}
		w.one(x.value, x.key, key, &w.groups[x.in])
	}
	w.sieve.Reset()
	w.items, w.groups = emptied(w.items), w.groups[:0]
	w.flushes++
}

// one redacts one string. name gives the context, key is where it stands.
func (w *worker) one(v pcommon.Value, name, key string, g *group) {
	s := v.Str()
	if w.fine(name, view(s), g.in) {
		return
	}
	w.at(g.pos, w.path(g.pos, g.in, key))
	if out, ok := w.redacted(name, view(s)); ok {
		if isURL(name) {
			out = withoutUserinfo(out)
		}
		w.put(v, g.place, key, string(out))
	}
	w.settle(g.record)
}

// put writes a changed string.
func (w *worker) put(v pcommon.Value, at place, key, after string) {
	if w.signal == profiles {
		if w.replaced == nil {
			w.replaced = make(map[string]string)
		}
		w.replaced[v.Str()] = after
	}
	v.SetStr(after)
	w.masked(at, key)
}

// number redacts a number under a sensitive name.
func (w *worker) number(at place, name, key string, v pcommon.Value) {
	w.raw = w.raw[:0]
	switch v.Type() {
	case pcommon.ValueTypeInt:
		w.raw = strconv.AppendInt(w.raw, v.Int(), 10)
	case pcommon.ValueTypeDouble:
		w.raw = strconv.AppendFloat(w.raw, v.Double(), 'f', -1, 64)
	default:
		w.raw = strconv.AppendBool(w.raw, v.Bool())
	}
	if w.fine(name, w.raw, at.in) {
		return
	}
	w.at(at.pos, w.path(at.pos, at.in, key))
	if out, ok := w.redacted(name, w.raw); ok {
		v.SetStr(string(out))
		w.masked(at, key)
	}
	w.settle(w.record)
}

// bytes redacts a byte string as text.
func (w *worker) bytes(at place, name, key string, v pcommon.Value) {
	b := v.Bytes()
	w.raw = appendBytes(w.raw[:0], b)
	w.res.Bytes += int64(len(w.raw))
	if w.fine(name, w.raw, at.in) {
		return
	}
	w.at(at.pos, w.path(at.pos, at.in, key))
	if out, ok := w.redacted(name, w.raw); ok {
		b.FromRaw(out)
		w.masked(at, key)
	}
	w.settle(w.record)
}

func appendBytes(dst []byte, b pcommon.ByteSlice) []byte {
	n := b.Len()
	for i := range n {
		dst = append(dst, b.At(i))
	}
	return dst
}

// whole puts a marker in the place of a map or list.
func (w *worker) whole(at place, key string, v pcommon.Value, deep bool) {
	w.at(at.pos, w.path(at.pos, at.in, key))
	if deep && w.fault() || w.o.Detect {
		return
	}
	v.SetStr(unscanned)
	w.res.Changed++
	w.masked(at, key)
	w.settle(w.record)
}

// fine reports whether a value in a map or list is clean. Its path would be written
// anew; those of attributes are kept, and cost nothing.
func (w *worker) fine(name string, value []byte, in int32) bool {
	return in >= 0 && w.o.MaxValue == 0 && w.r.CleanValue(view(name), value)
}

// paths are those of attributes, by their position and key.
type paths [64]struct {
	pos  Position
	key  string
	path string
}

// path writes where a value stands.
func (w *worker) path(p Position, in int32, key string) string {
	if in >= 0 || len(key) > maxPath {
		b := appendPath([]byte(p.String()), w.nodes, in)
		if key != "" {
			b = append(append(b, '.'), key...)
		}
		return string(b)
	}
	if key == "" {
		return p.String()
	}
	x := &w.paths[(w.k.hash(key)+uint64(p))%uint64(len(w.paths))]
	if x.path == "" || x.pos != p || x.key != key {
		x.pos, x.key, x.path = p, strings.Clone(key), p.String()+"."+key
	}
	return x.path
}

// maxPath is the length in bytes of the longest key that is kept with its path.
const maxPath = 128

func appendPath(b []byte, nodes []node, in int32) []byte {
	if in < 0 {
		return b
	}
	n := &nodes[in]
	b = appendPath(b, nodes, n.in)
	if n.index >= 0 {
		b = append(b, '[')
		b = strconv.AppendInt(b, int64(n.index), 10)
		return append(b, ']')
	}
	if n.key != "" {
		b = append(append(b, '.'), n.key...)
	}
	return b
}
