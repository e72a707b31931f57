package detectors

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"strconv"
)

// decodeBase64 reads either alphabet, with or without padding; nil when text is
// neither, or empty.
func decodeBase64(text []byte) []byte {
	plain := bytes.TrimRight(text, "=")
	if len(plain) == 0 || len(plain)%4 == 1 {
		return nil
	}
	url := bytes.ContainsAny(plain, "-_")
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(plain)))
	var err error
	if url {
		_, err = base64.RawURLEncoding.Decode(out, plain)
	} else {
		_, err = base64.RawStdEncoding.Decode(out, plain)
	}
	if err != nil {
		return nil
	}
	return out
}

// trailingBase64 decodes the longest end of token that is written in the
// standard alphabet.
func trailingBase64(token []byte) []byte {
	i := len(token)
	for i > 0 && token[i-1] == '=' {
		i--
	}
	for i > 0 && isBase64(token[i-1]) {
		i--
	}
	return decodeBase64(token[i:])
}

func isBase64(b byte) bool {
	return b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '+' || b == '/'
}

// object reports whether text is base64 of a JSON object with all the keys.
func object(text []byte, keys ...string) bool {
	data := decodeBase64(text)
	var fields map[string]json.RawMessage
	if data == nil || json.Unmarshal(data, &fields) != nil {
		return false
	}
	for _, k := range keys {
		if _, ok := fields[k]; !ok {
			return false
		}
	}
	return fields != nil
}

// fromJSON returns token from the first base64 of {" on.
func fromJSON(token []byte) []byte {
	i := bytes.Index(token, []byte("eyJ"))
	if i < 0 {
		return nil
	}
	return token[i:]
}

// jwt: three base64url parts of which the first is a JSON object with alg
// (RFC 7515), or five and also enc (RFC 7516).
func jwt(token []byte) bool {
	head, _, _ := bytes.Cut(token, []byte("."))
	switch bytes.Count(token, []byte(".")) {
	case 2:
		return object(head, "alg")
	case 4:
		return object(head, "alg", "enc")
	}
	return false
}

// jwtKubernetes: a token of a Kubernetes service account names it in its payload.
// https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
func jwtKubernetes(token []byte) bool {
	parts := bytes.Split(token, []byte("."))
	return len(parts) == 3 && object(parts[0], "alg") && bytes.Contains(decodeBase64(parts[1]), []byte("kubernetes"))
}

// base64JWT: base64 of a token that passes jwt.
func base64JWT(token []byte) bool { return jwt(decodeBase64(token)) }

// teamCity: the header of a TeamCity token has the type TCV2.
func teamCity(token []byte) bool {
	head, _, ok := bytes.Cut(fromJSON(token), []byte("."))
	return ok && object(head, "typ") && bytes.Contains(decodeBase64(head), []byte("TCV2"))
}

// base64JSON: a JSON object stands where base64 of {" begins.
func base64JSON(token []byte) bool { return object(fromJSON(token)) }

// sentryOrg: between sntrys_ and the last underscore stands JSON with the time of issue.
// https://develop.sentry.dev/application-architecture/auth-tokens/
func sentryOrg(token []byte) bool {
	body, ok := bytes.CutPrefix(token, []byte("sntrys_"))
	i := bytes.LastIndexByte(body, '_')
	return ok && i > 0 && object(body[:i], "iat")
}

// grafanaCloud: a cloud access policy token holds organisation, name and key.
// https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/
func grafanaCloud(token []byte) bool { return object(fromJSON(token), "o", "n", "k") }

// grafanaAPIKey: a legacy API key holds key, name and organisation.
// https://github.com/grafana/grafana/tree/main/pkg/components/apikeygen
func grafanaAPIKey(token []byte) bool { return object(fromJSON(token), "k", "n", "id") }

// mapbox: the second part holds user and token id.
// https://docs.mapbox.com/help/glossary/access-token/
func mapbox(token []byte) bool {
	body, _, ok := bytes.Cut(fromJSON(token), []byte("."))
	return ok && object(body, "u", "a")
}

// base64Colon: trailing base64 of printable text with a colon, as in Basic (RFC 7617).
func base64Colon(token []byte) bool {
	data := trailingBase64(token)
	for _, b := range data {
		if b < 0x20 || b == 0x7f {
			return false
		}
	}
	return bytes.IndexByte(data, ':') >= 0
}

// base64Of32: trailing base64 of 32 bytes.
func base64Of32(token []byte) bool { return len(trailingBase64(token)) == 32 }

// base64Of64: trailing base64 of 64 bytes.
func base64Of64(token []byte) bool { return len(trailingBase64(token)) == 64 }

// base64PEM: trailing base64 of PEM (RFC 7468).
func base64PEM(token []byte) bool {
	return bytes.HasPrefix(trailingBase64(token), []byte("-----BEGIN "))
}

// bedrockKey: ABSK, then base64 of BedrockAPIKey-.
// https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
func bedrockKey(token []byte) bool {
	body, ok := bytes.CutPrefix(token, []byte("ABSK"))
	return ok && bytes.HasPrefix(decodeBase64(body), []byte("BedrockAPIKey-"))
}

// bedrockSession: bedrock-api-key-, then base64 of a presigned URL of the service.
// https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
func bedrockSession(token []byte) bool {
	return bytes.HasPrefix(trailingBase64(token), []byte("bedrock.amazonaws.com"))
}

// sesSMTP: an SMTP password is base64 of the version byte 4 and an HMAC-SHA-256.
// https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html
func sesSMTP(token []byte) bool {
	data := trailingBase64(token)
	return len(data) == 33 && data[0] == 4
}

// bitbucketServer: BBDC-, then base64 of a number, a colon and random bytes.
// https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html
func bitbucketServer(token []byte) bool {
	id, secret, ok := bytes.Cut(trailingBase64(token), []byte(":"))
	return ok && isNumber(id) && len(secret) > 0
}

// jfrogReference: base64 of reftkn:, a number, the time of expiry and the token.
// https://jfrog.com/help/r/jfrog-platform-administration-documentation/understanding-reference-tokens
func jfrogReference(token []byte) bool {
	return bytes.HasPrefix(trailingBase64(token), []byte("reftkn:"))
}

// intercom: base64 of tok: and the token.
func intercom(token []byte) bool { return bytes.HasPrefix(trailingBase64(token), []byte("tok:")) }

// discordBot: the part before the first dot is base64 of the bot's number, a
// snowflake of 17 to 20 digits.
// https://docs.discord.com/developers/reference#snowflakes
func discordBot(token []byte) bool {
	head, _, ok := bytes.Cut(token, []byte("."))
	id := decodeBase64(head)
	return ok && len(id) >= 17 && len(id) <= 20 && isNumber(id)
}

func isNumber(text []byte) bool {
	for _, b := range text {
		if b < '0' || b > '9' {
			return false
		}
	}
	return len(text) > 0
}

// sasSignature: what follows the last = that is no padding is base64 of an
// HMAC-SHA-256, percent-encoded or not.
// https://learn.microsoft.com/rest/api/storageservices/create-service-sas
func sasSignature(token []byte) bool {
	plain := make([]byte, 0, len(token))
	for i := 0; i < len(token); i++ {
		b := token[i]
		if b == '%' && i+2 < len(token) {
			n, err := strconv.ParseUint(string(token[i+1:i+3]), 16, 8)
			if err != nil {
				return false
			}
			b, i = byte(n), i+2
		}
		plain = append(plain, b)
	}
	return len(trailingBase64(plain)) == 32
}

// der: base64 of a DER SEQUENCE that begins with a version of 0, 1 or 3, as
// private keys and PKCS #12 files do (RFC 5208, RFC 5915, RFC 8017, RFC 7292).
// Only the first bytes count, so that a piece of a key passes.
func der(token []byte) bool {
	i := bytes.Index(token, []byte("M"))
	if i < 0 || len(token)-i < 12 {
		return false
	}
	data := decodeBase64(token[i : i+12])
	if len(data) != 9 || data[0] != 0x30 {
		return false
	}
	switch n := data[1]; {
	case n < 0x80:
		data = data[2:]
	case n <= 0x83:
		data = data[2+n&0x7f:]
	default:
		return false
	}
	return data[0] == 2 && data[1] == 1 && (data[2] == 0 || data[2] == 1 || data[2] == 3)
}

// writeDER writes n bytes of base64 that begin as a PKCS #8 key of 2048 bits does.
func writeDER(_ []byte, n int, r *rand.Rand) []byte {
	head := []byte{0x30, 0x82, 0x04, 0xbd, 2, 1, 0, 0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0, 4, 0x82}
	text := base64.StdEncoding.AppendEncode(nil, append(head, randomBytes(r, n)...))
	return text[:min(n, len(text))]
}

// dpapi: base64 of version 1 and the provider id of the Windows data
// protection API, df9d8cd0-1501-11d1-8c7a-00c04fc297eb.
// https://www.passcape.com/windows_password_recovery_dpapi_analyse
func dpapi(token []byte) bool {
	magic := []byte{1, 0, 0, 0, 0xd0, 0x8c, 0x9d, 0xdf, 1, 0x15, 0xd1, 0x11, 0x8c, 0x7a, 0, 0xc0, 0x4f, 0xc2, 0x97, 0xeb}
	return bytes.HasPrefix(trailingBase64(token), magic)
}
