// Package inventory holds values that are known to be secret and finds them in
// text, in clear and in the forms that programs write them in.
//
// Detectors know what kinds of secret look like; an inventory knows the secrets
// themselves. So it finds what has no shape at all, names the very secret
// that leaked, and says whose it is and how it is rotated.
//
// An Inventory is built from sources: files, the environment, manifests, and
// whatever else implements Source. It is immutable, so that it can be swapped
// while streams run.
package inventory
