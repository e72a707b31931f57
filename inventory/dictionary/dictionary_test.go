package dictionary

import (
	"bytes"
	"fmt"
	"maps"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cloudflare/ahocorasick"
)

// naive finds every occurrence one pattern at a time.
func naive(patterns [][]byte, text []byte) (hits []Hit) {
	for id, p := range patterns {
		for off := 0; ; {
			i := bytes.Index(text[off:], p)
			if i < 0 {
				break
			}
			hits = append(hits, Hit{off + i, off + i + len(p), uint32(id)})
			off += i + 1
		}
	}
	order(hits)
	return hits
}

func build(t testing.TB, patterns [][]byte) *Dictionary {
	t.Helper()
	var b Builder
	for i, p := range patterns {
		if err := b.Add(p, uint32(i)); err != nil {
			t.Fatal(err)
		}
	}
	return b.Build()
}

// rungs returns the dictionary once for every kernel there is.
func rungs(d *Dictionary) map[string]*Dictionary {
	all := map[string]*Dictionary{}
	for r := plain; r <= best; r++ {
		with := *d
		with.rung = r
		all[r.String()] = &with
	}
	return all
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="

func token(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return b
}

// TestEveryPlace puts patterns of every length at every offset round the
// borders of blocks and chunks.
func TestEveryPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var patterns [][]byte
	for n := MinLen; n < 80; n++ {
		patterns = append(patterns, token(r, n), append([]byte("common-prefix-of-all"), token(r, n)...))
	}
	patterns = append(patterns, []byte("pässwörd mit ümlauten"), bytes.Repeat([]byte("ab"), 40), []byte("with blanks, \x00 and so on"))
	d := build(t, patterns)
	for name, d := range rungs(d) {
		var s Scratch
		for i, p := range patterns {
			for _, at := range []int{0, 1, 7, 8, 63, 64, 65, chunk - 64, chunk - len(p), chunk - 9, chunk - 8, chunk - 1, chunk, chunk + 1, 2*chunk - 10} {
				for _, fill := range []byte{'.', 'x'} {
					for _, tail := range []int{0, 1, 64} {
						text := bytes.Repeat([]byte{fill}, at)
						text = append(append(text, p...), bytes.Repeat([]byte{fill}, tail)...)
						hits := d.Scan(nil, text, &s)
						if !slices.Contains(hits, Hit{at, at + len(p), uint32(i)}) {
							t.Fatalf("%s: pattern %d of %d bytes at %d of %d: got %v", name, i, len(p), at, len(text), hits)
						}
					}
				}
			}
		}
	}
}

// TestDense: all kernels and the naive search agree where patterns overlap,
// contain one another and share everything but a few bytes.
func TestDense(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 200 {
		letters := "ab=-. "[:2+r.IntN(5)]
		if r.IntN(2) == 0 {
			letters = "aB3!f0 é"[r.IntN(3):][:2+r.IntN(5)]
		}
		draw := func(n int) []byte {
			b := make([]byte, n)
			for i := range b {
				b[i] = letters[r.IntN(len(letters))]
			}
			return b
		}
		text := draw(r.IntN(3000))
		var patterns [][]byte
		for range 1 + r.IntN(30) {
			n := MinLen + r.IntN(40)
			if i := len(text) - n; i > 0 && r.IntN(2) == 0 {
				i = r.IntN(i)
				patterns = append(patterns, text[i:i+n])
			} else {
				patterns = append(patterns, draw(n))
			}
		}
		want := naive(patterns, text)
		for name, d := range rungs(build(t, patterns)) {
			if got := d.Scan(nil, text, new(Scratch)); !slices.Equal(got, want) {
				t.Fatalf("%s: %q in %q:\n%v, want\n%v", name, patterns, text, got, want)
			}
		}
	}
}

// TestPeer: another implementation finds the same patterns in text that is made of them,
// of parts of them, and of what logs have.
func TestPeer(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	words := []string{"INFO", "2026-03-01T10:11:12Z", "com.example.Worker", "blk_3888", "0x3f2a91", " ", "=", "\n", "a", "finished", `\u0026`, "%2B"}
	var patterns [][]byte
	for i := range 300 {
		switch p := token(r, MinLen+r.IntN(50)); i % 4 {
		case 0:
			patterns = append(patterns, bytes.ToLower(p))
		case 1:
			patterns = append(patterns, fmt.Appendf(nil, "%x", p[:MinLen+r.IntN(len(p)-MinLen+1)]))
		case 2:
			patterns = append(patterns, []byte(words[r.IntN(len(words))]+"password"+words[r.IntN(len(words))]))
		default:
			patterns = append(patterns, p)
		}
	}
	peer := ahocorasick.NewMatcher(patterns)
	dictionaries := rungs(build(t, patterns))
	for range 300 {
		var text []byte
		for n := r.IntN(1500); n > 0; n-- {
			p := patterns[r.IntN(len(patterns))]
			switch r.IntN(8) {
			case 0:
				text = append(text, p...)
			case 1:
				text = append(text, p[r.IntN(len(p)):]...)
			case 2:
				text = append(text, p[:r.IntN(len(p))]...)
			default:
				text = append(text, words[r.IntN(len(words))]...)
			}
		}
		want := map[string]bool{}
		for _, i := range peer.Match(text) {
			want[string(patterns[i])] = true
		}
		for name, d := range dictionaries {
			got := map[string]bool{}
			for _, h := range d.Scan(nil, text, new(Scratch)) {
				got[string(patterns[h.ID])] = true
			}
			if !maps.Equal(got, want) {
				t.Fatalf("%s: %d patterns are found, want %d", name, len(got), len(want))
			}
		}
	}
}

// TestShared: patterns are found that are the same, or differ behind more bytes
// than an anchor is looked for in at once.
func TestShared(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, head := range [][]byte{token(r, 150), bytes.Repeat([]byte("word "), 30), bytes.Repeat([]byte("7"), 90)} {
		var patterns [][]byte
		for i := range 500 {
			tail := token(r, 12)
			if i%50 == 0 {
				tail = nil
			}
			patterns = append(patterns, slices.Concat(head, tail))
		}
		for name, d := range rungs(build(t, patterns)) {
			for i, p := range patterns {
				text := slices.Concat([]byte("== "), p, []byte(" =="))
				if hits := d.Scan(nil, text, new(Scratch)); !slices.Contains(hits, Hit{3, 3 + len(p), uint32(i)}) {
					t.Fatalf("%s: pattern %d is not among %d hits", name, i, len(hits))
				}
			}
		}
	}
}

// TestPages: patterns are found that fill several pages of the store and of the entries.
func TestPages(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	var patterns [][]byte
	for range 1<<entryBits + 100 {
		patterns = append(patterns, token(r, 20+r.IntN(30)))
	}
	d := build(t, patterns)
	var s Scratch
	for i, p := range patterns {
		if hits := d.Scan(nil, p, &s); !slices.Contains(hits, Hit{0, len(p), uint32(i)}) {
			t.Fatalf("pattern %d is not found", i)
		}
	}
	if n := d.Memory() / len(patterns); n > 100 {
		t.Errorf("%d bytes for a pattern", n)
	}
}

func TestAdd(t *testing.T) {
	var b Builder
	if err := b.Add([]byte("short"), 0); err != ErrShort {
		t.Errorf("short pattern: %v", err)
	}
	if err := b.Add(make([]byte, MaxLen+1), 0); err == nil {
		t.Error("a pattern that is too long was accepted")
	}
	if hits := b.Build().Scan(nil, []byte("any text at all"), new(Scratch)); hits != nil {
		t.Errorf("empty dictionary: %v", hits)
	}
}

func TestNoAllocation(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var patterns [][]byte
	for range 1000 {
		patterns = append(patterns, token(r, 12+r.IntN(60)))
	}
	d := build(t, patterns)
	var s Scratch
	text := bytes.Repeat([]byte("2026-03-01T10:11:12Z INFO com.example.Worker finished task_1234567890 in 12 ms\n"), 1000)
	if n := testing.AllocsPerRun(10, func() { d.Scan(nil, text, &s) }); n != 0 {
		t.Errorf("%v allocations where nothing is found", n)
	}
}

func FuzzScan(f *testing.F) {
	f.Add([]byte("abcdefgh"), []byte("abcdefghi"), []byte("xxabcdefghixx"), uint16(3))
	f.Fuzz(func(t *testing.T, p, q, text []byte, repeat uint16) {
		if len(p) < MinLen || len(q) < MinLen || len(p) > MaxLen || len(q) > MaxLen || len(text) == 0 {
			return
		}
		text = text[:min(len(text), 40000)]
		text = bytes.Repeat(text, 1+int(repeat)%max(1, 40000/len(text)))
		text = append(append(text, p...), q...)
		want := naive([][]byte{p, q}, text)
		for name, d := range rungs(build(t, [][]byte{p, q})) {
			if got := d.Scan(nil, text, new(Scratch)); !slices.Equal(got, want) {
				t.Fatalf("%s: %q, %q: %d hits, want %d", name, p, q, len(got), len(want))
			}
		}
	})
}

// BenchmarkScan looks for tokens in real logs, if there are any.
func BenchmarkScan(b *testing.B) {
	var text []byte
	files, _ := filepath.Glob(filepath.Join(os.Getenv("STANCH_CORPORA"), "loghub", "*.log"))
	for _, f := range files {
		p, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		text = append(text, p...)
	}
	if len(text) == 0 {
		b.Skip("STANCH_CORPORA is not set")
	}
	for _, n := range []int{10_000, 1_000_000} {
		for _, least := range []int{20, 32} {
			r := rand.New(rand.NewPCG(4, 4))
			var d Builder
			for i := range n {
				d.Add(token(r, least+r.IntN(9)), uint32(i))
			}
			for name, d := range rungs(d.Build()) {
				b.Run(fmt.Sprintf("%d-from-%d/%s", n, least, name), func(b *testing.B) {
					b.SetBytes(int64(len(text)))
					var s Scratch
					for b.Loop() {
						d.Scan(nil, text, &s)
					}
					b.ReportMetric(float64(d.Memory())/float64(n), "B/pattern")
				})
			}
		}
	}
	dst := make([]byte, len(text))
	b.Run("copy", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			copy(dst, text)
		}
	})
}

func FuzzRuns(f *testing.F) {
	f.Add([]byte("ab cd abab  abababab x"), uint16(900), uint8(3))
	f.Fuzz(func(t *testing.T, text []byte, repeat uint16, n uint8) {
		if len(text) == 0 || n == 0 {
			return
		}
		text = text[:min(len(text), 40000)]
		text = bytes.Repeat(text, 1+int(repeat)%max(1, 40000/len(text)))
		var c Class
		for _, b := range []byte("ab09\x80") {
			c.Add(b)
		}
		var want, got []Run
		for i := 0; i < len(text); {
			k := i
			for k < len(text) && c.Has(text[k]) {
				k++
			}
			if k-i >= int(n) {
				want = append(want, Run{i, k})
			}
			i = k + 1
		}
		for r := range c.Runs(text, int(n), new(Scratch)) {
			got = append(got, r)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q, %d: %v, want %v", text, n, got, want)
		}
	})
}

// TestRungs: all kernels give what the plain ones give, on all bytes at all places.
func TestRungs(t *testing.T) {
	for seed := range uint64(20) {
		text := make([]byte, chunk+64)
		r := rand.New(rand.NewPCG(6, seed))
		for i := range text {
			switch text[i] = byte(r.Uint32()); seed % 4 {
			case 1:
				text[i] = alphabet[int(text[i])%len(alphabet)]
			case 2:
				text[i] = "ab0123456789"[int(text[i])%12]
			case 3:
				text[i] = "aA0!. "[int(text[i])%6]
			}
		}
		if seed == 0 {
			for i := range 256 { // each byte in each lane
				for k := range 32 {
					text[i*64+(i+k*2)%64] = byte(i)
				}
			}
		}
		var want blocks
		kindsPlain(text, &want)
		for rung := avx2; rung <= best; rung++ {
			var got blocks
			if rung.kinds(text, &got); got != want {
				t.Fatalf("%s: the masks differ", rung)
			}
			for n := range 65 {
				var k kinds
				if rung.kindsOf(text[100:100+n:100+n], &k); k != kindsOf(text[100:100+n]) {
					t.Fatalf("%s: the masks of a pattern of %d bytes differ", rung, n)
				}
			}
			for n := range 20 {
				n = (chunk/64-n)*(n%2) + n // many and few
				var mixed, mixedWant [maxBlocks]uint64
				mixedPlain(&want, 0, n, &mixedWant)
				if rung.mixed(&want, n, &mixed); !slices.Equal(mixed[:n], mixedWant[:n]) {
					t.Fatalf("%s: the triggers of %d blocks differ", rung, n)
				}
				testFlatten(t, rung, mixed[:n], 1)
			}
			for _, shape := range shapes {
				for kind := range want {
					var got, plain [maxBlocks]uint64
					gatedPlain(want[kind][:], stepsOf(shape.gate), strides[shape.stride], plain[:])
					if rung.gated(want[kind][:], stepsOf(shape.gate), strides[shape.stride], got[:]); got != plain {
						t.Fatalf("%s: the gates differ", rung)
					}
					testFlatten(t, rung, got[:chunk/64], shape.stride)
				}
			}
		}
	}
	for _, b := range []byte(signs) {
		if k := kindsOf([]byte{b}); k != (kinds{visible: 1, sign: 1}) {
			t.Errorf("%q: %v", b, k)
		}
	}
}

func testFlatten(t *testing.T, r rung, masks []uint64, stride int) {
	t.Helper()
	var want []uint16
	for i, m := range masks {
		for ; m != 0; m &= m - 1 {
			want = append(want, uint16(i*64+bits.TrailingZeros64(m)))
		}
	}
	for _, r := range []rung{plain, r} {
		var at offsets
		if n := r.flatten(slices.Clone(masks), stride, &at); !slices.Equal(at[:n], want) {
			t.Fatalf("%s: places of a stride of %d: %v, want %v", r, stride, at[:n], want)
		}
	}
}

// TestSift: all kernels keep the same places, at either end of a text, too.
func TestSift(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	var patterns [][]byte
	for range 3000 {
		patterns = append(patterns, token(r, 20+r.IntN(20)))
	}
	tier := &build(t, patterns).tiers[0]
	for range 50 {
		text := slices.Concat(patterns[r.IntN(2000):][:1+r.IntN(400)]...)
		text = text[:len(text):len(text)]
		for _, off := range []int{0, -behind, r.IntN(100)} {
			var at []uint16
			for p := max(0, -off); off+p+8 <= min(len(text), chunk); p += 1 + r.IntN(4)*r.IntN(4) {
				at = append(at, uint16(p))
			}
			if p := len(text) - 8 - off; p >= 0 && p < chunk && (len(at) == 0 || int(at[len(at)-1]) < p) {
				at = append(at, uint16(p))
			}
			var kept, keptWant offsets
			n := plain.sift(tier, text, off, at, &keptWant)
			for rung := avx2; rung <= best; rung++ {
				if m := rung.sift(tier, text, off, at, &kept); !slices.Equal(kept[:m], keptWant[:n]) {
					t.Fatalf("%s: %d places are kept, want %d", rung, m, n)
				}
			}
		}
	}
}

// TestRest: patterns without a trigger are found whether they are few, so that a
// matcher looks for them, or many, in tiers of their own; next to many that have one,
// so that those are put in order first.
func TestRest(t *testing.T) {
	for _, n := range []int{1, 3, maxRest, maxRest + 1, 5000} {
		for _, more := range []int{0, 100, sorted + 5} {
			r := rand.New(rand.NewPCG(uint64(n), uint64(more)))
			var b Builder
			var all [][]byte
			add := func(p []byte) {
				if err := b.Add(p, uint32(len(all))); err != nil {
					t.Fatal(err)
				}
				all = append(all, p)
			}
			for range n {
				p := make([]byte, MinLen+r.IntN(90))
				from := []string{"abcdefghijklmnop", "0123456789", "ab cd ef", "aaaaaaab"}[r.IntN(4)]
				for i := range p {
					p[i] = from[r.IntN(len(from))]
				}
				add(p)
			}
			for range more {
				p := make([]byte, 20+r.IntN(20))
				for i := range p {
					p[i] = alphabet[r.IntN(len(alphabet))]
				}
				add(p)
			}
			d := b.Build()
			if few, many := n == maxRest, n == 5000; best != plain && (few || many) && few != (d.rest != nil) {
				t.Errorf("%d patterns without a trigger: a matcher for them: %t", n, d.rest != nil)
			}
			var s Scratch
			var hits []Hit
			for i := 0; i < len(all); i += 1 + len(all)/3000 {
				p := all[i]
				text := append(append([]byte("x. "), p...), "._"...)
				hits = d.Scan(hits[:0], text, &s)
				found := false
				for _, h := range hits {
					found = found || h.Start == 3 && h.End == 3+len(p) && string(all[h.ID]) == string(p)
					if string(text[h.Start:h.End]) != string(all[h.ID]) {
						t.Fatalf("%q is found where %q stands", all[h.ID], text[h.Start:h.End])
					}
				}
				if !found {
					t.Fatalf("%d and %d patterns: %q is not found: %v", n, more, p, hits)
				}
			}
		}
	}
}
