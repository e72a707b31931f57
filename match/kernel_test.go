package match

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestKernelChoice(t *testing.T) {
	have := Kernels()
	if have[len(have)-1] != Plain {
		t.Fatalf("kernels %v do not end in plain", have)
	}
	for _, k := range []Kernel{VBMI, AVX2, NEON, Plain} {
		t.Setenv("STANCH_KERNEL", "")
		_, err := Compile(lits("a"), WithKernel(k))
		if ok := slices.Contains(have, k); ok != (err == nil) {
			t.Errorf("%v: available %v, Compile says %v", k, ok, err)
		}
		t.Setenv("STANCH_KERNEL", k.String())
		m, err := Compile(lits("a"))
		if slices.Contains(have, k) {
			if err != nil || m.Kernel() != k {
				t.Errorf("STANCH_KERNEL=%v: %v, %v", k, m, err)
			}
		} else if err == nil {
			t.Errorf("STANCH_KERNEL=%v: no error", k)
		}
	}
	t.Setenv("STANCH_KERNEL", "sse")
	if _, err := Compile(lits("a")); err == nil || !strings.Contains(err.Error(), "no such kernel") {
		t.Errorf("STANCH_KERNEL=sse: %v", err)
	}
	if m, err := Compile(lits("a"), WithKernel(Plain)); err != nil || m.Kernel() != Plain {
		t.Errorf("WithKernel must go before STANCH_KERNEL: %v", err)
	}
}

// TestKernelsAgainstTwins fills tables and text at random and compares masks
// with those of the plain twin.
func TestKernelsAgainstTwins(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	for _, k := range Kernels() {
		if k == Plain {
			continue
		}
		for range 300 {
			f := &filter{groups: 2 + 2*r.IntN(2), tables: new(tables)}
			if k == VBMI {
				f.groups = 2 + r.IntN(2)
			}
			tokens := k == AVX2 && r.IntN(2) == 0
			f.setTokens(tokens)
			for p := range k.width() {
				for g := range f.groups {
					sparse := r.IntN(4) == 0
					for x := range symbolCount {
						set := byte(r.Uint32() & r.Uint32())
						if k != VBMI {
							set &= byte(r.Uint32() & r.Uint32())
						}
						if sparse {
							set &= byte(r.Uint32())
						}
						f.let(k, p, g, x, set)
					}
				}
			}
			n := block + r.IntN(5*block)
			buf := make([]byte, n+over)
			for i := range buf {
				buf[i] = byte(r.Uint32())
				if i > 0 && r.IntN(8) > 0 && tokenBytes.Has(buf[i-1]) {
					buf[i] = "aZ09_-+/=\n\r\\"[r.IntN(12)]
				}
			}
			var want []uint16
			for i := range n {
				from := i &^ (block - 1)
				if from+block > n {
					from = n - block // the last block ends with the last position
				}
				if f.passes(k, buf[i:], !tokens || runBehind(buf, from, i)) {
					want = append(want, uint16(i))
				}
			}
			s := Scratch{many: r.IntN(2) == 0}
			s.begin(&Matcher{kernel: k})
			got := s.cands[:candidates(k, f, buf, n, &s)]
			if !slices.Equal(got, want) {
				t.Fatalf("%v, %d groups: got %v, want %v", k, f.groups, got, want)
			}
		}
	}
}

// recordGo is record by definition.
func recordGo(k Kernel, f *filter, buf []byte, tokens bool, found *[verifyChunk]uint64) int {
	n, last := 0, len(buf)-over
	for at := range last + f.reach {
		if at < last {
			from := at &^ (block - 1)
			if from+block > last {
				from = last - block
			}
			if !f.passes(k, buf[at:], !tokens || runBehind(buf, from, at)) {
				continue
			}
		}
		raw := padded(buf, at)
		if !f.quads.has(raw) {
			continue
		}
		i := f.quads.slots[f.quads.hash(raw)/16]
		h := &f.quads.heads[i]
		if from := at - int(h.back); from >= 0 && from+8 <= len(buf) &&
			binary.LittleEndian.Uint64(buf[from:])&h.shared.mask != h.shared.value {
			continue
		}
		found[n] = uint64(at)<<32 | uint64(i)
		n++
	}
	return n
}

// TestRecordAgainstTwin goes through texts of every length, with few and with many
// places worth a look.
func TestRecordAgainstTwin(t *testing.T) {
	ls := someLiterals(400)
	clean, hot := cleanText(20_000), hotText(20_000, ls)
	dense := bytes.Repeat([]byte(ls[0].Text), 20_000/len(ls[0].Text))
	r := rand.New(rand.NewPCG(8, 9))
	for _, k := range Kernels() {
		if k == Plain || !records(k, nibbleGroups) {
			continue
		}
		m := rebucket(t, compile(t, ls, k), allBuckets(k))
		if !m.filter.records {
			t.Fatalf("%v: short texts are not gone through in one call", k)
		}
		tokens := k == AVX2 && m.filter.twice[len(m.filter.twice)-1] == 0
		total := 0
		for n := block + over; n <= recordMost; n++ {
			for _, text := range [][]byte{clean, hot, dense} {
				at := r.IntN(len(text) - n)
				var s, g Scratch
				buf := text[at : at+n : at+n]
				got := s.found[:record(k, m.filter, buf, &s.found)]
				if want := g.found[:recordGo(k, m.filter, buf, tokens, &g.found)]; !slices.Equal(got, want) {
					t.Fatalf("%v: %q: got %x, want %x", k, buf, got, want)
				}
				total += len(got)
			}
		}
		if total < 1000 {
			t.Errorf("%v: only %d found", k, total)
		}
	}
}

func TestProbeAgainstTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	for size := uint32(16); size <= 20; size++ {
		p := &probe{mask: ^uint32(0), shift: 32 - size, bitmap: make([]uint32, 1<<size/32)}
		for i := range p.bitmap {
			p.bitmap[i] = r.Uint32() & r.Uint32()
		}
		buf := make([]byte, 2000)
		for i := range buf {
			buf[i] = byte(r.Uint32())
		}
		var a []uint16
		for i := range uint16(len(buf) - 3) {
			if r.IntN(3) == 0 {
				a = append(a, i)
			}
		}
		b := slices.Clone(a)
		a, b = a[:probeAll(p, buf, a)], b[:probeAllGo(p, buf, b)]
		if !slices.Equal(a, b) {
			t.Fatalf("2^%d bits: %d kept, want %d", size, len(a), len(b))
		}
	}
}

// TestVerifyAgainstTwins takes the candidates of a hot text through the steps of
// verifying, each as the rung does it and in Go.
func TestVerifyAgainstTwins(t *testing.T) {
	ls := append(someLiterals(400), crowded()...)
	text := hotText(step, ls)
	for _, k := range Kernels() {
		if k == Plain {
			continue
		}
		m := compile(t, ls, k)
		var s, g Scratch
		s.begin(m)
		p := &m.filter.quads
		cands := m.filter.survivors(text, s.cands[:candidates(k, m.filter, text, len(text)-over, &s)])
		first, _ := slices.BinarySearch(cands, uint16(m.maxText))
		last, _ := slices.BinarySearch(cands, uint16(len(text)-m.maxLen-beyond-1))
		kept := 0
		for part := range slices.Chunk(cands[first:last], verifyChunk) {
			found := s.found[:near(p, text, 0, part, &s.found)]
			if want := g.found[:nearGo(p, text, 0, part, &g.found)]; !slices.Equal(found, want) {
				t.Fatalf("%v: near: got %x, want %x", k, found, want)
			}
			for len(found) > 0 {
				slots, n, likely := sift(k, p, text, found, &s.likely)
				wantSlots, wantN, wantLikely := siftGo(p, text, found, &g.likely)
				if slots != wantSlots || n != wantN || !slices.Equal(s.likely[:likely], g.likely[:wantLikely]) {
					t.Fatalf("%v: sift: got %d, %d, %x, want %d, %d, %x", k, slots, n, s.likely[:likely], wantSlots, wantN, g.likely[:wantLikely])
				}
				if slots == 0 {
					t.Fatalf("%v: a slot of more than %d literals", k, likelyMost)
				}
				found = found[slots:]
				if likely == 0 {
					continue
				}
				a, b := s.likely[:confirm(m, text, s.likely[:likely])], g.likely[:confirmGo(m, text, g.likely[:likely])]
				if !slices.Equal(a, b) {
					t.Fatalf("%v: confirm: got %x, want %x", k, a, b)
				}
				kept += len(a)
			}
		}
		if kept < 100 {
			t.Errorf("%v: only %d literals confirmed", k, kept)
		}
	}
}
