package names

// Stem is a literal that every name judged Weak or better contains. It is
// looked for without regard to case.
type Stem struct {
	Text string
	// Last: the stem counts only where no letter follows it.
	Last bool
}

// Stems returns what a matcher must look for so as to see every sensitive name.
func (c *Classifier) Stems() []Stem { return nil }
