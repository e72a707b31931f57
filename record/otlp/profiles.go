package otlp

import (
	"bytes"
	"reflect"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pprofile"

	"github.com/stanch/stanch/redact"
)

func (w *worker) profiles(pd pprofile.Profiles) {
	number := int32(0)
	rps := pd.ResourceProfiles()
	for i := range rps.Len() {
		rp := rps.At(i)
		w.enter(rp.Resource())
		w.text(SchemaURL, rp.SchemaUrl(), rp.SetSchemaUrl)
		for j := range rp.ScopeProfiles().Len() {
			sp := rp.ScopeProfiles().At(j)
			w.scope(sp.Scope())
			w.text(SchemaURL, sp.SchemaUrl(), sp.SetSchemaUrl)
			for k := range sp.Profiles().Len() {
				w.record = number
				number++
				p := sp.Profiles().At(k)
				w.payload(p)
				w.text(PayloadFormat, p.OriginalPayloadFormat(), p.SetOriginalPayloadFormat)
			}
		}
	}
	w.flush()
	w.record, w.resource, w.named = -1, pcommon.Resource{}, false
	dict := pd.Dictionary()
	w.attributeTable(dict)
	w.flush()
	w.stringTable(dict.StringTable())
	w.finish()
	if len(w.dropped) == 0 {
		return
	}
	gone := w.gone()
	for i := range rps.Len() {
		for j := range rps.At(i).ScopeProfiles().Len() {
			rps.At(i).ScopeProfiles().At(j).Profiles().RemoveIf(func(pprofile.Profile) bool { return gone() })
		}
	}
}

// payload removes the profile in its original form if that holds a secret, or
// is compressed: nobody could look into it, and its copy is what counts.
func (w *worker) payload(p pprofile.Profile) {
	b := p.OriginalPayload()
	if b.Len() == 0 {
		return
	}
	w.raw = appendBytes(w.raw[:0], b)
	w.res.Bytes += int64(len(w.raw))
	if !packed(w.raw) {
		if w.r.Clean(w.raw) {
			return
		}
		w.at(Payload, Payload.String())
		if _, changed := w.redacted("", w.raw); !changed {
			w.settle(w.record)
			return
		}
	}
	if !w.o.Detect {
		w.res.Changed++
		b.FromRaw(nil)
		p.SetOriginalPayloadFormat("")
	}
	w.settle(w.record)
}

// packed knows what compressed files begin with: gzip (RFC 1952, 2.3.1), zlib
// (RFC 1950, 2.2) and zstd (RFC 8878, 3.1.1).
func packed(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0x1f, 0x8b}) || bytes.HasPrefix(b, []byte{0x28, 0xb5, 0x2f, 0xfd}) ||
		len(b) > 1 && b[0] == 0x78 && (int(b[0])<<8|int(b[1]))%31 == 0
}

// attributeTable visits the attributes of samples, mappings and locations, whose
// keys stand in the table of strings.
func (w *worker) attributeTable(d pprofile.ProfilesDictionary) {
	table, names := d.AttributeTable(), d.StringTable()
	for i := range table.Len() {
		a := table.At(i)
		key := ""
		if n := int(a.KeyStrindex()); n >= 0 && n < names.Len() {
			key = names.At(n)
		}
		w.trim()
		at := place{pos: AttributeTable, in: -1, tally: -1}
		told := w.k.of(key, w.r)
		if n := reference(a.Value()); n > 0 && n < names.Len() && told&sensitive != 0 {
			w.referred(at, key, names.At(n))
			continue
		}
		w.value(at, key, key, told, a.Value())
	}
}

// reference returns the place in the table of strings that a value stands for, or 0.
// pdata resolves such values in resources and scopes only, and shows others as empty.
func reference(v pcommon.Value) int {
	if v.Type() != pcommon.ValueTypeEmpty {
		return 0
	}
	message := reflect.ValueOf(v)
	if message.Kind() != reflect.Struct || message.NumField() == 0 || message.Field(0).Kind() != reflect.Pointer {
		return 0
	}
	one := message.Field(0).Elem().FieldByName("Value")
	if one.Kind() != reflect.Interface || one.IsNil() || one.Elem().Kind() != reflect.Pointer {
		return 0
	}
	index := one.Elem().Elem().FieldByName("StringValueStrindex")
	if index.Kind() != reflect.Int32 {
		return 0
	}
	return int(index.Int())
}

// referred redacts a value in the table of strings as what stands under a name.
func (w *worker) referred(at place, key, s string) {
	w.at(at.pos, w.path(at.pos, at.in, key))
	if out, ok := w.redacted(key, view(s)); ok {
		if w.replaced == nil {
			w.replaced = make(map[string]string)
		}
		w.replaced[s] = string(out)
	}
	w.settle(-1)
}

// stringTable redacts the strings that the rest refers to. What was the whole
// value of an attribute became something else there, and so it does here. The
// first string stays empty.
func (w *worker) stringTable(table pcommon.StringSlice) {
	var first int
	look := func() {
		for _, i := range w.r.Sift(&w.sieve) {
			w.entry(table, first+int(i))
		}
		w.sieve.Reset()
	}
	for i := range table.Len() {
		s := table.At(i)
		w.res.Bytes += int64(len(s))
		if after, ok := w.replaced[s]; ok && s != "" {
			table.SetAt(i, after)
			w.res.Changed++
			s = ""
		}
		if len(s) > maxSifted || w.o.MaxValue > 0 && len(s) > w.o.MaxValue {
			w.entry(table, i)
			s = ""
		}
		if w.sieve.Len() == 0 {
			first = i
		}
		if !w.sieve.Add(s) {
			look()
			first = i
			w.sieve.Add(s)
		}
	}
	look()
}

func (w *worker) entry(table pcommon.StringSlice, i int) {
	w.at(StringTable, StringTable.String())
	w.r.Default = redact.Keep
	if out, ok := w.redacted("", view(table.At(i))); ok {
		table.SetAt(i, string(out))
	}
	w.settle(-1)
}
