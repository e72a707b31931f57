package detectors

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"math/bits"
	"math/rand/v2"
)

const (
	base62Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	lowerHex     = "0123456789abcdef"
	upperHex     = "0123456789ABCDEF"
)

// digits writes n in the base of the alphabet, padded on the left to width.
func digits(n uint32, alphabet string, width int) []byte {
	out := bytes.Repeat([]byte{alphabet[0]}, width)
	base := uint32(len(alphabet))
	for i := width - 1; i >= 0 && n > 0; i-- {
		out[i] = alphabet[n%base]
		n /= base
	}
	return out
}

// tail returns the last n bytes of token, or nil when it has fewer.
func tail(token []byte, n int) []byte {
	if len(token) < n {
		return nil
	}
	return token[len(token)-n:]
}

// endsWith reports whether token ends in what write puts behind the rest of it.
func endsWith(token []byte, n int, write func([]byte, int, *rand.Rand) []byte) bool {
	if len(token) <= n {
		return false
	}
	body := token[:len(token)-n]
	return bytes.Equal(token[len(body):], write(body, 0, nil))
}

// crc32Base62: the last 6 bytes are the CRC-32 (IEEE) of the 30 before them in
// base 62, digits before upper before lower case.
// https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
func crc32Base62(token []byte) bool { return endsWith(token, 6, writeCRC32Base62) }

func writeCRC32Base62(token []byte, _ int, _ *rand.Rand) []byte {
	body := tail(token, 30)
	if body == nil {
		return nil
	}
	return digits(crc32.ChecksumIEEE(body), base62Digits, 6)
}

// gitlabRoutable: the last 7 bytes are the CRC-32 of everything before them,
// the prefix included, in base 36.
// https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/
func gitlabRoutable(token []byte) bool { return endsWith(token, 7, writeGitlabRoutable) }

func writeGitlabRoutable(token []byte, _ int, _ *rand.Rand) []byte {
	return digits(crc32.ChecksumIEEE(token), "0123456789abcdefghijklmnopqrstuvwxyz", 7)
}

// atlassianCRC32: the last 8 bytes are the CRC-32 of everything before them,
// the equals sign included, in upper-case hexadecimal. The vendor documents
// none of it; tokens published as samples carry it.
func atlassianCRC32(token []byte) bool { return endsWith(token, 8, writeAtlassianCRC32) }

func writeAtlassianCRC32(token []byte, _ int, _ *rand.Rand) []byte {
	return digits(crc32.ChecksumIEEE(token), upperHex, 8)
}

// bitbucketCRC32 is atlassianCRC32 in either case.
func bitbucketCRC32(token []byte) bool {
	return len(token) > 8 && bytes.EqualFold(tail(token, 8), writeAtlassianCRC32(token[:len(token)-8], 0, nil))
}

// cloudflareCRC32: the last 8 bytes are the CRC-32 of the 40 before them in hexadecimal.
// https://developers.cloudflare.com/fundamentals/api/get-started/token-formats
// documents that there is a checksum; its kind is what published samples carry.
func cloudflareCRC32(token []byte) bool { return endsWith(token, 8, writeCloudflareCRC32) }

func writeCloudflareCRC32(token []byte, _ int, _ *rand.Rand) []byte {
	body := tail(token, 40)
	if body == nil {
		return nil
	}
	return digits(crc32.ChecksumIEEE(body), lowerHex, 8)
}

// grafanaCRC32: the last 8 bytes are the CRC-32 of glsa_ and the 32 bytes
// behind it, as hexadecimal of its little-endian bytes. An underscore stands
// between them.
// https://github.com/grafana/grafana/tree/main/pkg/components/satokengen
func grafanaCRC32(token []byte) bool { return endsWith(token, 8, writeGrafanaCRC32) }

func writeGrafanaCRC32(token []byte, _ int, _ *rand.Rand) []byte {
	body := tail(token, 38)
	if body == nil || body[37] != '_' {
		return nil
	}
	return digits(bits.ReverseBytes32(crc32.ChecksumIEEE(body[:37])), lowerHex, 8)
}

// confluentCRC32: the last 6 bytes are the base64 of the little-endian CRC-32
// of the 54 bytes between cflt and them.
// https://docs.confluent.io/cloud/current/using/api-keys.html documents the
// prefix; the sum is what secrets published as samples carry.
func confluentCRC32(token []byte) bool { return endsWith(token, 6, writeConfluentCRC32) }

func writeConfluentCRC32(token []byte, _ int, _ *rand.Rand) []byte {
	body := tail(token, 54)
	if body == nil {
		return nil
	}
	var sum [4]byte
	binary.LittleEndian.PutUint32(sum[:], crc32.ChecksumIEEE(body))
	return base64.RawStdEncoding.AppendEncode(nil, sum[:])
}

// zuploCRC32: the last 8 bytes are the CRC-32 of the 32 bytes between zpka_ and
// the underscore before them, in hexadecimal.
// https://zuplo.com/docs/articles/api-key-best-practices documents that there is
// a checksum; its kind is what keys published as samples carry.
func zuploCRC32(token []byte) bool { return endsWith(token, 8, writeZuploCRC32) }

func writeZuploCRC32(token []byte, _ int, _ *rand.Rand) []byte {
	body := tail(token, 33)
	if body == nil || body[32] != '_' {
		return nil
	}
	return digits(crc32.ChecksumIEEE(body[:32]), lowerHex, 8)
}
