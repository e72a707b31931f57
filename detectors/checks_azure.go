package detectors

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"math/bits"
	"math/rand/v2"
)

// marvin32 is the Marvin checksum, both halves folded into 32 bits.
// https://github.com/microsoft/security-utilities (Marvin), US20130262421A1
func marvin32(data []byte, seed uint64) uint32 {
	p0, p1 := uint32(seed), uint32(seed>>32)
	mix := func(word uint32) {
		p0 += word
		p1 ^= p0
		p0 = bits.RotateLeft32(p0, 20) + p1
		p1 = bits.RotateLeft32(p1, 9) ^ p0
		p0 = bits.RotateLeft32(p0, 27) + p1
		p1 = bits.RotateLeft32(p1, 19)
	}
	for ; len(data) >= 4; data = data[4:] {
		mix(binary.LittleEndian.Uint32(data))
	}
	last := uint32(0x80)
	for i := len(data) - 1; i >= 0; i-- {
		last = last<<8 | uint32(data[i])
	}
	mix(last)
	mix(0)
	return p0 ^ p1
}

// azureKey is a family of identifiable Azure keys: base64 of random bytes, four
// letters that name the service, and the Marvin checksum, little endian, of all
// bytes before it. A seed is the eight letters of the key's role.
// https://github.com/microsoft/security-utilities (IdentifiableMetadata)
type azureKey struct {
	size     int // length of the key in bytes
	encoding *base64.Encoding
	seeds    []string
}

var (
	azureStorage   = azureKey{64, base64.RawStdEncoding, []string{"Default0"}}
	azureCosmos    = azureKey{64, base64.RawStdEncoding, []string{"MastRW00", "MastRO00", "SystRW00", "SystRO00", "SysAll00", "Resour00", "Encryp00"}}
	azureBatch     = azureKey{64, base64.RawStdEncoding, []string{"AbAcct00"}}
	azureML        = azureKey{64, base64.RawStdEncoding, []string{"Classic0"}}
	azureAPIM      = azureKey{64, base64.RawStdEncoding, []string{"Tenant00", "IoTHub00", "Gatewy00", "GitKey00"}}
	azureMessaging = azureKey{32, base64.RawStdEncoding, []string{"Send0000", "Listen00", "Manage00", "System00", "Unknown0"}}
	azureIoT       = azureKey{32, base64.RawStdEncoding, []string{"IoTHub00", "DpsKey00", "Device00"}}
	azureRedis     = azureKey{32, base64.RawStdEncoding, []string{"Access00"}}
	azureEventGrid = azureKey{32, base64.RawStdEncoding, []string{"SendRecv"}}
	azureRegistry  = azureKey{39, base64.RawStdEncoding, []string{"ACRDflt0"}}
	azureSearch    = azureKey{39, base64.RawStdEncoding, []string{"Query000", "PAdmin00"}}
	azureFunctions = azureKey{40, base64.RawURLEncoding, []string{"Functi00", "System00", "Master00"}}
)

// marvinSeed reads the letters of a role as a big-endian number.
func marvinSeed(role string) uint64 {
	var n uint64
	for i := range 8 {
		n = n<<8 | uint64(role[i])
	}
	return n
}

func (k azureKey) test(token []byte) bool {
	var buf [66]byte
	text := tail(bytes.TrimRight(token, "="), k.encoding.EncodedLen(k.size))
	if text == nil {
		return false
	}
	n, err := k.encoding.Decode(buf[:], text)
	if err != nil || n != k.size {
		return false
	}
	sum := binary.LittleEndian.Uint32(buf[n-4:])
	for _, s := range k.seeds {
		if marvin32(buf[:n-4], marvinSeed(s)) == sum {
			return true
		}
	}
	return false
}

// write begins at the first digit that holds a bit of the checksum.
func (k azureKey) write(token []byte, _ int, _ *rand.Rand) []byte {
	whole := (k.size - 4) * 8 / 6
	text := tail(token, whole)
	if text == nil {
		return nil
	}
	key := make([]byte, k.size+3)
	if _, err := k.encoding.Decode(key, append(text[:whole:whole], "AAA"[:(4-whole%4)%4]...)); err != nil {
		return nil
	}
	key = key[:k.size-4]
	key = binary.LittleEndian.AppendUint32(key, marvin32(key, marvinSeed(k.seeds[0])))
	return []byte(k.encoding.WithPadding('=').EncodeToString(key)[whole:])
}

// azureCASK: 80 base64 digits, then the first 4 digits (84 bytes in all) or 6
// digits and padding (88) of the checksum of their 60 bytes. Older keys hold the
// checksum itself; newer ones its number in base 62, which keeps + and / out.
// https://github.com/microsoft/security-utilities (IdentifiableSecrets)
func azureCASK(token []byte) bool {
	text := tail(token, 84)
	if len(token) >= 88 && token[len(token)-1] == '=' {
		text = tail(token[:len(token)-2], 86)
	}
	if text == nil {
		return false
	}
	var key [60]byte
	if _, err := base64.RawStdEncoding.Decode(key[:], text[:80]); err != nil {
		return false
	}
	sum := marvin32(key[:], marvinSeed("Default0"))
	plain := base64.RawStdEncoding.EncodeToString(binary.LittleEndian.AppendUint32(nil, sum))
	have := caskDigits(text[80:])
	return have == caskDigits(caskBase62(sum)[:len(text)-80]) || have == caskDigits([]byte(plain[:len(text)-80]))
}

// caskDigits decodes 4 or 6 base64 digits; what the sixth holds beyond whole
// bytes does not count.
func caskDigits(text []byte) (sum [4]byte) {
	_, _ = base64.RawStdEncoding.Decode(sum[:], text)
	return sum
}

// caskBase62 writes the little-endian bytes of sum, read as one big-endian
// number, in base 62, with zeros put behind a number of fewer than 6 digits.
func caskBase62(sum uint32) []byte {
	n := bits.ReverseBytes32(sum)
	zeros := 0
	for zeros < 3 && byte(sum>>(8*zeros)) == 0 {
		zeros++
	}
	text := digits(n, base62Digits, 6)
	for len(text) > 1 && text[0] == '0' {
		text = text[1:]
	}
	text = append(digits(0, base62Digits, zeros), text...)
	return append(text, "000000"...)[:6]
}

func writeAzureCASK(token []byte, _ int, _ *rand.Rand) []byte {
	text := tail(token, 80)
	key, err := base64.RawStdEncoding.DecodeString(string(text))
	if err != nil || len(key) != 60 {
		return nil
	}
	return caskBase62(marvin32(key, marvinSeed("Default0")))[:4]
}

// azureEntraSecret: of a client secret with 8Q~ the last 3 bytes are the first
// of 6 digits, in an alphabet of its own, of the Marvin checksum of all before
// them. Secrets with 7Q~ carry no checksum and pass.
// https://github.com/microsoft/security-utilities (IsAzureAadClientAppIdentifiableSecret)
func azureEntraSecret(token []byte) bool {
	if len(token) >= 6 && string(token[3:6]) == "7Q~" {
		return true
	}
	return endsWith(token, 3, writeAzureEntraSecret)
}

func writeAzureEntraSecret(token []byte, _ int, _ *rand.Rand) []byte {
	const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~"
	return digits(marvin32(token, marvinSeed("AadPwd00")), alphabet, 6)[:3]
}

// azureDevOpsPAT: 52 base32 digits are 32 bytes; 28 of them are the token, and
// bytes 2, 7, 8 and 22, in that order, its CRC-32 xored with a number for user
// or for application tokens.
// https://github.com/microsoft/security-utilities (SEC101/102)
func azureDevOpsPAT(token []byte) bool {
	text := tail(token, 52)
	if text == nil {
		return false
	}
	var key [33]byte
	if n, err := base32Lower.Decode(key[:], text); err != nil || n != 32 {
		return false
	}
	sum := azureDevOpsSum(key[:32])
	have := uint32(key[2])<<24 | uint32(key[7])<<16 | uint32(key[8])<<8 | uint32(key[22])
	return have == sum^azureDevOpsUser || have == sum^azureDevOpsApp
}

const (
	azureDevOpsUser = 0xE0B9692D
	azureDevOpsApp  = 0x1019F92E
)

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func azureDevOpsSum(key []byte) uint32 {
	sum := uint32(0)
	for _, part := range [][]byte{key[0:2], key[3:7], key[9:22], key[23:32]} {
		sum = crc32.Update(sum, crc32.IEEETable, part)
	}
	return sum
}

func writeAzureDevOpsPAT(_ []byte, _ int, r *rand.Rand) []byte {
	key := randomBytes(r, 32)
	sum := azureDevOpsSum(key) ^ azureDevOpsUser
	key[2], key[7], key[8], key[22] = byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum)
	return []byte(base32Lower.EncodeToString(key))
}
