package detectors

import "bytes"

// openAI: base64 of OpenAI stands inside every key of that vendor.
func openAI(token []byte) bool { return bytes.Contains(token, []byte("T3BlbkFJ")) }

// groq: base64 of Xf[T stands inside every key of that vendor.
func groq(token []byte) bool { return bytes.Contains(token, []byte("WGdyb3FY")) }

// anthropic: keys end in AA.
func anthropic(token []byte) bool { return bytes.HasSuffix(token, []byte("AA")) }

// rapidAPI: keys hold the marks msh, p1 and jsn.
func rapidAPI(token []byte) bool {
	for _, mark := range []string{"msh", "p1", "jsn"} {
		i := bytes.Index(token, []byte(mark))
		if i < 0 {
			return false
		}
		token = token[i+len(mark):]
	}
	return true
}

// bcrypt: $2a$ (or b, x, y), a cost from 04 to 31 and 53 digits.
// https://www.usenix.org/legacy/events/usenix99/provos/provos.pdf
func bcrypt(token []byte) bool {
	hash := tail(token, 60)
	if hash == nil || hash[0] != '$' || hash[1] != '2' || bytes.IndexByte([]byte("abxy"), hash[2]) < 0 || hash[3] != '$' || hash[6] != '$' {
		return false
	}
	if cost := hash[4:6]; !isNumber(cost) || string(cost) < "04" || string(cost) > "31" {
		return false
	}
	for _, b := range hash[7:] {
		if b != '.' && (!isBase64(b) || b == '+') {
			return false
		}
	}
	return true
}

// argon2: kind, version, parameters m, t and p, salt and hash (RFC 9106; the
// form is that of the reference implementation).
func argon2(token []byte) bool {
	parts := bytes.Split(token, []byte("$"))
	if len(parts) != 6 || len(parts[0]) != 0 || !bytes.HasPrefix(parts[1], []byte("argon2")) || !bytes.HasPrefix(parts[2], []byte("v=")) {
		return false
	}
	params := bytes.Split(parts[3], []byte(","))
	if len(params) < 3 {
		return false
	}
	for i, name := range []string{"m=", "t=", "p="} {
		n, ok := bytes.CutPrefix(params[i], []byte(name))
		if !ok || !isNumber(n) {
			return false
		}
	}
	return decodeBase64(parts[4]) != nil && decodeBase64(parts[5]) != nil
}
