package scan

import _ "embed"

// defaultLayout places the literals of the default engine; see the generator
// in internal/genlayout. A stale one only costs compile time.
//
//go:embed layout.bin
var defaultLayout []byte
