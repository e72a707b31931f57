// Package match finds every occurrence of many literals in one pass over bytes.
// It knows nothing of secrets.
package match
