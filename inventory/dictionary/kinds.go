package dictionary

// kinds has a bit mask of 64 bytes of text for each kind of bytes. Visible
// are all but blanks and controls, those from 0x80 on too. Signs are those of
// ASCII that are rare in logs but not in passwords.
type kinds struct{ lower, upper, digit, visible, sign uint64 }

const signs = "!#$%&*+@^~"

// blocks is kinds of many blocks of 64 bytes, the masks of a kind side by side, so
// that a vector holds those of four blocks. It has two blocks more than a chunk: the one
// behind it, whose bytes a run may need, and one that is empty.
type blocks [5][maxBlocks]uint64

const maxBlocks = chunk/64 + 2

func (b *blocks) at(i int) kinds { return kinds{b[0][i], b[1][i], b[2][i], b[3][i], b[4][i]} }

func (b *blocks) set(i int, k kinds) {
	b[0][i], b[1][i], b[2][i], b[3][i], b[4][i] = k.lower, k.upper, k.digit, k.visible, k.sign
}

// kindOf has a bit for each kind that a byte is of.
var kindOf = func() (t [256]uint8) {
	for b := range t {
		if b > ' ' {
			t[b] = 8
		}
	}
	for b := range 26 {
		t['a'+b] |= 1
		t['A'+b] |= 2
	}
	for b := range 10 {
		t['0'+b] |= 4
	}
	for _, b := range []byte(signs) {
		t[b] |= 16
	}
	return t
}()

// kindsOf is the masks of up to 64 bytes.
func kindsOf(text []byte) (k kinds) {
	for i, b := range text {
		t := uint64(kindOf[b])
		k.lower |= t & 1 << i
		k.upper |= t >> 1 & 1 << i
		k.digit |= t >> 2 & 1 << i
		k.visible |= t >> 3 & 1 << i
		k.sign |= t >> 4 << i
	}
	return k
}

// kindsPlain writes the masks of every 64 bytes of text, whose length is a
// multiple of it.
func kindsPlain(text []byte, out *blocks) {
	for i := 0; i+64 <= len(text); i += 64 {
		out.set(i/64, kindsOf(text[i:i+64]))
	}
}

func (k *kinds) alnum() uint64 { return k.lower | k.upper | k.digit }

// mixed tells where in a block a trigger begins. These are changes of kinds that
// camel case, words with numbers and the names of constants hardly have:
//
//   - a digit before a capital,
//   - a capital and a small letter, in either order, before anything visible but a
//     small letter, or the two behind such a byte, the capital last,
//   - two capitals before a small letter or a digit, a digit between a capital
//     and a letter,
//   - a rare sign before a letter or digit,
//   - a small letter between digits, or the reverse, among eight letters and
//     digits, as hexadecimal numbers have it.
//
// One byte in 90 of logs is one, and of ten thousand random tokens of 20
// characters all but a few have one. Each depends on eight bytes, some of which
// may be in the block b that follows a.
func mixed(a, b *kinds) uint64 {
	lower, lower2 := a.lower>>1|b.lower<<63, a.lower>>2|b.lower<<62
	upper, upper2 := a.upper>>1|b.upper<<63, a.upper>>2|b.upper<<62
	digit, digit2 := a.digit>>1|b.digit<<63, a.digit>>2|b.digit<<62
	other := a.visible &^ a.lower
	other2 := other>>2 | (b.visible&^b.lower)<<62
	t := a.digit&upper |
		(a.lower&upper|a.upper&lower)&other2 | other&lower&upper2 |
		a.upper&(upper&(lower2|digit2)|digit&(lower2|upper2)) |
		a.sign&(lower|upper|digit)
	between := a.digit&lower&digit2 | a.lower&digit&lower2
	lo, hi := a.alnum(), b.alnum()
	lo, hi = lo&(lo>>1|hi<<63), hi&(hi>>1)
	lo, hi = lo&(lo>>2|hi<<62), hi&(hi>>2)
	return t | between&lo&(lo>>4|hi<<60)
}

// mixedPlain writes the triggers of the blocks from one on and before another.
func mixedPlain(in *blocks, from, to int, out *[maxBlocks]uint64) {
	a := in.at(from)
	for i := from; i < to; i++ {
		b := in.at(i + 1)
		out[i] = mixed(&a, &b)
		a = b
	}
}
