// Package dictionary finds any of millions of byte strings in text.
//
// # How
//
// What tells a token from prose is how its bytes change between lower-case
// letters, upper-case letters, digits and the rest. So the first look is at
// those kinds only: a SIMD kernel makes a bit mask of each, and from shifts of
// them come the places where a rare change begins, such as a digit before a
// capital (the triggers). Every pattern that has a trigger is known by the eight
// bytes at one of them, its anchor: a function of the bytes there, so that it is
// one in any text. At a trigger in text the eight bytes are looked up in a
// blocked Bloom filter, and what passes is compared, through a table of the
// anchors.
//
// Patterns without a trigger, such as words and numbers, are looked for where
// a long run of their kind of bytes goes on (the run gates): at one position in
// eight, with eight windows of every pattern in a filter, so that one of them
// falls on a multiple of eight wherever the pattern stands. Those shorter than 20
// bytes need windows at more positions and shorter runs. They cost more and are
// held apart: each sort of them is a pass over the masks. Where they are few, a
// matcher for literals (package match) looks for all of them instead. The shortest
// pattern has MinLen bytes.
//
// A pattern takes the first trigger that no other one has taken: a million tokens
// of one vendor share their first bytes.
//
// # Costs
//
// About 80 bytes of memory for a pattern of 45 bytes. Time is linear in the text
// unless many patterns share all of their windows.
package dictionary
