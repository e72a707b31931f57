package names

import (
	"strings"
	"sync"
)

// wordSet is read on first use.
func wordSet(words string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		m := make(map[string]bool)
		for w := range strings.FieldsSeq(words) {
			m[w] = true
		}
		return m
	})
}

// transparent words end a name without changing what its value is.
var transparent = wordSet(`
	base hex pem raw value val str string text plain plaintext enc
	new old current previous prev next confirm confirmation confirmed repeat again verify
	prod production dev development staging stage test testing qa uat live sandbox
	primary secondary main default backup rw ro wo env var
	secure sec super
	a b c v us eu`)

// metadata words end names that say something about a secret rather than hold it.
var metadata = wordSet(`
	id ids name names type types kind length len size count counts total used usage limit max min num number
	file files filename path paths dir directory folder location store vault
	url uri endpoint host hostname server port issuer audience aud provider providers
	ttl lifetime lifespan timeout expiry expires expire expired expiration expiresat validity duration
	at on date time timestamp created updated changed modified rotated age period interval
	policy strength complexity rule rules format encoding algorithm alg method mode scheme status state
	enabled disabled required allowed supported valid invalid present exists set needed missing
	version revision arn ref reference label alias description desc title tag hint prompt field column header prefix
	failed failure error errors reset expected attempts retries manager handler service client class factory
	generator validator parser filter checker scanner rotation renewal budget window
	resolver encoder decoder serializer deserializer extractor interceptor callback converter builder impl bean repository adapter`)

// prefixes are words that a short ending is commonly glued to.
var prefixes = wordSet(`
	my your our the new old cur current db database sql mysql mssql pg pgsql postgres postgresql maria mongo redis oracle ora
	rabbit rabbitmq amqp kafka user usr username admin adm administrator root login logon auth app api bot web http https
	ftp sftp ssh smtp imap pop mail email ldap ad bind proxy vpn wifi wlan wpa snmp sudo su master slave service svc srv
	system sys default temp tmp test demo guest account acct acc client server host key keystore truststore store trust cert
	cipher crypt pfx jks ssl tls git github gitlab bitbucket gh gl npm pypi docker registry ci cd slack aws gcp azure s3
	access refresh session sess csrf xsrf id job deploy device push fcm sas oauth jwt bearer private secret public
	invite invitation reset verify verification confirm confirmation remember authentication authorization security
	upload runner registration impersonation sso saml service webhook discord telegram sentry sonar snyk circle influxdb cloudflare
	join wrap vault consul nomad node cluster site zip pdf archive backup enable console tty telnet rdp vnc sip`)
