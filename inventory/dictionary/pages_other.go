//go:build !linux

package dictionary

func hugePages([]uint64) {}
