// Package dictionary finds any of millions of byte strings in text.
//
// # How
//
// Long strings of token characters are rare in logs. So the first look is at
// the class of bytes only: a SIMD kernel makes a bit mask of the bytes of the
// class that all patterns are made of, and shifts of that mask leave the
// positions, one in eight, where a run of it begins (the gate). There the next
// eight bytes are looked up in a blocked Bloom filter, which holds eight windows
// of every pattern, so that one of them falls on a multiple of eight wherever
// the pattern stands. What passes is compared, through a table of the bytes
// at the window's place in the pattern (the anchor).
//
// The windows lie where a pattern differs most from the others: a million
// tokens of one vendor share their first bytes.
//
// Patterns shorter than 20 bytes need windows at more positions and shorter
// gates; they cost more and are held apart. The shortest pattern has MinLen bytes.
//
// # Costs
//
// About 80 bytes of memory for a pattern of 40 bytes. Time is linear in the text
// unless many patterns share all of their windows.
package dictionary
