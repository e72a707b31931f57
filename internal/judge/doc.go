// Package judge says whether a value is a credential, from the value alone.
//
// All functions are pure, keep no reference to their argument and do not
// allocate. Those that let a value pass (Mask, Placeholder, Nothing) compare the
// whole value with closed vocabularies: a mask with free text inside, such as
// [REDACTED:hunter2], is no mask, and true-horse is not the boolean true.
package judge
