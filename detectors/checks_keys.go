package detectors

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"math/rand/v2"
	"strings"
)

// awsKeyID: behind the four letters stand 16 base32 digits whose first 48 bits,
// without the first and the last seven, are the account number. Ids made before
// 2019 begin with I or J there and hold none.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
// https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489
func awsKeyID(token []byte) bool {
	text := tail(token, 16)
	return text != nil && (text[0] == 'I' || text[0] == 'J' || awsAccount(text) <= 999_999_999_999)
}

// awsAccount returns the account number in 16 base32 digits, or one that is too
// large when they are none.
func awsAccount(text []byte) uint64 {
	var id [10]byte
	if n, err := base32.StdEncoding.Decode(id[:], text); err != nil || n != 10 {
		return 1 << 63
	}
	return binary.BigEndian.Uint64(id[:8]) >> 16 & 0x7fffffffff80 >> 7
}

func writeAWSKeyID(_ []byte, _ int, r *rand.Rand) []byte {
	account := 100_000_000_000 + r.Uint64N(900_000_000_000)
	id := binary.BigEndian.AppendUint64(nil, 1<<63|account<<23|r.Uint64N(1<<23))
	return []byte(base32.StdEncoding.EncodeToString(append(id, randomBytes(r, 2)...)))
}

const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32: digits behind the last 1, the last 6 of them a checksum over the
// part before the 1 and the digits. Upper or lower case, not both.
// https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki
func bech32(token []byte) bool { return endsWith(token, 6, writeBech32) }

func writeBech32(token []byte, _ int, _ *rand.Rand) []byte {
	text := string(token)
	upper := text == strings.ToUpper(text)
	if !upper && text != strings.ToLower(text) {
		return nil
	}
	text = strings.ToLower(text)
	one := strings.LastIndexByte(text, '1')
	if one < 1 {
		return nil
	}
	sum := uint32(1)
	for i := range one {
		sum = bech32Step(sum) ^ uint32(text[i]>>5)
	}
	sum = bech32Step(sum)
	for i := range one {
		sum = bech32Step(sum) ^ uint32(text[i]&31)
	}
	for i := one + 1; i < len(text); i++ {
		d := strings.IndexByte(bech32Digits, text[i])
		if d < 0 {
			return nil
		}
		sum = bech32Step(sum) ^ uint32(d)
	}
	for range 6 {
		sum = bech32Step(sum)
	}
	out := digits(sum^1, bech32Digits, 6)
	if upper {
		return bytes.ToUpper(out)
	}
	return out
}

func bech32Step(sum uint32) uint32 {
	top := sum >> 25
	sum = sum & 0x1ffffff << 5
	for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		sum ^= -(top >> i & 1) & g
	}
	return sum
}

const base58Digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// decodeBase58 returns the bytes behind Bitcoin's base 58, or nil.
func decodeBase58(text []byte) []byte {
	var n []byte // little endian
	for _, b := range text {
		carry := strings.IndexByte(base58Digits, b)
		if carry < 0 {
			return nil
		}
		for i := range n {
			carry += 58 * int(n[i])
			n[i] = byte(carry)
			carry >>= 8
		}
		for ; carry > 0; carry >>= 8 {
			n = append(n, byte(carry))
		}
	}
	for i := 0; i < len(text) && text[i] == '1'; i++ {
		n = append(n, 0)
	}
	for i, j := 0, len(n)-1; i < j; i, j = i+1, j-1 {
		n[i], n[j] = n[j], n[i]
	}
	return n
}

func encodeBase58(data []byte) []byte {
	var n []byte
	for _, b := range data {
		carry := int(b)
		for i := range n {
			carry += int(n[i]) << 8
			n[i] = byte(carry % 58)
			carry /= 58
		}
		for ; carry > 0; carry /= 58 {
			n = append(n, byte(carry%58))
		}
	}
	for i := 0; i < len(data) && data[i] == 0; i++ {
		n = append(n, 0)
	}
	out := make([]byte, len(n))
	for i, d := range n {
		out[len(n)-1-i] = base58Digits[d]
	}
	return out
}

// base58Check: base 58, the last 4 bytes the first of SHA-256 of SHA-256 of
// the others. Private keys in wallet import format and extended private keys.
// https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki
func base58Check(token []byte) bool {
	if len(token) > 120 {
		return false // longer than any of them, and base 58 takes square time
	}
	data := decodeBase58(token)
	if len(data) < 5 {
		return false
	}
	body := data[:len(data)-4]
	return bytes.Equal(data[len(body):], base58Sum(body))
}

func base58Sum(body []byte) []byte {
	once := sha256.Sum256(body)
	twice := sha256.Sum256(once[:])
	return twice[:4]
}

// writeWIF writes a compressed main-net key: K or L and 51 more.
func writeWIF(r *rand.Rand) []byte {
	body := append(append([]byte{0x80}, randomBytes(r, 32)...), 1)
	return encodeBase58(append(body, base58Sum(body)...))
}

// writeXprv writes a main-net extended private key, 111 bytes.
func writeXprv(r *rand.Rand) []byte {
	body := append([]byte{0x04, 0x88, 0xad, 0xe4, 3}, randomBytes(r, 40)...)
	body = append(append(body, 0), randomBytes(r, 32)...)
	return encodeBase58(append(body, base58Sum(body)...))
}

// natsNkey: base32 of two prefix bytes (seed and kind of key), 32 bytes and the
// CRC-16/XMODEM of those 34, little endian.
// https://github.com/nats-io/nkeys
func natsNkey(token []byte) bool {
	var key [37]byte
	n, err := base32Plain.Decode(key[:], tail(token, 58))
	return err == nil && n == 36 && key[0]&0xf8 == 18<<3 && binary.LittleEndian.Uint16(key[34:]) == crc16(key[:34])
}

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// writeNATSNkey writes the seed of a user, SU….
func writeNATSNkey(_ []byte, _ int, r *rand.Rand) []byte {
	const seed, user = 18 << 3, 20 << 3
	key := append([]byte{seed | user>>5, user << 3 & 0xff}, randomBytes(r, 32)...)
	key = binary.LittleEndian.AppendUint16(key, crc16(key))
	return []byte(base32Plain.EncodeToString(key))
}

func crc16(data []byte) uint16 {
	sum := uint16(0)
	for _, b := range data {
		sum ^= uint16(b) << 8
		for range 8 {
			sum = sum<<1 ^ -(sum>>15)&0x1021
		}
	}
	return sum
}

// jfrogAPIKey: AKCp and 69 more are base 58 of 54 bytes.
func jfrogAPIKey(token []byte) bool { return len(decodeBase58(tail(token, 73))) == 54 }

// pypiMacaroon: behind pypi- stands a version 2 macaroon in base64url: the
// byte 2, then the fields location (which names the registry) and identifier.
// https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt
func pypiMacaroon(token []byte) bool {
	text, ok := bytes.CutPrefix(token, []byte("pypi-"))
	if !ok || len(text)%4 == 1 {
		return false
	}
	data, err := base64.RawURLEncoding.DecodeString(string(text))
	if err != nil || len(data) == 0 || data[0] != 2 {
		return false
	}
	location, data, ok := macaroonField(data[1:], 1)
	if !ok || string(location) != "pypi.org" && string(location) != "test.pypi.org" {
		return false
	}
	_, _, ok = macaroonField(data, 2)
	return ok
}

func macaroonField(data []byte, kind byte) (value, rest []byte, ok bool) {
	if len(data) == 0 || data[0] != kind {
		return nil, nil, false
	}
	n, size := binary.Uvarint(data[1:])
	if size <= 0 || n > uint64(len(data)-1-size) {
		return nil, nil, false
	}
	data = data[1+size:]
	return data[:n], data[n:], true
}

func writePyPIMacaroon(token []byte, _ int, r *rand.Rand) []byte {
	for _, location := range []string{"pypi.org", "test.pypi.org"} {
		m := append([]byte{2, 1, byte(len(location))}, location...)
		id := randomRun(r, alphabets["lownum"], 36)
		m = append(append(m, 2, byte(len(id))), id...)
		caveat := `{"version": 1, "permissions": "user"}`
		m = append(append(m, 0, 2, byte(len(caveat))), caveat...)
		m = append(append(m, 0, 0, 6, 32), randomBytes(r, 32)...)
		whole := "pypi-" + base64.RawURLEncoding.EncodeToString(m)
		if strings.HasPrefix(whole, string(token)) {
			return []byte(whole[len(token):])
		}
	}
	return nil
}
