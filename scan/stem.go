package scan

import (
	"github.com/stanch/stanch/internal/names"
	"github.com/stanch/stanch/match"
)

// stemLiteral is a literal that shows a stem of sensitive names where a value
// may follow.
type stemLiteral struct {
	text        string
	gate        match.Gate
	lead, trail uint8 // bytes of text before and behind the stem
}

// stemLiterals returns the literals for a stem. One that counts only at the
// end of a name is looked for together with what joins a name to its value:
// "key" alone is in every log, key= and "key": are not.
func stemLiterals(s names.Stem) []stemLiteral {
	if !s.Last {
		return []stemLiteral{{text: s.Text}}
	}
	list := []stemLiteral{
		{text: s.Text + " ", gate: match.Gate{Class: afterBlank, Min: 1}, trail: 1},
		{text: "-" + s.Text + " ", lead: 1, trail: 1},
	}
	if len(s.Text) < 3 {
		for _, sep := range []string{"=", ":", `"`, "'", `\`, "]", "%", ">"} {
			list = append(list, stemLiteral{text: s.Text + sep, trail: 1})
		}
		return list
	}
	if s.Text == "key" || s.Text == "token" || s.Text == "jwt" {
		list = append(list, stemLiteral{text: s.Text + " ", gate: spokenValue, trail: 1})
	}
	if goesOn(s.Text) {
		list = append(list, stemLiteral{text: s.Text + "_", gate: match.Gate{Class: afterUnderline, Min: 1}, trail: 1})
	}
	class := afterName
	if len(s.Text) > 3 {
		class.AddRange('0', '9')
	}
	return append(list, stemLiteral{text: s.Text, gate: match.Gate{Class: class, Min: 1}})
}

// worded are names with a word behind them: "var apiToken string = …", "your
// token is …". What can follow a name and a blank is no letter otherwise, since
// too much of prose is. And there are two of many keys, key1 and key2.
var worded = []stemLiteral{
	{text: "key1", gate: match.Gate{Class: afterName, Min: 1}, trail: 1},
	{text: "key2", gate: match.Gate{Class: afterName, Min: 1}, trail: 1},
	{text: "key1 ", gate: match.Gate{Class: afterBlank, Min: 1}, trail: 2},
	{text: "key2 ", gate: match.Gate{Class: afterBlank, Min: 1}, trail: 2},
	{text: " string =", trail: uint8(len(" string ="))},
	{text: "key is ", trail: uint8(len(" is "))},
	{text: "token is ", trail: uint8(len(" is "))},
	{text: "?code=", gate: spokenValue, lead: 1, trail: 1}, // of OAuth (RFC 6749, 4.1.2)
	{text: "&code=", gate: spokenValue, lead: 1, trail: 1},
	{text: "appid=", gate: spokenValue, trail: 1}, // of OpenWeather
	{text: "pass is ", trail: uint8(len(" is "))},
	{text: "otp is ", trail: uint8(len(" is "))},
	{text: "key provided: ", trail: uint8(len(" provided: "))},
	{text: "token refreshed: ", trail: uint8(len(" refreshed: "))},
	{text: "token received: ", trail: uint8(len(" received: "))},
	{text: "pin is ", trail: uint8(len(" is "))},
}

// tailed are names with a word behind them that says which one it is, and not
// what about it: tokenOld, LICENSE_KEY_NEW, appKeyProd.
func tailed() []stemLiteral {
	var list []stemLiteral
	for _, name := range [...]string{"key", "token"} {
		for _, tail := range [...]string{"_old", "_new", "new", "old", "prod", "staging", "backup", "plain"} {
			list = append(list, stemLiteral{text: name + tail, trail: uint8(len(tail))})
		}
	}
	for _, tail := range [...]string{"_old", "_new"} {
		list = append(list, stemLiteral{text: "pwd" + tail, trail: uint8(len(tail))})
	}
	return list
}

// goesOn tells the stems behind which a word that says which one it is (TOKEN_PROD,
// key_2, pass_new) is worth a literal of its own.
func goesOn(stem string) bool {
	return stem == "token" || stem == "key" || stem == "pass" || stem == "pwd"
}

// afterUnderline is what such words begin with; not what id, type, count, file,
// user, at, expires and their like begin with.
var afterUnderline = match.Class{0x03ff << 48, letters("bdhpsv")}

// letters returns the upper half of a class of letters of either case.
func letters(list string) (half uint64) {
	for _, c := range list {
		half |= 1<<(c-64) | 1<<(c&^0x20-64)
	}
	return half
}

// plurals are names of lists: "apiTokens":["v"], signing_keys=[v v].
func plurals() []stemLiteral {
	gate := match.Gate{Class: match.Class{0, 1 << ('[' - 64)}, Min: 1}
	var list []stemLiteral
	for _, name := range [...]string{"keys", "tokens"} {
		for _, sep := range [...]string{`":`, `": `, "=", `="`, ":", ": ", `": "`, `":"`, "': ", `"=>`} {
			list = append(list, stemLiteral{text: name + sep, gate: gate, trail: uint8(len(sep))})
		}
		for _, sep := range [...]string{"\x1b[", "=\x1b["} { // a colour
			list = append(list, stemLiteral{text: name + sep, trail: uint8(len(sep))})
		}
	}
	return list
}

// afterBlank is what can follow a name and a blank: a separator, a quote, the
// bracket of a value or of a place for one, or
// more blanks in aligned columns.
var afterBlank = match.Class{1<<' ' | 1<<'!' | 1<<'"' | 1<<'\'' | 1<<'+' | 1<<'-' | 1<<'.' | 1<<':' | 1<<'=' | 1<<'?', 1<<('|'-64) | 1<<('\\'-64) | 1<<('{'-64) | 1<<('['-64)}

// afterName is what can follow the last word of a name directly: quotes,
// separators and their escapes, the closing marks of a name, a colour, and what
// stands behind the name of a column or an element.
var afterName = match.Class{1<<'\t' | 1<<'\n' | 1<<'\r' | 1<<0x1b | 1<<'"' | 1<<'%' | 1<<'&' | 1<<'\'' | 1<<',' | 1<<':' | 1<<';' | 1<<'<' | 1<<'=' | 1<<'>',
	1<<('\\'-64) | 1<<(']'-64) | 1<<('`'-64) | 1<<('|'-64)}
