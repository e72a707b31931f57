// Package automaton decides whether a rule in the syntax of Go's regexp
// matches round a literal that was found in a text.
package automaton
