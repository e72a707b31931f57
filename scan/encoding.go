package scan

import (
	"strings"

	"github.com/stanch/stanch/internal/decode"
)

// Encoding says what a secret was wrapped in, the outermost form first; 0 is
// plain text. It holds eight forms of four bits each, the outermost lowest.
type Encoding uint32

// String returns the forms joined by >, such as percent>base64.
func (e Encoding) String() string {
	var names []string
	for ; e != 0; e >>= 4 {
		names = append(names, decode.Form(e&15).String())
	}
	return strings.Join(names, ">")
}

// inside wraps e in one more form.
func (e Encoding) inside(f decode.Form) Encoding {
	if f == decode.None {
		return e
	}
	return e<<4 | Encoding(f)
}
