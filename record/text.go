package record

import (
	"encoding/binary"

	"github.com/stanch/stanch/redact"
)

// IsText reports whether v holds no control characters but those of logs: tabs,
// ends of lines and pages, and escapes of terminals. Which letters it holds, in
// whatever encoding, makes no difference.
func IsText(v []byte) bool {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	i := 0
	for ; i+8 <= len(v); i += 8 {
		x := binary.LittleEndian.Uint64(v[i:])
		// The high bit of each byte below a blank; bytes above 0x7f are none.
		if (x-ones*' ')&^x&highs != 0 && !printable(v[i:i+8]) {
			return false
		}
	}
	return printable(v[i:])
}

func printable(v []byte) bool { return textLength(v) == len(v) }

// textLength returns how many bytes of text v begins with.
func textLength(v []byte) int {
	// \a \b \t \n \v \f \r and escape
	const allowed = 1<<7 | 1<<8 | 1<<9 | 1<<10 | 1<<11 | 1<<12 | 1<<13 | 1<<27
	for i, c := range v {
		if c < ' ' && allowed>>c&1 == 0 {
			return i
		}
	}
	return len(v)
}

// Hidden reports whether something would be redacted in data that is no text, if it
// were not for one or two bytes before a text: in most formats these are its length,
// and then seem to be a part of it. Nothing is counted or reported.
func Hidden(r *redact.Redactor, v []byte) bool {
	const (
		least = 12 // bytes of a text that can be a name and a secret
		most  = 2  // bytes of a length that look like text
	)
	for len(v) > least {
		n := textLength(v)
		for from := 1; from <= most && n-from >= least; from++ {
			if found, err := r.Spans(nil, v[from:n], false); err != nil || len(found) > 0 {
				return true
			}
		}
		v = v[min(n+1, len(v)):]
	}
	return false
}
