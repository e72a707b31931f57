package main

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"

	bobusumisu "github.com/BobuSumisu/aho-corasick"
	cloudflare "github.com/cloudflare/ahocorasick"
	petar "github.com/petar-dambovaliev/aho-corasick"
	re2 "github.com/wasilibs/go-re2"

	"github.com/stanch/stanch/match"
	"github.com/stanch/stanch/scan"
)

// Peers are slower, so they get the beginning of a corpus only: enough for a
// steady rate.
const (
	peerBytes   = 32 << 20
	regexpBytes = 32 << 10
)

// peers are the matchers of others, looking for the texts of an engine's
// literals. They know no gates, and those that cannot tell cased literals from
// caseless ones look for all of them in lowered text.
func peers(c *corpus, e *scan.Engine) []subject {
	lits := ungated(e.Literals())
	texts := lowered(lits)
	text := c.head(peerBytes)
	low := sync.OnceValue(func() []byte { return bytes.ToLower(text) })
	name := func(s string) string { return c.name + "/peer/" + s }

	cf := sync.OnceValue(func() *cloudflare.Matcher { return cloudflare.NewStringMatcher(texts) })
	trie := sync.OnceValue(func() *bobusumisu.Trie { return bobusumisu.NewTrieBuilder().AddStrings(texts).Build() })
	dfa := sync.OnceValue(func() petar.AhoCorasick {
		b := petar.NewAhoCorasickBuilder(petar.Opts{AsciiCaseInsensitive: true, DFA: true, MatchKind: petar.StandardMatch})
		return b.Build(texts)
	})
	wasm := sync.OnceValue(func() *re2.Regexp { return re2.MustCompile(alternation(lits)) })
	std := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(alternation(lits)) })

	list := []subject{
		over(name("cloudflare"), "texts per chunk", text, func(p []byte) int { return len(cf().Match(bytes.ToLower(p))) }),
		{name: name("cloudflare-lowered-before"), bytes: len(text), unit: "texts per chunk", run: func() (n int) {
			for _, p := range chunks(low()) {
				n += len(cf().Match(p))
			}
			return n
		}},
		over(name("bobusumisu"), "hits", text, func(p []byte) (n int) {
			trie().Walk(bytes.ToLower(p), func(_, _, _ int64) bool { n++; return true })
			return n
		}),
		over(name("petar-dambovaliev"), "hits", text, func(p []byte) (n int) {
			for it := dfa().IterOverlappingByte(p); it.Next() != nil; {
				n++
			}
			return n
		}),
		over(name("go-re2"), "leftmost hits", c.head(peerBytes/4), func(p []byte) int { return len(wasm().FindAllIndex(p, -1)) }),
		over(name("regexp"), "leftmost hits", c.head(regexpBytes), func(p []byte) int { return len(std().FindAllIndex(p, -1)) }),
	}
	return append(list, hyperscan(name("hyperscan"), lits, c.text)...)
}

// over is a subject that looks at text in chunks.
func over(name, unit string, text []byte, count func(chunk []byte) int) subject {
	pieces := chunks(text)
	return subject{name: name, bytes: len(text), unit: unit, run: func() (n int) {
		for _, p := range pieces {
			n += count(p)
		}
		return n
	}}
}

// lowered returns the distinct texts in lower case.
func lowered(lits []match.Literal) (texts []string) {
	for _, l := range lits {
		texts = append(texts, strings.ToLower(l.Text))
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// alternation writes literals as one regular expression.
func alternation(lits []match.Literal) string {
	parts := make([]string, len(lits))
	for i, l := range lits {
		parts[i] = regexp.QuoteMeta(l.Text)
		if l.Fold {
			parts[i] = "(?i:" + parts[i] + ")"
		}
	}
	return strings.Join(parts, "|")
}
