package names

import (
	"strings"
	"unicode/utf8"
)

// Stem is a literal that sensitive names contain. Its letters are matched in
// either case.
type Stem struct {
	Text string
	// Last: the stem counts only where no ASCII letter follows it, so that key
	// is seen in api_key=, "key": and key2, but not in keyboard.
	Last bool
}

// Stems returns what a matcher must look for to see every name that Classify
// holds for Medium or stronger, and for most weak ones: the built-in stems and
// those of the names given to New. Names that are Medium or stronger only in
// queries, cookies, flags and connection strings are seen where they end in a
// stem; the rest (code, sess, st) mean nothing without the place they were read
// in, and so do the flags written as a program and a letter.
func (c *Classifier) Stems() []Stem {
	var s []Stem
	for t := range strings.FieldsSeq(anywhereStems) {
		s = append(s, Stem{Text: t})
	}
	for t := range strings.FieldsSeq(lastStems) {
		s = append(s, Stem{Text: t, Last: true})
	}
	for _, words := range c.own {
		last := words[strings.LastIndexByte(words, '_')+1:]
		if utf8.RuneCountInString(last) >= 3 {
			s = append(s, Stem{Text: last, Last: true})
			continue
		}
		for _, sep := range [...]string{"", "_", "-", "."} {
			s = append(s, Stem{Text: strings.ReplaceAll(words, "_", sep), Last: true})
		}
	}
	return s
}

const (
	// Long or rare enough to be looked for anywhere in a word.
	anywhereStems = `
		password passwd passphrase passcode passhash passwort kennwort wachtwoord pswd
		secret credential apikey api_key api-key api.key accesskey privatekey private_key private-key encryptionkey signingkey
		accesstoken refreshtoken authtoken idtoken sessiontoken
		authorization authstring authheader authconfig authdigest webhookurl webhook_url webhook-url
		connectionstring connection_string connection-string connection.string
		kubeconfig kube_config dockercfg dockerconfigjson stringdata vcap jaas
		phpsessid samlre samlart honeycomb communitystring community_string pincode pin_code otpattempt otp_attempt
		auth_string auth_header auth_config session-id
		device_code device-code device.code devicecode auth_code auth-code authcode tokenvalue
		security_code security-code security.code securitycode
		verification_code verification-code verification.code verificationcode
		otp_code otp-code otp.code otpcode sms_code sms-code sms.code smscode mfa_code mfa-code mfa.code mfacode
		2fa_code 2fa-code 2fa.code 2facode factor_code factor-code factor.code factorcode
		recovery_code recovery-code recovery.code recoverycode
		contrase 비밀번호 비번 패스워드 密码 密碼 パスワード ароль`

	// The ends of names.
	lastStems = `
		key token auth pass pwd psw pw pword passe senha hasło
		pin otp totp cvv cvc 2fa factor sid sig sas jwt bearer assertion verifier
		csrf xsrf session sessionid session_id cookie cookies creds signature crypt salt
		phrase answer plaintext community seed mnemonic dsn webhook pfx pkcs8 pkcs12 psk sword`
)
