package main

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"
)

// Loggers write a value escaped for where they put it. Each of these is one
// layer of that.
var layers = []func(string) string{
	jsonText(false),
	jsonText(true),
	func(s string) string { return strings.ReplaceAll(jsonText(false)(s), "/", `\/`) },
	func(s string) string { return strings.ReplaceAll(s, "'", `\'`) },
	singleQuoted,
	percent,
	html.EscapeString,
	func(s string) string {
		if strings.Contains(s, `\"`) {
			return s // escaped once: nobody doubles that too
		}
		return strings.ReplaceAll(s, `"`, `""`)
	},
	func(s string) string { return strings.ReplaceAll(s, "'", `''`) },
	func(s string) string { return strings.ReplaceAll(s, "'", `'\''`) },
	func(s string) string {
		return strings.NewReplacer("#{", `\#{`, "#$", `\#$`, "#@", `\#@`).Replace(jsonText(false)(s))
	},
	func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	// A value that stands in a shown string twice: Python's repr of a text with both quotes.
	func(s string) string { return strings.ReplaceAll(s, `\`, `\\`) },
}

// jsonText is the inside of a JSON string, as Go writes it for HTML or not.
func jsonText(forHTML bool) func(string) string {
	return func(s string) string {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(forHTML)
		if e.Encode(s) != nil {
			return s
		}
		t := strings.TrimSuffix(b.String(), "\n")
		return t[1 : len(t)-1]
	}
}

// singleQuoted is the inside of a literal in single quotes, as Python and
// JavaScript show strings.
func singleQuoted(s string) string {
	return strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s)
}

// forms are the value with up to three layers around it, longest first as
// far as they differ.
func forms(value string) []string {
	all := []string{value}
	seen := map[string]bool{value: true}
	for from, depth := 0, 0; depth < 3; depth++ {
		to := len(all)
		for _, s := range all[from:to] {
			for _, layer := range layers {
				if t := layer(s); !seen[t] {
					seen[t] = true
					all = append(all, t)
				}
			}
		}
		from = to
	}
	return all
}

// A place is a stretch of bytes.
type place struct{ start, end int }

// find returns where the value stands in text, in any form. Where one form
// stands inside another, the longer counts. A value of several lines may have
// been torn apart; its lines are looked for then.
func find(text, value string) []place {
	if p := findForms(text, value); p != nil {
		return p
	}
	if !strings.Contains(value, "\n") {
		return nil
	}
	var all []place
	for _, l := range strings.Split(value, "\n") {
		if len(l) >= 8 {
			all = append(all, findForms(text, l)...)
		}
	}
	return all
}

func findForms(text, value string) []place {
	var all []place
	for _, form := range forms(value) {
		for at := 0; ; {
			i := strings.Index(text[at:], form)
			if i < 0 {
				break
			}
			all = append(all, place{at + i, at + i + len(form)})
			at += i + len(form)
		}
	}
	var out []place
next:
	for i, p := range all {
		for j, q := range all {
			if i != j && q.start <= p.start && p.end <= q.end && (q != p || j < i) {
				continue next
			}
		}
		out = append(out, p)
	}
	return out
}

func (p place) String() string { return fmt.Sprintf("%d-%d", p.start, p.end) }
