package scan

import (
	"github.com/stanch/stanch/internal/names"
	"github.com/stanch/stanch/match"
)

// structure is a parser of one construct of logs and protocols. It is called
// at a hit text[hs:he] of a literal of its detector and records what it finds.
type structure func(s *Scanner, detector int32, hs, he int)

// structureOf returns the parser with a name and what has to follow its
// literals for it to be worth calling.
func structureOf(name string) (structure, match.Gate) {
	switch name {
	case "authorization-scheme":
		return (*Scanner).bareScheme, match.Gate{Class: token68Class, Min: 8}
	case "url-userinfo":
		return (*Scanner).userinfo, match.Gate{}
	case "go-dsn":
		return (*Scanner).goDSN, match.Gate{}
	case "oracle-thin":
		return (*Scanner).oracleThin, match.Gate{}
	case "jwt":
		return (*Scanner).jwt, match.Gate{Class: base64urlClass, Min: 12}
	case "pem":
		return (*Scanner).pem, match.Gate{}
	case "kubernetes-secret":
		return (*Scanner).kubernetes, match.Gate{}
	case "key-lines":
		return (*Scanner).keyLines, match.Gate{}
	case "putty-key":
		return (*Scanner).putty, match.Gate{}
	case "sql-identified":
		return (*Scanner).sqlIdentified, match.Gate{}
	case "resp-auth":
		return (*Scanner).respAuth, match.Gate{Class: afterAuth, Min: 1}
	case "smtp-login":
		return (*Scanner).smtpLogin, match.Gate{}
	case "netrc":
		return (*Scanner).netrc, match.Gate{Class: hostClass, Min: 1}
	case "protocol-command":
		return (*Scanner).wire, match.Gate{}
	case "command-line":
		return (*Scanner).command, match.Gate{Class: afterProgram, Min: 1}
	case "jwk":
		return (*Scanner).jwk, match.Gate{}
	case "path-token":
		return (*Scanner).pathToken, match.Gate{Class: base64urlClass, Min: 16}
	case "secure-string":
		return (*Scanner).secureString, match.Gate{}
	}
	return nil, match.Gate{}
}

// fieldStructures names the structures that report the values of sensitive
// names, by class of name.
var fieldStructures = [...]string{
	names.Unknown: "", names.Password: "field-password", names.Passphrase: "field-passphrase", names.Token: "field-token",
	names.Key: "field-key", names.Secret: "field-secret", names.PrivateKey: "field-private-key", names.Auth: "field-auth",
	names.Session: "field-session", names.Cookie: "field-cookie", names.OTP: "field-otp", names.PIN: "field-pin",
	names.Signature: "field-signature", names.Connection: "field-connection", names.Webhook: "field-webhook",
}

func fieldClass(structure string) (names.Class, bool) {
	if structure != "" {
		for c, n := range fieldStructures {
			if n == structure {
				return names.Class(c), true
			}
		}
	}
	return 0, false
}

// Byte classes of the gates, bit b of word b/64.
var (
	afterProgram   = match.Class{1<<' ' | 1<<'"' | 1<<'\'' | 1<<',', 1 << ('\\' - 64)}
	token68Class   = match.Class{0x23ff_e800_0000_0000, 0x47ff_fffe_87ff_fffe}
	base64urlClass = match.Class{0x03ff_2000_0000_0000, 0x07ff_fffe_87ff_fffe}
)
