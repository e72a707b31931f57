package judge

type Reason uint8

func (r Reason) String() string          { return "" }
func Mask(v []byte) (full, partial bool) { return false, false }
func Placeholder(v []byte) bool          { return false }
func Benign(v []byte) Reason             { return 0 }
func Credential(v []byte) bool           { return len(v) >= 8 && Entropy(v) >= 3 }
func Random(v []byte) float64            { return 1 }
func Entropy(v []byte) float64           { return 3.5 }
func Bits(v []byte) float64              { return Entropy(v) * float64(len(v)) }
