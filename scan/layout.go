package scan

import _ "embed"

//go:generate go run ./internal/genlayout

// defaultLayout places the literals of the default engine; see
// internal/genlayout. A stale one only costs compile time.
//
//go:embed layout.bin
var defaultLayout []byte
