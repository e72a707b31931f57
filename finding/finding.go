// Package finding is what Stanch reports about a secret: where it stood, which
// detector saw it and how sure it is. No type here has a field that could hold
// the secret itself.
package finding

import "fmt"

// Severity says how bad the leak of a detector's secret is.
type Severity uint8

const (
	Low Severity = iota
	Medium
	High
	Critical
)

var severities = [...]string{"low", "medium", "high", "critical"}

func (s Severity) String() string { return severities[s] }

// ParseSeverity reads low, medium, high or critical.
func ParseSeverity(s string) (Severity, error) {
	for i, n := range severities {
		if n == s {
			return Severity(i), nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: want low, medium, high or critical", s)
}

// Confidence says how sure a detector is that it saw a secret.
type Confidence uint8

const (
	Doubtful Confidence = iota // written "low"; never redacted by default
	Likely                     // written "medium"; redacted by default
	Certain                    // written "high": shape and check, or a strong name and a credential-like value
)

var confidences = [...]string{"low", "medium", "high"}

func (c Confidence) String() string { return confidences[c] }

// ParseConfidence reads low, medium or high.
func ParseConfidence(s string) (Confidence, error) {
	for i, n := range confidences {
		if n == s {
			return Confidence(i), nil
		}
	}
	return 0, fmt.Errorf("unknown confidence %q: want low, medium or high", s)
}

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Severity) UnmarshalText(b []byte) (err error) {
	*s, err = ParseSeverity(string(b))
	return err
}

// MarshalText writes the confidence's name.
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *Confidence) UnmarshalText(b []byte) (err error) {
	*c, err = ParseConfidence(string(b))
	return err
}
