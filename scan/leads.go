package scan

import (
	"fmt"
	"strings"

	"github.com/stanch/stanch/internal/decode"
	"github.com/stanch/stanch/internal/names"
	"github.com/stanch/stanch/match"
)

// Encoded text is not looked for as such: base64 is in every log. What is
// looked for is how the marks of secrets look when they are encoded.

// encodedMarks are parts of names, schemes and tokens. The first letter of a
// word is left out where it may be a capital or not. Each costs three literals,
// and the filter is the slower the more there are.
var encodedMarks = strings.Fields(`assw ASSW ecret ECRET oken OKEN pi_key piKey PI_KEY rivate RIVATE uthoriz earer ookie s:// l:// p:// b://
	H4sIA "eyJ AKIA AIza ghp_ ghs_ ithub_pat_ glpat- xoxb- xoxp- _live_ sk-ant- sk-proj- npm_ hvs. dop_v1_`)

// numberedMarks are the marks looked for where bytes are written as numbers.
var numberedMarks = []string{"assword", "ASSWORD", "ecret", "oken", "uthoriz", "://"}

// escapedMarks are those looked for where even letters are escaped.
var escapedMarks = []string{"assw", "ecre", "oken"}

const leastRun = 8 // characters of an encoded run that follow a mark

// encodedLead is a literal that shows encoded text worth a look.
type encodedLead struct {
	literal match.Literal
	form    decode.Form
	phase   uint8
}

// Phases of leads to base64 are positions in a group of four. Other leads say
// whether they stand in the run or open it.
const (
	within uint8 = iota
	opening
)

func encodedLeads() (list []encodedLead) {
	add := func(f decode.Form, phase uint8, l match.Literal) {
		list = append(list, encodedLead{l, f, phase})
	}
	base64 := func(text string, phase, after int) {
		l := match.Literal{Text: text}
		if after > 0 {
			l.Gate = match.Gate{Class: base64Class, Min: after}
		}
		add(decode.Base64, uint8(phase), l)
	}
	// A mark may be the last of its row.
	mark := func(text string, phase int) {
		add(decode.Base64, uint8(phase), match.Literal{Text: text, Gate: match.Gate{Class: rowsClass, Min: leastRun}})
	}
	for _, m := range encodedMarks {
		written, phase := decode.Aligned(m)
		for i, w := range written {
			if len(w) >= 4 {
				mark(w, phase[i])
			}
		}
	}
	// UTF-16 as PowerShell takes commands in, with -EncodedCommand.
	for _, m := range []string{"assw", "ecre", "oken"} {
		written, phase := decode.Aligned(strings.Join(strings.Split(m, ""), "\x00") + "\x00")
		for i, w := range written {
			mark(w, phase[i])
		}
	}
	// What texts begin with: JSON, gzip, zlib, PEM, and base64 of these.
	for _, start := range []string{"eyJ", "W3si", "H4sI", "LS0tLS1CRUdJTi", "ZXlK", "SDRzSU", "TFMwdExTMUNSVWRKVGl"} {
		base64(start, 0, leastRun)
	}
	for _, start := range []string{"eJw", "eJx", "eJy", "eJz"} {
		base64(start, 0, 3*leastRun)
	}

	number := func(m, format, between string) string {
		var b strings.Builder
		for i := range len(m) {
			if i > 0 {
				b.WriteString(between)
			}
			fmt.Fprintf(&b, format, m[i])
		}
		return b.String()
	}
	for _, m := range numberedMarks {
		add(decode.Hex, within, match.Literal{Text: number(m, "%02x", ""), Fold: true})
		add(decode.Hex, within, match.Literal{Text: number(m, "%02x", " "), Fold: true})
		for _, between := range []string{" ", ",", ", "} {
			add(decode.Decimal, within, match.Literal{Text: number(m, "%d", between) + between[:1]})
		}
		add(decode.Decimal, within, match.Literal{Text: number(m, "0x%02x", ", "), Fold: true})
	}
	for _, m := range []string{"AKIA", "ghp_"} {
		add(decode.Hex, within, match.Literal{Text: number(m, "%02x", ""), Fold: true})
	}
	add(decode.Hex, within, match.Literal{Text: "1f8b0800", Fold: true, Gate: match.Gate{Class: hexClass, Min: leastRun}})
	add(decode.Hex, opening, match.Literal{Text: "proctitle=", Gate: match.Gate{Class: hexClass, Min: leastRun}})
	add(decode.Hex, opening, match.Literal{Text: "<Buffer ", Gate: match.Gate{Class: hexClass, Min: 2}})
	for _, open := range []string{"[]byte{", "[]uint8{", `"Buffer","data":[`, `"Buffer", "data": [`, `\"Buffer\",\"data\":[`} {
		add(decode.Decimal, opening, match.Literal{Text: open})
	}

	// The address in front of a password, and letters that need no escape.
	for _, f := range []struct {
		form   decode.Form
		format string
		words  bool
	}{{decode.Percent, "%%%02x", true}, {decode.Percent, "%%25%02x", false},
		{decode.Percent, "%%2525%02x", false}, {decode.Backslash, `\x%02x`, true},
		{decode.Backslash, `\u%04x`, true}, {decode.Backslash, `\%03o`, true}, {decode.Entity, "&#%d;", true}, {decode.Entity, "&#x%x;", true}} {
		add(f.form, within, match.Literal{Text: number("://", f.format, ""), Fold: true})
		add(f.form, within, match.Literal{Text: ":" + number("//", f.format, ""), Fold: true})
		for _, m := range escapedMarks {
			if f.words {
				add(f.form, within, match.Literal{Text: number(m, f.format, ""), Fold: true})
			}
		}
	}
	add(decode.Backslash, within, match.Literal{Text: `:\/\/`})
	return list
}

var (
	base64Class = match.Class{0x03ff_a800_0000_0000, 0x07ff_fffe_87ff_fffe}
	rowsClass   = match.Class{0x23ff_a800_0000_2400, 0x07ff_fffe_97ff_fffe} // and =, ends of lines, \
	hexClass    = match.Class{0x03ff_0000_0000_0000, 0x0000_007e_0000_007e}
)

// encoded adds the leads to encoded text. What cannot be decoded is reported
// as a value of a secret field or, without that detector, as any other.
func (b *builder) encoded() error {
	e := b.e
	if len(e.detectors) == 0 {
		return nil
	}
	e.opaque = 0
	if len(e.class) > int(names.Secret) && e.class[names.Secret] >= 0 {
		e.opaque = e.class[names.Secret]
	}
	for _, l := range encodedLeads() {
		if err := b.add(l.literal, use{kind: useEncoded, detector: -1, form: l.form, phase: l.phase}); err != nil {
			return err
		}
	}
	return nil
}
