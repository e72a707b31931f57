package record

import "encoding/binary"

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

func printable(v []byte) bool {
	// \a \b \t \n \v \f \r and escape
	const allowed = 1<<7 | 1<<8 | 1<<9 | 1<<10 | 1<<11 | 1<<12 | 1<<13 | 1<<27
	for _, c := range v {
		if c < ' ' && allowed>>c&1 == 0 {
			return false
		}
	}
	return true
}
