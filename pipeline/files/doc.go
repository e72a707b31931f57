// Package files has the inputs and outputs of a pipeline that are files: standard
// input and output, files that are read once, files that are appended to.
package files
