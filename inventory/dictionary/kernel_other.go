//go:build !amd64 || noasm

package dictionary

func hasKernel() bool { return false }

func masksKernel(text []byte, c *Class, out []uint64) { masksPlain(text, c, out) }
