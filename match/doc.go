// Package match finds every occurrence of many literals in one pass over bytes.
// It knows nothing of secrets.
//
// [Compile] makes a [Matcher] of literals, which may be folded (ASCII letters
// in either case) and may have a gate (a run of bytes of a class that must
// follow). [Matcher.Scan] reports all occurrences, overlapping ones too, with
// exact offsets; [Matcher.ScanBatch] does so for many records at once, and a
// [Stream] for text that comes in chunks.
//
// # How it works
//
// Log text is nearly always innocent, so that the work lies in passing over
// bytes, not in matching. There are filters, each of which lets through a little
// too much and never too little, and each far slower for a byte than the one
// before.
//
// First, a window of four neighbouring positions is chosen for every literal,
// anywhere in its text and the first bytes of its gate, and the windows are put
// into buckets. For each position a table gives the buckets that have a window
// with this byte there; a bucket whose bit survives the AND of all of them is a
// candidate. SIMD does the look-ups for 64 positions of the text at
// once, and the same kernel numbers what passes. This is the scheme of
// Hyperscan's Teddy with the windows moved from the literals' beginnings to where
// they are rarest. Folding is a matter of tables and costs nothing. Which windows
// share a bucket matters more than anything else: a greedy choice and two rounds
// of improvement minimise the expected share of candidates under a small model of
// log text: how often one byte follows another, and the four bytes that are most
// frequent. The model is counted on text that a program makes up
// (internal/genmodel), so it is not fitted to anybody's logs. A layout that is
// kept is improved further by random moves.
//
// Most literals begin tokens, and their gates ask for a run of letters and
// digits. For AVX2, which tells fewer bytes apart, eight buckets are for windows
// behind which such a run is certain, and a position counts there only if it has
// one.
//
// VBMI has tables for four positions and 24 buckets. AVX2 and NEON have them for
// three positions and 32 buckets: for the same number of look-ups a bucket of fewer
// windows lets less pass than a fourth position rules out. For few literals there
// are 16 buckets.
//
// Second, a hash of the candidate's four bytes, bit 5 set in each, is looked up
// in a bitmap.
//
// Third, the hash leads to the literals that have such a window. What all of them
// share in eight bytes is compared, then for each of them another eight bytes,
// then all of it and both ends of its gate. Each step goes over many candidates
// and packs those that remain, without a branch for each, because a mispredicted
// branch costs more than all of these comparisons. Where many literals share a
// window, a hash of the four bytes beside it divides them.
//
// A text of up to 511 bytes, such as one record of a log, goes through all of this as
// far as the first comparison in one routine. Most end there, and between two of them
// the cost is that of loading tables and of the branches that cannot be foreseen.
//
// Text made of near-hits would make the third step slow. So the work of each
// step of 16 KB is counted, and where it grows beyond what another way would
// cost, that other way takes over for a while: an Aho–Corasick automaton over
// folded bytes, five lanes side by side, which costs the same whatever the
// text. It is built when first needed. It is also the rung for processors
// without SIMD kernels, and what every kernel is tested against.
//
// # Rungs
//
// VBMI sees seven bits of a byte. AVX2 and NEON look bits 0 to 3 up in one table
// and bits 3 to 6 in another, so that a bucket with windows for a and 2 takes 1 and
// b as well; more passes, and they fall off earlier as literals grow in number. A kernel is chosen when
// Compile is called; STANCH_KERNEL=vbmi, avx2, neon or plain asks for one and
// the build tag noasm leaves Plain alone.
//
// # Costs
//
//   - Choosing windows takes some 30 µs for each literal. [WithLayout] saves
//     that when the result has been kept from an earlier [Matcher.Layout], for
//     which some milliseconds a literal are spent.
//   - Every doubling of literals lets about twice as much through the first
//     filter.
//   - Literals of one or two bytes without a gate pass so often that nothing
//     can be fast. They are found, by a second bitmap over two bytes.
//   - A hit costs some 35 ns, with the near-hits around it. Common words as
//     literals cost more than many rare ones.
//   - Hits are as many as there are: literals nested in each other are all
//     reported, and time grows with them. Apart from that time is linear in the
//     text, for any text.
//   - The automaton's table has 256 bytes for each state, up to twice that for
//     alignment: 2.5 MB for 1,500 literals. The second copy that building it takes
//     is freed.
//   - One Scan takes less than 4 GiB, because offsets are 32 bits.
//   - The NEON kernel is tested under emulation; its speed is not tuned.
package match
