package main

import (
	"math/rand/v2"
	"strings"
)

// What secrets are called, word by word. The names are those of
// configuration formats, client libraries and frameworks.
var secretNames = map[family][]string{
	passwords: lines(`password
		password
		passwd
		pwd
		pass phrase
		passphrase
		user password
		db password
		db pass
		database password
		admin password
		root password
		new password
		old password
		current password
		password confirmation
		confirm password
		login password
		smtp password
		email host password
		mail password
		ftp password
		sftp password
		ldap bind password
		bind password
		bind pw
		proxy password
		http password
		basic auth password
		rabbitmq password
		rabbitmq default pass
		redis password
		requirepass
		mongo initdb root password
		mysql root password
		mysql pwd
		postgres password
		pgpassword
		spring datasource password
		javax persistence jdbc password
		hibernate connection password
		keystore password
		key store password
		ssl key password
		trust store password
		truststore password
		sasl password
		sasl jaas password
		sudo password
		ansible become pass
		vnc password
		wifi password
		wpa passphrase
		ssh passphrase
		private key passphrase
		pfx password
		certificate password
		temporary password
		initial password
		default password
		master password
		encryption password
		backup password
		zip password
		service account password
		svc password
		elastic password
		kibana password
		grafana admin password
		gf security admin password
		keycloak admin password
		jenkins password
		registry password
		docker password
		nexus password
		artifactory password
		vcenter password
		ipmi password
		oracle pwd
		sa password
		mssql sa password
		sql password
		ps credential password
		user pass
		auth pass
		auth password
		cluster password
		replication password
		repl password
		imap password
		pop3 password
		radius secret
		shared secret
		snmp auth password
		enable secret
		security answer`),
	tokens: lines(`token
		access token
		refresh token
		id token
		auth token
		api token
		bearer token
		session token
		session id
		session key
		personal access token
		deploy token
		bot token
		app token
		user token
		service token
		oauth token
		oauth2 access token
		csrf token
		xsrf token
		reset token
		password reset token
		reset password token
		confirmation token
		invite token
		magic link token
		verification token
		remember token
		authentication token
		authorization token
		security token
		aws session token
		github token
		gh token
		gitlab token
		ci job token
		npm token
		node auth token
		pypi token
		slack token
		slack bot token
		discord bot token
		telegram bot token
		vault token
		consul http token
		nomad token
		k8s token
		service account token
		sas token
		webhook token
		jwt
		jwt token
		id jwt
		bearer
		x auth token
		x vault token
		x access token
		sentry auth token
		digitalocean token
		cloudflare api token
		hf token
		hugging face hub token
		influxdb token
		circle token
		buildkite agent token
		sonar token
		snyk token
		client assertion
		subject token
		device code
		auth code
		authorization code
		login ticket
		sso token
		saml assertion
		upload token
		join token
		kubeadm token
		registration token
		runner token
		impersonation token`),
	keys: lines(`api key
		api key
		apikey
		x api key
		api secret
		api secret key
		app key
		app secret
		application key
		secret
		secret key
		client secret
		oauth client secret
		consumer secret
		access key
		secret access key
		aws secret access key
		account key
		storage account key
		azure storage key
		shared access key
		primary access key
		subscription key
		private key
		signing key
		signing secret
		webhook secret
		webhook signing secret
		stripe secret key
		stripe webhook secret
		encryption key
		data encryption key
		master key
		rails master key
		secret key base
		django secret key
		flask secret key
		nextauth secret
		auth secret
		jwt secret
		jwt secret key
		jwt signing key
		session secret
		cookie secret
		hmac key
		hmac secret
		fernet key
		license key
		activation key
		sendgrid api key
		mailgun api key
		twilio auth token
		datadog api key
		dd api key
		dd app key
		new relic license key
		openai api key
		anthropic api key
		google api key
		maps api key
		algolia admin key
		pagerduty integration key
		ingest key
		write key
		service key
		supabase service role key
		function key
		host key
		maxmind license key
		preshared key
		psk
		wireguard private key
		unseal key
		recovery key
		totp secret
		mfa secret
		otp secret
		two factor secret
		auth key
		partner key
		merchant key
		terminal key
		app secret key
		server key
		fcm server key
		root key
		deploy key
		bot secret
		payment secret
		integration secret
		crypto key
		aes key
		cipher key`),
	pins: lines(`pin
		otp
		otp code
		one time password
		passcode
		verification code
		sms code
		mfa code
		two factor code
		2fa code
		card pin
		cvv
		security code`),
	keyFiles: lines(`private key
		ssh private key
		tls key
		tls private key
		ssl key
		server key
		client key
		rsa private key
		signing private key
		deploy key
		key pem
		pem
		jwt private key
		service account key
		github app private key`),
	uuids: lines(`api key
		apikey
		x api key
		access token
		api token
		auth token
		token
		client secret
		secret
		secret key
		api secret
		app secret
		license key
		session token
		session id
		refresh token
		vault token
		heroku api key
		subscription key
		app key`),
	hashes: lines(`password hash
		encrypted password
		password digest
		hashed password
		passwd hash
		password`),
}

var (
	owners = strings.Fields(`billing orders payments acme portal legacy crm shop ingest notifier
		gateway scheduler reports warehouse tenant upstream downstream primary replica
		partner analytics search mailer app svc my prod staging test internal target source
		remote customer globex initech umbrella zeta`)
	suffixes = []string{"prod", "v2", "old", "new", "2", "1", "value", "staging", "eu", "backup", "plain", "raw"}
	styles   = []func([]string) string{snake, snake, snake, camel, camel, pascal, kebab, dotted, screaming, flat}
)

func lines(s string) []string {
	l := strings.Split(s, "\n")
	for i := range l {
		l[i] = strings.TrimSpace(l[i])
	}
	return l
}

func snake(w []string) string     { return strings.Join(w, "_") }
func kebab(w []string) string     { return strings.Join(w, "-") }
func dotted(w []string) string    { return strings.Join(w, ".") }
func flat(w []string) string      { return strings.Join(w, "") }
func screaming(w []string) string { return strings.ToUpper(strings.Join(w, "_")) }

func pascal(w []string) string {
	var b strings.Builder
	for _, s := range w {
		b.WriteString(strings.ToUpper(s[:1]) + s[1:])
	}
	return b.String()
}

func camel(w []string) string {
	s := pascal(w)
	return strings.ToLower(s[:1]) + s[1:]
}

// secretWords is the name of a secret: perhaps with an owner before it,
// seldom with a word after it.
func secretWords(r *rand.Rand, f family) []string {
	w := strings.Fields(pick(r, secretNames[f]))
	if r.IntN(4) == 0 {
		w = append([]string{pick(r, owners)}, w...)
	}
	if r.IntN(16) == 0 {
		w = append(w, pick(r, suffixes))
	}
	return w
}

func secretName(r *rand.Rand, f family) string {
	return pick(r, styles)(secretWords(r, f))
}
