package judge

import "bytes"

// isPublic: public keys and certificates in PEM, SSH, DER and JWK form.
func isPublic(v []byte) bool {
	if len(v) == 0 {
		return false
	}
	switch v[0] {
	case '-', 's', 'e', 'A', 'M', '{':
	default:
		return false
	}
	if rest, ok := bytes.CutPrefix(v, []byte("-----BEGIN ")); ok {
		label, body, ok := bytes.Cut(rest, []byte("-----"))
		if !ok || bytes.Contains(body, []byte("PRIVATE")) {
			return false
		}
		switch string(label) {
		case "PUBLIC KEY", "RSA PUBLIC KEY", "EC PUBLIC KEY", "DSA PUBLIC KEY", "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE",
			"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST", "X509 CRL", "PGP PUBLIC KEY BLOCK", "PGP SIGNATURE", "DH PARAMETERS",
			"EC PARAMETERS":
			return true
		}
		return false
	}
	for _, open := range [...]string{"ssh-rsa AAAA", "ssh-dss AAAA", "ssh-ed25519 AAAA", "ecdsa-sha2-nistp", "sk-ssh-ed25519@openssh.com AAAA",
		"sk-ecdsa-sha2-nistp256@openssh.com AAAA", "AAAAB3NzaC1yc2EA", "AAAAC3NzaC1lZDI1NTE5", "AAAAE2VjZHNhLXNoYTIt"} {
		if hasPrefix(v, open) {
			return true
		}
	}
	return publicDER(v) || publicJWK(v)
}

// publicDER: base64 of an X.509 certificate or request (RFC 5280) or of a
// SubjectPublicKeyInfo, told from PKCS #8 and #12 by the fields behind the first
// SEQUENCE.
func publicDER(v []byte) bool {
	if len(v) < 48 || !hasPrefix(v, "MI") && !hasPrefix(v, "MF") && !hasPrefix(v, "MC") && !hasPrefix(v, "MH") {
		return false
	}
	var der [24]byte
	if !decodeBase64(der[:], v[:32]) {
		return false
	}
	in, ok := sequence(der[:])
	if !ok {
		return false
	}
	body, ok := sequence(in)
	if !ok || len(body) < 4 {
		return false
	}
	// [0] version INTEGER: a certificate. INTEGER 0 and SEQUENCE: a request.
	// OBJECT IDENTIFIER: the algorithm of a public key.
	return body[0] == 0xa0 && body[1] == 3 && body[2] == 2 || body[0] == 2 && body[1] == 1 && body[3] == 0x30 || body[0] == 6
}

// sequence skips the header of a DER SEQUENCE.
func sequence(v []byte) ([]byte, bool) {
	if len(v) < 4 || v[0] != 0x30 {
		return nil, false
	}
	switch {
	case v[1] < 0x80:
		return v[2:], true
	case v[1] == 0x81:
		return v[3:], true
	case v[1] == 0x82:
		return v[4:], true
	}
	return nil, false
}

// decodeBase64 fills dst from 4/3 as many characters without padding.
func decodeBase64(dst, src []byte) bool {
	acc, bits, n := uint32(0), 0, 0
	for _, c := range src {
		var d byte
		switch {
		case isUpper(c):
			d = c - 'A'
		case isLower(c):
			d = c - 'a' + 26
		case isDigit(c):
			d = c - '0' + 52
		case c == '+' || c == '-':
			d = 62
		case c == '/' || c == '_':
			d = 63
		default:
			return false
		}
		acc = acc<<6 | uint32(d)
		if bits += 6; bits >= 8 {
			bits -= 8
			dst[n] = byte(acc >> bits)
			n++
		}
	}
	return n == len(dst)
}

// publicJWK: a JSON Web Key (RFC 7517) with a kty and none of the private members.
func publicJWK(v []byte) bool {
	if len(v) < 2 || v[0] != '{' || !bytes.Contains(v, []byte(`"kty"`)) || bytes.Contains(v, []byte(`"oct"`)) {
		return false
	}
	for _, private := range [...]string{`"d"`, `"k"`, `"p"`, `"q"`, `"dp"`, `"dq"`, `"qi"`, `"oth"`} {
		if bytes.Contains(v, []byte(private)) {
			return false
		}
	}
	return true
}

// isFile: a data URL of an image or font, or base64 of the first bytes of PNG,
// JPEG, GIF, ZIP, PDF, GZIP, WebP, WOFF or SVG.
func isFile(v []byte) bool {
	if len(v) == 0 {
		return false
	}
	switch v[0] {
	case 'd', 'i', '/', 'R', 'U', 'J', 'H', 'P':
	default:
		return false
	}
	for _, open := range [...]string{"data:image/", "data:font/", "data:audio/", "data:video/"} {
		if hasPrefix(v, open) {
			return true
		}
	}
	if len(v) < 32 {
		return false
	}
	for _, magic := range [...]string{"iVBORw0KGgo", "/9j/4", "/9j/2", "R0lGODdh", "R0lGODlh", "UEsDBB", "JVBERi0", "H4sIA", "UklGR", "d09GRg", "d09GMg", "PHN2Zy"} {
		if magic[0] == v[0] && hasPrefix(v, magic) {
			return all(v, base64Digit)
		}
	}
	return false
}

// isEncrypted: values that are ciphertext at rest: SOPS, Jasypt, Spring Cloud
// Config, Ansible Vault, Sealed Secrets (two bytes for the length of an RSA key,
// 512 in base64 begins with Ag).
func isEncrypted(v []byte) bool {
	return hasPrefix(v, "ENC[AES256_GCM,data:") && hasSuffix(v, "]") ||
		hasPrefix(v, "ENC(") && hasSuffix(v, ")") && len(v) > 5 && all(v[4:len(v)-1], base64Digit) ||
		hasPrefix(v, "{cipher}") && len(v) > 24 && all(v[8:], base64Digit) ||
		hasPrefix(v, "$ANSIBLE_VAULT;") ||
		hasPrefix(v, "Ag") && len(v) > 700 && all(v, base64Digit)
}
