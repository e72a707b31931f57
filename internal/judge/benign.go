package judge

// Reason says why a value is held to be no credential.
type Reason uint8

const (
	None Reason = iota
	Empty
	UUID
	Commit    // 40 hex digits: a Git commit, or an old API key
	ShortHash // 7 to 12 hex digits
	Digest    // sha256:…, h1:…
	Fingerprint
	ULID
	Trace // W3C trace context
	ETag
	Resource // ARN and the ids of cloud resources
	SystemID // Windows SID, SELinux context, PCI address, Ethereum address
	URL
	Email
	Host
	IP
	MAC
	Path
	Version
	Time
	Number
	Sequence // abcdef, 0123
	Object   // pkg.Class, pkg.Class@1a2b3c, Foo::Bar
	Words    // words and identifiers made of words
	Label    // words and numbers: task_1445144423722_0020
	File     // the beginning of an image or archive in base64
	Public   // public keys and certificates
	Encrypted
	Boundary // MIME
)

var reasons = [...]string{"none", "empty", "uuid", "commit", "short hash", "digest", "fingerprint", "ulid", "trace", "etag",
	"resource", "system id", "url", "email", "host", "ip", "mac", "path", "version", "time", "number", "sequence", "object",
	"words", "label", "file", "public", "encrypted", "boundary"}

func (r Reason) String() string { return reasons[r] }

// Benign returns why v, as a whole, looks like data rather than a credential,
// or None. It vetoes findings under names of medium and weak strength and those
// without a name; under a strong name any of these may be the secret.
func Benign(v []byte) Reason {
	v = trim(v)
	return benign(v, setOf(v))
}

// benign is Benign of a value without blanks around it. Most rules cannot hold
// without some byte that s, the set of what occurs in v, lacks.
func benign(v []byte, s set) Reason {
	switch {
	case nothing(v):
		return Empty
	case s.any(digit) && isNumber(v):
		return Number
	case s.any(dash) && isUUID(v):
		return UUID
	case len(v) == 40 && s.hex():
		return Commit
	case len(v) <= 12 && isShortHash(v):
		return ShortHash
	case s.any(colon|dash) && isDigest(v):
		return Digest
	case s.any(colon|slash) && isFingerprint(v):
		return Fingerprint
	case len(v) == 26 && isULID(v):
		return ULID
	case s.any(dash) && isTrace(v):
		return Trace
	case s.any(quote) && isETag(v):
		return ETag
	case s.any(colon|dash|dot|slash) && isResource(v):
		return Resource
	case isAddress(v) || s.any(colon|dash) && isSystemID(v):
		return SystemID
	case isPublic(v):
		return Public
	case isFile(v):
		return File
	case (len(v) > 700 || !s.within(alnum)) && isEncrypted(v):
		return Encrypted
	case isBoundary(v):
		return Boundary
	case s.any(colon|dot) && isIP(v):
		return IP
	case s.any(colon|dash|dot) && isMAC(v):
		return MAC
	case s.any(digit) && s.within(alnum|timeSeparators) && s.any(timeSeparators) && isTime(v):
		return Time
	case s.any(digit) && s.any(dot) && isVersion(v):
		return Version
	case s.any(colon) && s.any(slash) && isURL(v):
		return URL
	case s.any(at) && isEmail(v):
		return Email
	case isSequence(v):
		return Sequence
	case s.any(slash|backslash|tilde) && isPath(v):
		return Path
	case s.any(colon|dot) && isHost(v):
		return Host
	case s.any(colon|dot|dollar) && isObject(v):
		return Object
	case s.any(letter) && s.within(alnum|wordJoiners) && isWords(v):
		return Words
	case s.any(labelJoiners) && s.within(alnum|labelJoiners) && isLabel(v):
		return Label
	}
	return None
}
