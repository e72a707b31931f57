package judge

import "bytes"

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
	SystemID // Windows SID, SELinux context, PCI address
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

// vetoes in the order in which they are tried.
var vetoes = [...]struct {
	is  func([]byte) bool
	why Reason
}{
	{Nothing, Empty},
	{isNumber, Number},
	{isUUID, UUID},
	{isCommit, Commit},
	{isShortHash, ShortHash},
	{isDigest, Digest},
	{isFingerprint, Fingerprint},
	{isULID, ULID},
	{isTrace, Trace},
	{isETag, ETag},
	{isResource, Resource},
	{isSystemID, SystemID},
	{isPublic, Public},
	{isFile, File},
	{isEncrypted, Encrypted},
	{isBoundary, Boundary},
	{isIP, IP},
	{isMAC, MAC},
	{isTime, Time},
	{isVersion, Version},
	{isURL, URL},
	{isEmail, Email},
	{isSequence, Sequence},
	{isPath, Path},
	{isHost, Host},
	{isObject, Object},
	{isWords, Words},
	{isLabel, Label},
}

// Benign returns why v, as a whole, looks like data rather than a credential,
// or None. It vetoes findings under names of medium and weak strength and those
// without a name; under a strong name any of these may be the secret.
func Benign(v []byte) Reason {
	v = bytes.TrimSpace(v)
	for i := range vetoes {
		if vetoes[i].is(v) {
			return vetoes[i].why
		}
	}
	return None
}
