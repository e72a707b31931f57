package redactionprocessor

import (
	"encoding"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
)

// Config has the fields of contrib's redaction processor, v0.159.0 to v0.164.1.
type Config struct {
	// AllowAllKeys keeps attributes whatever their keys.
	AllowAllKeys bool `mapstructure:"allow_all_keys"`
	// AllowedKeys are the keys of attributes that are kept. Without AllowAllKeys all
	// others are removed.
	AllowedKeys []string `mapstructure:"allowed_keys"`
	// IgnoredKeys are the keys of attributes that are left as they are.
	IgnoredKeys []string `mapstructure:"ignored_keys"`
	// IgnoredKeyPatterns are expressions for such keys.
	IgnoredKeyPatterns []string `mapstructure:"ignored_key_patterns"`
	// BlockedKeyPatterns are expressions for keys whose values are masked as a whole.
	BlockedKeyPatterns []string `mapstructure:"blocked_key_patterns"`
	// BlockedValues are expressions whose matches are masked, one after the other.
	BlockedValues []string `mapstructure:"blocked_values"`
	// AllowedValues are expressions. A value that one of them matches as a whole is
	// exempt from the two lists of what is blocked.
	AllowedValues []string `mapstructure:"allowed_values"`
	// RedactAllTypes takes attributes of other types by what they read as. Otherwise
	// only text in them is looked at.
	RedactAllTypes bool `mapstructure:"redact_all_types"`
	// HashFunction is what a value is replaced by instead of a mask. Whatever is
	// named, the hash is keyed.
	HashFunction HashFunction `mapstructure:"hash_function"`
	// HMACKey is the key of hashes. Without it STANCH_KEY counts.
	HMACKey configopaque.String `mapstructure:"hmac_key"`
	// Summary is debug, info or silent: whether attributes tell what was done.
	Summary string `mapstructure:"summary"`
	// URLSanitizer replaces what varies in the paths of URLs.
	URLSanitizer URLSanitizer `mapstructure:"url_sanitizer"`
	// DBSanitizer replaces the literals of database queries.
	DBSanitizer DBSanitizer `mapstructure:"db_sanitizer"`
}

// URLSanitizer replaces what varies in the paths of URLs by an asterisk: in the
// attributes named, in bodies of log records, and in the names of spans.
type URLSanitizer struct {
	Enabled          bool     `mapstructure:"enabled"`
	Attributes       []string `mapstructure:"attributes"`
	SanitizeSpanName *bool    `mapstructure:"sanitize_span_name"` // nil is true
}

// DBSanitizer replaces the literals of queries: in the attributes named, where they
// say which database they are of or belong to logs, in bodies of log records, and in
// the names of spans.
type DBSanitizer struct {
	SQL              Queries `mapstructure:"sql"`
	Redis            Queries `mapstructure:"redis"`
	Valkey           Queries `mapstructure:"valkey"`
	Memcached        Queries `mapstructure:"memcached"`
	Mongo            Queries `mapstructure:"mongo"`
	OpenSearch       Queries `mapstructure:"opensearch"`
	ES               Queries `mapstructure:"es"`
	SanitizeSpanName *bool   `mapstructure:"sanitize_span_name"` // nil is true
}

// Queries says where queries of one sort are looked for.
type Queries struct {
	Enabled bool `mapstructure:"enabled"`
	// Attributes of OpenSearch and Elasticsearch are accepted and, as in contrib's
	// processor, not looked at: theirs are bodies and names of spans alone.
	Attributes []string `mapstructure:"attributes"`
}

// HashFunction is the name of a hash function, empty for none.
type HashFunction string

const (
	noHash     HashFunction = ""
	hmacSHA256 HashFunction = "hmac-sha256"
	hmacSHA512 HashFunction = "hmac-sha512"
)

var hashFunctions = []HashFunction{noHash, "md5", "sha1", "sha3", hmacSHA256, hmacSHA512}

var _ encoding.TextUnmarshaler = (*HashFunction)(nil)

// UnmarshalText reads a name in either case.
func (h *HashFunction) UnmarshalText(text []byte) error {
	for _, f := range hashFunctions {
		if strings.EqualFold(string(text), string(f)) {
			*h = f
			return nil
		}
	}
	return errors.New("hash_function: want md5, sha1, sha3, hmac-sha256 or hmac-sha512")
}

func createDefaultConfig() component.Config { return &Config{} }

// The words of Summary.
const (
	summaryDebug  = "debug"
	summaryInfo   = "info"
	summarySilent = "silent"
)

// Validate compiles every expression. Its errors name the field and quote no key.
func (c *Config) Validate() error {
	var errs []error
	for _, list := range []struct {
		field    string
		patterns []string
	}{
		{"ignored_key_patterns", c.IgnoredKeyPatterns},
		{"blocked_key_patterns", c.BlockedKeyPatterns},
	} {
		for i, p := range list.patterns {
			if _, err := regexp.Compile(p); err != nil {
				errs = append(errs, fmt.Errorf("%s[%d]: %w", list.field, i, err))
			}
		}
	}
	if _, err := newPatterns("blocked_values", c.BlockedValues, anywhere); err != nil {
		errs = append(errs, err)
	}
	if _, err := newPatterns("allowed_values", c.AllowedValues, whole); err != nil {
		errs = append(errs, err)
	}
	if _, err := c.key(); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// leastKey is the least length of hmac_key in bytes, by hash function.
func leastKey(h HashFunction) int {
	if h == hmacSHA512 {
		return 64
	}
	return 32
}

// leastVaried is how many different bytes a key has at least: 32 random
// hexadecimal digits have fewer than 10 of them with a chance below 2^-20.
const leastVaried = 10

// key returns what hashes are keyed with, nil if that is left to STANCH_KEY.
func (c *Config) key() ([]byte, error) {
	text := string(c.HMACKey)
	if text == "" {
		if c.HashFunction == hmacSHA256 || c.HashFunction == hmacSHA512 {
			return nil, fmt.Errorf("hmac_key: must be set where hash_function is %s", c.HashFunction)
		}
		return nil, nil
	}
	if n := leastKey(c.HashFunction); len(text) < n {
		return nil, fmt.Errorf("hmac_key: %d bytes, want at least %d", len(text), n)
	}
	var seen [256]bool
	different := 0
	for i := range len(text) {
		if !seen[text[i]] {
			seen[text[i]] = true
			different++
		}
	}
	if different < leastVaried {
		return nil, errors.New("hmac_key: does not look random")
	}
	return []byte(text), nil
}
