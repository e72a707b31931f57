// Package seal encrypts where nobody can decrypt: for people who keep an age
// identity (https://age-encryption.org/v1) somewhere else.
//
// A Sealer draws a data key for each hour that it seals something in, and wraps it
// once to all recipients as age wraps a file key. Every box then costs symmetric
// cryptography alone: XChaCha20-Poly1305 with a random nonce of 24 bytes, under a
// key that HKDF-SHA256 derives from the data key. A label says what a box is; it
// is authenticated and not part of it.
package seal

import (
	"bufio"
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/stanch/stanch/internal/envelope"
)

const (
	// Overhead is how much longer a box is than what is in it.
	Overhead = chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead

	// dataKeySize is that of age's file keys, which is all that its identities unwrap.
	dataKeySize = 16
	keyContext  = "stanch v1 seal"

	// lifetime is how long a data key is used, in seconds.
	lifetime = 60 * 60
)

// Recipient is somebody who can open what is sealed.
type Recipient struct {
	text      string
	recipient age.Recipient
}

// ParseRecipient reads a public key of age, such as age1…. Its errors quote nothing.
func ParseRecipient(text string) (Recipient, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(strings.ToUpper(text), "AGE-SECRET-KEY-") {
		return Recipient{}, errors.New("this is a private key; keep it away from here, and name its public one (age1…)")
	}
	rs, err := age.ParseRecipients(strings.NewReader(text))
	if err != nil || len(rs) != 1 {
		return Recipient{}, errors.New("not a public key of age (age1…)")
	}
	return Recipient{text, rs[0]}, nil
}

// ReadRecipients reads public keys of age, one per line. Empty lines and those that
// begin with # do not count. Errors give the line.
func ReadRecipients(r io.Reader) (list []Recipient, err error) {
	err = lines(r, func(text string) error {
		x, err := ParseRecipient(text)
		list = append(list, x)
		return err
	})
	return list, err
}

// maxKeys is the length, in bytes, of the longest list of keys.
const maxKeys = 1 << 20

func lines(r io.Reader, each func(text string) error) error {
	s := bufio.NewScanner(io.LimitReader(r, maxKeys))
	n, found := 0, false
	for s.Scan() {
		n++
		text := strings.TrimSpace(s.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		found = true
		if err := each(text); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("line %d: too long", n+1)
	}
	if !found {
		return errors.New("there is no key in it")
	}
	return nil
}

// RecipientsID returns the id of a set of recipients, in whatever order they stand.
func RecipientsID(rs []Recipient) string {
	var all []string
	for _, r := range rs {
		all = append(all, r.text)
	}
	slices.Sort(all)
	sum := sha256.Sum256([]byte("stanch v1 recipients\n" + strings.Join(slices.Compact(all), "\n")))
	return hex.EncodeToString(sum[:envelope.RecipientsIDLen/2])
}

// Sealer seals. It is safe for concurrent use.
type Sealer struct {
	recipients []Recipient
	id         string
	now        func() time.Time

	mu   sync.Mutex
	hour int64
	key  *dataKey
}

type dataKey struct {
	wrapped []byte
	aead    cipher.AEAD
}

// New returns a Sealer to recipients, of which there must be one at least. Those
// with post-quantum keys and others do not go together: the others would undo what
// such a key is for.
func New(recipients []Recipient) (*Sealer, error) {
	if len(recipients) == 0 {
		return nil, errors.New("no recipient")
	}
	s := &Sealer{recipients: recipients, id: RecipientsID(recipients), now: time.Now}
	if _, err := s.current(); err != nil {
		return nil, err
	}
	return s, nil
}

// ID returns the id of the recipients, of envelope.RecipientsIDLen digits.
func (s *Sealer) ID() string { return s.id }

// Format prints no key under any verb.
func (*Sealer) Format(f fmt.State, _ rune) { io.WriteString(f, "seal.Sealer") }

// Seal returns text in a box, and the wrapped data key that it takes to open it.
// The key is shared and must not be changed.
func (s *Sealer) Seal(label string, text []byte) (key, box []byte, err error) {
	k, err := s.current()
	if err != nil {
		return nil, nil, err
	}
	box = make([]byte, chacha20poly1305.NonceSizeX, Overhead+len(text))
	rand.Read(box)
	return k.wrapped, k.aead.Seal(box, box, text, []byte(label)), nil
}

// current returns the data key of the hour.
func (s *Sealer) current() (*dataKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	hour := s.now().Unix() / lifetime
	if s.key != nil && s.hour == hour {
		return s.key, nil
	}
	secret := make([]byte, dataKeySize)
	rand.Read(secret)
	wrapped, err := wrap(secret, s.recipients)
	if err != nil {
		return nil, err
	}
	s.key, s.hour = &dataKey{wrapped, newAEAD(secret)}, hour
	return s.key, nil
}

func newAEAD(secret []byte) cipher.AEAD {
	key, err := hkdf.Key(sha256.New, secret, nil, keyContext, chacha20poly1305.KeySize)
	if err != nil {
		panic(err) // only for lengths that nobody asks for
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic(err) // the same
	}
	return aead
}

// wrap encrypts a data key to each of the recipients.
func wrap(secret []byte, to []Recipient) ([]byte, error) {
	var out []byte
	var first []string
	for i, r := range to {
		var stanzas []*age.Stanza
		var labels []string
		var err error
		if l, ok := r.recipient.(age.RecipientWithLabels); ok {
			stanzas, labels, err = l.WrapWithLabels(secret)
		} else {
			stanzas, err = r.recipient.Wrap(secret)
		}
		if err != nil {
			return nil, fmt.Errorf("recipient %d: %w", i+1, err)
		}
		if slices.Sort(labels); i == 0 {
			first = labels
		} else if !slices.Equal(first, labels) {
			return nil, errors.New("recipients with post-quantum keys and others do not go together")
		}
		for _, st := range stanzas {
			out = appendStanza(out, st)
		}
	}
	if len(out) > envelope.MaxSealKey {
		return nil, fmt.Errorf("too many recipients: their keys take %d bytes of every value, more than %d", len(out), envelope.MaxSealKey)
	}
	return out, nil
}

// Opener opens what was sealed for its identities. It is for one goroutine.
type Opener struct {
	identities []age.Identity
	keys       map[string]cipher.AEAD // by wrapped key
}

// maxOpened is how many data keys an Opener remembers.
const maxOpened = 1024

// Errors of Open.
var (
	ErrIdentity = errors.New("sealed for another identity")
	ErrChanged  = errors.New("cut short or changed since it was sealed")
)

// NewOpener reads the private keys of age (AGE-SECRET-KEY-…) that it opens with,
// one per line, as age-keygen writes them. Errors quote nothing.
func NewOpener(r io.Reader) (*Opener, error) {
	o := &Opener{keys: make(map[string]cipher.AEAD)}
	err := lines(r, func(text string) error {
		if strings.HasPrefix(text, "age-encryption.org/") || strings.HasPrefix(text, "-----BEGIN AGE ENCRYPTED FILE") {
			return errors.New("the identity is itself encrypted: decrypt it with age -d first")
		}
		ids, err := age.ParseIdentities(strings.NewReader(text))
		if err != nil {
			return errors.New("not a private key of age (AGE-SECRET-KEY-…)")
		}
		o.identities = append(o.identities, ids...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return o, nil
}

// Format prints no key under any verb.
func (*Opener) Format(f fmt.State, _ rune) { io.WriteString(f, "seal.Opener") }

// Open returns what is in a box that Seal made with the same label. Its error is
// ErrIdentity or ErrChanged.
func (o *Opener) Open(label string, key, box []byte) ([]byte, error) {
	if len(box) < Overhead {
		return nil, ErrChanged
	}
	aead, ok := o.keys[string(key)]
	if !ok {
		secret, err := o.unwrap(key)
		if err != nil {
			return nil, err
		}
		if len(o.keys) >= maxOpened {
			clear(o.keys)
		}
		aead = newAEAD(secret)
		o.keys[string(key)] = aead
	}
	text, err := aead.Open(nil, box[:chacha20poly1305.NonceSizeX], box[chacha20poly1305.NonceSizeX:], []byte(label))
	if err != nil {
		return nil, ErrChanged
	}
	return text, nil
}

func (o *Opener) unwrap(key []byte) ([]byte, error) {
	stanzas, ok := cutStanzas(key)
	if !ok {
		return nil, ErrChanged
	}
	for _, id := range o.identities {
		secret, err := id.Unwrap(stanzas)
		switch {
		case errors.Is(err, age.ErrIncorrectIdentity):
		case err != nil || len(secret) != dataKeySize:
			return nil, ErrChanged
		default:
			return bytes.Clone(secret), nil
		}
	}
	return nil, ErrIdentity
}
