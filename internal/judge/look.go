package judge

// Verdict is what Look finds.
type Verdict struct {
	Nothing     bool // as Nothing
	Masked      bool // as Mask, full
	Partial     bool // as Mask, partial
	Placeholder bool // as Placeholder
	Credential  bool // as Credential; false if any of the others holds
}

// Look judges v once for all that concerns a value under a name. It costs
// little more than Credential alone and gives the same answers as the functions
// one by one.
func Look(v []byte) Verdict {
	t := trim(v)
	var r Verdict
	r.Nothing = nothing(t)
	r.Masked, r.Partial = mask(t)
	r.Placeholder = isPlaceholder(t)
	if r == (Verdict{}) {
		s, ok := credible(v)
		r.Credential = ok && !vetoed(v, t, s)
	}
	return r
}
