package match

// Many literals begin tokens: their gates ask for a run of letters and digits,
// which most text has not. So the last eight buckets may be for windows that lie
// in tokens, and a position counts there only if a run of bytes that tokens are
// made of follows it. The kernels see no run beyond their block of 64 positions;
// what they cannot see counts as one. AVX2 alone does this, since its tables tell
// fewer bytes apart than those of VBMI, for which it would not pay.

// tokenRun is how many bytes behind a position have to be of a token.
const tokenRun = 10

// tokenCost is the share of positions whose passing costs as much as looking for
// tokens.
const tokenCost = 0.012

// tokenBytes are letters, digits, what base64 and identifiers have besides, and
// the ends of lines that base64 is wrapped into, plain and escaped.
var tokenBytes = Class{1<<'\n' | 1<<'\r' | 1<<'+' | 1<<'-' | 1<<'/' | 0x3ff<<'0' | 1<<'=',
	0x3ffffff<<('A'-64) | 1<<('\\'-64) | 1<<('_'-64) | 0x3ffffff<<('a'-64)}

// token reports whether the bytes behind a window at offset o are certain to be
// of a token.
func (p *pattern) token(o int) bool {
	if o+1+tokenRun > len(p.text)+p.min {
		return false
	}
	for i := o + 1; i <= o+tokenRun && i < len(p.text); i++ {
		if !tokenBytes.Has(p.text[i]) {
			return false
		}
	}
	return o+tokenRun < len(p.text) || tokenBytes.contains(&p.gate)
}

// contains reports whether all of d's bytes are in c.
func (c *Class) contains(d *Class) bool {
	for i := range c {
		if d[i]&^c[i] != 0 {
			return false
		}
	}
	return true
}
