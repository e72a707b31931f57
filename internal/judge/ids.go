package judge

import "bytes"

// isUUID: 8-4-4-4-12 hex digits (RFC 9562), also in braces, as a URN, or behind
// a word that says whose it is (req-…, network:…).
func isUUID(v []byte) bool {
	v = bytes.TrimPrefix(v, []byte("urn:uuid:"))
	if n := len(v) - 36; n > 2 && (v[n-1] == '-' || v[n-1] == ':' || v[n-1] == '_') {
		return isUUID(v[n:]) && isWords(v[:n-1])
	}
	if len(v) == 38 && v[0] == '{' && v[37] == '}' {
		v = v[1:37]
	}
	if len(v) != 36 || v[8] != '-' {
		return false
	}
	for i, c := range v {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !isHex(c) {
			return false
		}
	}
	return true
}

func isCommit(v []byte) bool { return len(v) == 40 && setOf(v).hex() }

// isShortHash: an abbreviated commit or container id, with letters and digits.
func isShortHash(v []byte) bool {
	if len(v) < 7 || len(v) > 12 {
		return false
	}
	s := setOf(v)
	return s.hex() && s.any(digit) && s.any(letter)
}

// isDigest: a hash behind the name of its algorithm, as OCI digests,
// Subresource Integrity, go.sum and Nix write them.
func isDigest(v []byte) bool {
	if i := index(v, colon|dash); i < 2 || i > 7 {
		return false
	}
	for _, a := range [...]struct {
		name string
		size int
	}{{"sha256", 32}, {"sha512", 64}, {"sha384", 48}, {"sha224", 28}, {"sha1", 20}, {"md5", 16}, {"blake3", 32}, {"blake2b", 64}, {"h1", 32}} {
		rest, ok := cutFold(v, a.name)
		if !ok || len(rest) < 2 || rest[0] != ':' && rest[0] != '-' {
			continue
		}
		rest = rest[1:]
		s := setOf(rest)
		if s.hex() {
			return len(rest) == 2*a.size
		}
		return len(rest) == (a.size+2)/3*4 && s.within(base64Digit)
	}
	return false
}

// isFingerprint: SHA256: and 43 characters of base64 (OpenSSH), sha256// (curl),
// or pairs of hex digits joined by colons.
func isFingerprint(v []byte) bool {
	if rest, ok := bytes.CutPrefix(v, []byte("SHA256:")); ok {
		return len(rest) == 43 && all(rest, base64Digit)
	}
	if rest, ok := bytes.CutPrefix(v, []byte("sha256//")); ok {
		return len(rest) == 44 && all(rest, base64Digit)
	}
	v = bytes.TrimPrefix(v, []byte("MD5:"))
	if n := (len(v) + 1) / 3; len(v)%3 == 2 && (n == 16 || n == 20 || n == 28 || n == 32) {
		return hexGroups(v, 2, ':')
	}
	return false
}

// hexGroups: groups of exactly size hex digits joined by sep.
func hexGroups(v []byte, size int, sep byte) bool {
	for i, c := range v {
		if i%(size+1) == size {
			if c != sep {
				return false
			}
		} else if !isHex(c) {
			return false
		}
	}
	return len(v)%(size+1) == size
}

// isULID: 26 characters of Crockford's base 32 whose time part lies between
// 2005 and 2076 (first characters 01 or 02).
func isULID(v []byte) bool {
	return len(v) == 26 && v[0] == '0' && (v[1] == '1' || v[1] == '2') && all(v, digit|upper) && !bytes.ContainsAny(v, "ILOU")
}

// isTrace: version-traceid-parentid-flags of W3C Trace Context, B3 single headers,
// and Root=… of X-Ray.
func isTrace(v []byte) bool {
	if len(v) == 55 && v[2] == '-' && v[35] == '-' && v[52] == '-' {
		return allHex(v[:2]) && allHex(v[3:35]) && allHex(v[36:52]) && allHex(v[53:])
	}
	if len(v) >= 51 && v[32] == '-' && v[49] == '-' { // B3
		return allHex(v[:32]) && allHex(v[33:49])
	}
	v = bytes.TrimPrefix(v, []byte("Root="))
	return len(v) == 35 && hasPrefix(v, "1-") && v[10] == '-' && allHex(v[2:10]) && allHex(v[11:])
}

// isETag: a weak validator or a quoted hash (RFC 9110), an S3 multipart tail.
func isETag(v []byte) bool {
	weak := hasPrefix(v, `W/"`)
	v = bytes.TrimPrefix(v, []byte("W/"))
	if len(v) < 4 || v[0] != '"' || v[len(v)-1] != '"' {
		return false
	}
	v = v[1 : len(v)-1]
	if weak {
		return len(v) <= 80 && all(v, base64Digit)
	}
	sum, part, _ := bytes.Cut(v, []byte("-"))
	return len(sum) >= 8 && oneCaseHex(sum) && (len(part) == 0 || allHex(part))
}

// isResource: ARNs and ids of AWS, resource names of Google and Azure, OCIDs.
func isResource(v []byte) bool {
	if hasPrefix(v, "arn:aws") {
		return bytes.Count(v, []byte(":")) >= 5 && all(v, address|star|equals|at)
	}
	if hasPrefix(v, "ocid1.") {
		return bytes.Count(v, []byte(".")) >= 3 && all(v, address)
	}
	if rest, ok := cutFold(v, "/subscriptions/"); ok {
		return len(rest) >= 36 && isUUID(rest[:36]) && segmentsLikeNames(rest[36:])
	}
	if rest, ok := bytes.CutPrefix(v, []byte("projects/")); ok {
		return segmentsLikeNames(rest)
	}
	kind, id, ok := bytes.Cut(v, []byte("-"))
	if !ok || len(kind) == 0 || len(kind) > 9 || (len(id) != 8 && len(id) != 17) || !allHex(id) {
		return false
	}
	switch string(kind) {
	case "i", "vpc", "sg", "subnet", "ami", "vol", "snap", "eni", "igw", "rtb", "acl", "nat", "eipalloc", "vpce", "lt", "fs",
		"r", "rtbassoc", "eipassoc", "tgw", "pcx", "dopt", "vgw", "cgw", "vpn", "fsmt", "fsap":
		return true
	}
	return false
}

// isAddress: an account or contract of Ethereum, of 20 bytes; private keys have 32.
func isAddress(v []byte) bool { return len(v) == 42 && v[0] == '0' && v[1] == 'x' && allHex(v[2:]) }

// isSystemID: a Windows SID, an SELinux context, a PCI address.
func isSystemID(v []byte) bool {
	if rest, ok := bytes.CutPrefix(v, []byte("S-1-")); ok {
		return all(rest, digit|dash)
	}
	if len(v) == 12 && v[4] == ':' && v[7] == ':' && v[10] == '.' {
		return allHex(v[:4]) && allHex(v[5:7]) && allHex(v[8:10]) && isHex(v[11])
	}
	user, rest, ok := bytes.Cut(v, []byte(":"))
	if !ok || !hasSuffix(user, "_u") {
		return false
	}
	role, rest, ok := bytes.Cut(rest, []byte(":"))
	if !ok || !hasSuffix(role, "_r") {
		return false
	}
	kind, _, _ := bytes.Cut(rest, []byte(":"))
	return hasSuffix(kind, "_t") && all(kind, lower|underline)
}

// isBoundary: what browsers and mail programs put between MIME parts.
func isBoundary(v []byte) bool {
	for len(v) > 0 && v[0] == '-' {
		v = v[1:]
	}
	if len(v) < 2 {
		return false
	}
	switch v[0] {
	case 'W':
		return hasPrefix(v, "WebKitFormBoundary")
	case '_':
		return hasPrefix(v, "_Part_")
	case '=':
		return v[1] == '_'
	case 'g':
		return hasPrefix(v, "geckoformboundary")
	}
	return false
}
