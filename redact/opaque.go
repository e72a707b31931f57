package redact

import (
	"fmt"
	"io"
)

// Whatever holds keys, buffers or allowed values prints as its name under
// every verb: a value dumped by accident must not show what it holds.

func (*Document) Format(s fmt.State, _ rune) { io.WriteString(s, "redact.Document") }
func (*Engine) Format(s fmt.State, _ rune)   { io.WriteString(s, "redact.Engine") }
func (*Handle) Format(s fmt.State, _ rune)   { io.WriteString(s, "redact.Handle") }
func (*Redactor) Format(s fmt.State, _ rune) { io.WriteString(s, "redact.Redactor") }
func (*Writer) Format(s fmt.State, _ rune)   { io.WriteString(s, "redact.Writer") }
func (Options) Format(s fmt.State, _ rune)   { io.WriteString(s, "redact.Options") }
func (Value) Format(s fmt.State, _ rune)     { io.WriteString(s, "redact.Value") }
func (*keyring) Format(s fmt.State, _ rune)  { io.WriteString(s, "redact.keyring") }
