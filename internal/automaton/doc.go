// Package automaton decides whether a rule in the syntax of Go's regexp
// matches round a literal that was found in a text, and where. Its answers are
// those of package regexp, in tens of nanoseconds.
//
// # Rules and anchors
//
// A matcher of many literals looks for the anchors of a rule: strings one of
// which stands in every match. What stands before and after an anchor is
// compiled apart. At a hit, one automaton runs forward from the anchor's end.
// Most rules begin with their literal, and so it gives the end of the match at
// once. If something else must stand before the anchor, a reversed automaton
// then looks for the leftmost start, and one for the whole rule finds the end
// from there. A rule without a literal is run over the record by Find.
//
// A leading part that is lazy, optional and reads one rune at a time, such as
// the first one of [\w.]{0,40}?key, is left out: neither the end of a match nor
// its groups depend on it. The start then lies where the rest begins.
//
// Anchors that ignore case hold ASCII letters only. In a rule with (?i), k and
// s also stand for the Kelvin sign U+212A and the long s U+017F; all automata
// know that, but a match whose anchor is spelt so is not hit.
//
// # Automata
//
// An automaton is a DFA whose states are built when a text first needs them.
// States keep their threads in order of priority, which makes ends leftmost-
// first; reversed ones are sets, which makes starts leftmost. What assertions
// ask of the next rune is settled one rune later, so that they see the bytes
// round the range that is searched. A state that an assertion may still
// change holds what it was reached from rather than what it expands to,
// because that is the only way to have the priorities of a backtracking search
// after loops of empty width.
//
// The alphabet is made of classes of runes that the program does not tell
// apart. ASCII goes through a table. A byte >= 0x80 leaves the inner loop and
// is decoded: so there are no states inside a rune, and invalid UTF-8 reads as
// one U+FFFD for each byte in both directions, as regexp reads it.
//
// Counted runs such as [a-z0-9]{32} need a state for each count. Where nothing
// else can happen in them, a tight loop looks at the bytes and skips to the
// last state.
//
// # Memory and time
//
// One bound holds for the states of all automata of a Set. Readers take no
// lock: they load words atomically from tables that are replaced, never
// changed under them. A full cache is emptied only when enough bytes were read
// since to pay for its states; until then, a search that needs a new state
// steps the NFA to its end and keeps none. Either way a byte costs at most the
// size of the program. What was not read since the last time goes first.
//
// Time is linear in the text for each call. At looks no further than the
// rule's bound, or Options.MaxWindow where it has none, so that all hits of a
// record cost at most hits times window. For a rule without bound it is better
// to walk over the record once with FindFrom, from its first hit. Groups are
// found by backtracking over a match that is known, each pair of instruction
// and position once, or by stepping all threads where the match is long.
//
// # Streams
//
// At says open where the bytes at hand did not decide: the automaton was
// alive at their end, or they end inside a rune. An answer that is not open
// stays the same whatever follows.
package automaton
