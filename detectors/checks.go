package detectors

import "math/rand/v2"

// The checks that a vendor file can name. Each looks at the whole match (before,
// literal and after) and says whether it could be real. The last column is what
// {check-NAME} writes into a template, and what it is computed over: the
// token, which begins after the last << of the template, else after its last
// blank, quote or bracket.
//
//	aws-key-id           AKIA…, ASIA…: the account id in it has 12 digits          16 bytes after the four letters
//	crc32-base62         GitHub, npm: last 6 over the 30 before                    6 bytes over the 30 before
//	gitlab-routable      GitLab: last 7 base36 over all before                     7 bytes over the token
//	atlassian-crc32      ATATT3, ATCTT3, ATOA: last 8 HEX over all before          8 bytes over the token
//	bitbucket-crc32      ATBB: last 8 hex over all before                          8 bytes over the token
//	cloudflare-crc32     cfk_, cfut_, cfat_: last 8 hex over the 40 before         8 bytes over the 40 before
//	grafana-crc32        glsa_: last 8 hex, little endian, over glsa_ and 32       8 bytes over the 37 before the _
//	confluent-crc32      cflt: last 6 base64, little endian, over the 54 before    6 bytes over the 54 before
//	zuplo-crc32          zpka_: last 8 hex over the 32 before the _                8 bytes over the 32 before the _
//	azure-storage        +ASt key, 88 bytes                                        8 bytes over the 80 before
//	azure-cosmos         ACDb key, 88 bytes                                        8 bytes over the 80 before
//	azure-batch          +ABa key, 88 bytes                                        8 bytes over the 80 before
//	azure-ml             +AMC key, 88 bytes                                        8 bytes over the 80 before
//	azure-apim           APIM key, 88 bytes                                        8 bytes over the 80 before
//	azure-messaging      +ASb, +AEh, +ARm keys, 44 bytes                           7 bytes over the 37 before
//	azure-iot            AIoT key, 44 bytes                                        7 bytes over the 37 before
//	azure-redis          AzCa key, 44 bytes                                        7 bytes over the 37 before
//	azure-event-grid     AZEG key, 44 bytes                                        7 bytes over the 37 before
//	azure-registry       +ACR key, 52 bytes                                        6 bytes over the 46 before
//	azure-search         AzSe key, 52 bytes                                        6 bytes over the 46 before
//	azure-functions      AzFu key, 56 bytes, base64url                             8 bytes over the 48 before
//	azure-cask           JQQJ99 key, 84 or 88 bytes                                4 bytes over the 80 before
//	azure-devops-pat     Azure DevOps, 52 base32low                                52 bytes: the whole token
//	azure-entra-secret   8Q~: last 3 over all before; 7Q~ carries nothing          3 bytes over the token
//	bech32               age secret keys, nostr nsec                               6 bytes over the token
//	base58check          WIF and extended private keys                             {check-wif}, {check-xprv}: the whole token
//	nats-nkey            NATS seeds, 58 base32                                     58 bytes: the whole token
//	jfrog-api-key        AKCp: base58 of 54 bytes                                  use AKCp{base58:69}
//	jfrog-reference      base64 of reftkn:                                         use {b64:reftkn:…}
//	pypi-macaroon        pypi-: macaroon v2, location and identifier               what is missing after pypi-…: the rest of the macaroon
//	jwt                  JWS or JWE in compact form: header with alg (and enc)     use {jwt} or {jwe}
//	jwt-kubernetes       JWS whose payload names kubernetes                        use {jwt:{"iss":"kubernetes/serviceaccount"}}
//	base64-jwt           base64 of a JWS                                           use {b64:{jwt}}
//	teamcity             header with typ TCV2                                      use {b64url:{"typ": "TCV2"}}.…
//	base64-json          what begins at eyJ is base64 of a JSON object             use {b64:{"a":1}}
//	sentry-org           sntrys_: base64 of JSON with iat, then _ and 43           use sntrys_{b64:{"iat":1}}_{base64:43}
//	grafana-cloud        glc_: base64 of JSON with o, n and k                      use glc_{b64:{"o":"1","n":"x","k":"x"}}
//	grafana-api-key      eyJrIjoi: base64 of JSON with k, n and id                 use {b64:{"k":"x","n":"x","id":1}}
//	mapbox               sk.eyJ: base64url of JSON with u and a                    use sk.{b64url:{"u":"x","a":"x"}}.{base64url:22}
//	base64-colon         trailing base64 is printable text with a colon            use {b64:user:secret}
//	base64-32            trailing base64 is 32 bytes                               use {b64:{alnum:32}}
//	base64-64            trailing base64 is 64 bytes                               use {b64:{alnum:64}}
//	base64-pem           trailing base64 is PEM                                    use {b64:{pem}}
//	bedrock-key          ABSK: base64 of BedrockAPIKey-                            use ABSK{b64:BedrockAPIKey-{alnum:60}}
//	bedrock-session      bedrock-api-key-: base64 of bedrock.amazonaws.com         use bedrock-api-key-{b64:bedrock.amazonaws.com/…}
//	ses-smtp             44 base64 of 33 bytes, the first 4                        use B{base64:43}: see the function
//	bitbucket-server     BBDC-: base64 of digits, colon, bytes                     use BBDC-{b64:{digit:12}:{alnum:20}}
//	discord-bot          the part before the first dot is base64 of a number       use {b64url:{digit:18}}.…
//	intercom             base64 of tok:                                            use {b64:tok:{alnum:40}}
//	sas-signature        percent-encoded base64 of 32 bytes at the end             use {pct:{b64:{alnum:32}}}
//	der                  base64 of a DER sequence that begins with a version       use {check-der:N}: N bytes, the whole token
//	dpapi                base64 with the DPAPI provider id                         use AQAAANCMnd8BFdERjHoAwE/Cl+s{base64:N}
//	openai               T3BlbkFJ inside
//	groq                 WGdyb3FY inside
//	anthropic            ends in AA
//	rapidapi             msh, p1 and jsn inside, in that order
//	bcrypt               $2a$…: cost 04 to 31, 53 of ./A-Za-z0-9
//	argon2               $argon2id$…: version, m, t and p, salt and hash
type check struct {
	name string
	// test is the check itself.
	test func(token []byte) bool
	// write returns what makes token pass when it is put behind it, or nil when
	// examples are written without its help. n is the length asked for, or 0.
	write func(token []byte, n int, r *rand.Rand) []byte
}

var checks = [...]check{
	{"aws-key-id", awsKeyID, writeAWSKeyID},
	{"crc32-base62", crc32Base62, writeCRC32Base62},
	{"gitlab-routable", gitlabRoutable, writeGitlabRoutable},
	{"atlassian-crc32", atlassianCRC32, writeAtlassianCRC32},
	{"bitbucket-crc32", bitbucketCRC32, writeAtlassianCRC32},
	{"cloudflare-crc32", cloudflareCRC32, writeCloudflareCRC32},
	{"grafana-crc32", grafanaCRC32, writeGrafanaCRC32},
	{"confluent-crc32", confluentCRC32, writeConfluentCRC32},
	{"zuplo-crc32", zuploCRC32, writeZuploCRC32},
	{"azure-storage", azureStorage.test, azureStorage.write},
	{"azure-cosmos", azureCosmos.test, azureCosmos.write},
	{"azure-batch", azureBatch.test, azureBatch.write},
	{"azure-ml", azureML.test, azureML.write},
	{"azure-apim", azureAPIM.test, azureAPIM.write},
	{"azure-messaging", azureMessaging.test, azureMessaging.write},
	{"azure-iot", azureIoT.test, azureIoT.write},
	{"azure-redis", azureRedis.test, azureRedis.write},
	{"azure-event-grid", azureEventGrid.test, azureEventGrid.write},
	{"azure-registry", azureRegistry.test, azureRegistry.write},
	{"azure-search", azureSearch.test, azureSearch.write},
	{"azure-functions", azureFunctions.test, azureFunctions.write},
	{"azure-cask", azureCASK, writeAzureCASK},
	{"azure-devops-pat", azureDevOpsPAT, writeAzureDevOpsPAT},
	{"azure-entra-secret", azureEntraSecret, writeAzureEntraSecret},
	{"bech32", bech32, writeBech32},
	{"base58check", base58Check, nil},
	{"nats-nkey", natsNkey, writeNATSNkey},
	{"jfrog-api-key", jfrogAPIKey, nil},
	{"jfrog-reference", jfrogReference, nil},
	{"pypi-macaroon", pypiMacaroon, writePyPIMacaroon},
	{"jwt", jwt, nil},
	{"jwt-kubernetes", jwtKubernetes, nil},
	{"base64-jwt", base64JWT, nil},
	{"teamcity", teamCity, nil},
	{"base64-json", base64JSON, nil},
	{"sentry-org", sentryOrg, nil},
	{"grafana-cloud", grafanaCloud, nil},
	{"grafana-api-key", grafanaAPIKey, nil},
	{"mapbox", mapbox, nil},
	{"base64-colon", base64Colon, nil},
	{"base64-32", base64Of32, nil},
	{"base64-64", base64Of64, nil},
	{"base64-pem", base64PEM, nil},
	{"bedrock-key", bedrockKey, nil},
	{"bedrock-session", bedrockSession, nil},
	{"ses-smtp", sesSMTP, nil},
	{"bitbucket-server", bitbucketServer, nil},
	{"discord-bot", discordBot, nil},
	{"intercom", intercom, nil},
	{"sas-signature", sasSignature, nil},
	{"der", der, writeDER},
	{"dpapi", dpapi, nil},
	{"openai", openAI, nil},
	{"groq", groq, nil},
	{"anthropic", anthropic, nil},
	{"rapidapi", rapidAPI, nil},
	{"bcrypt", bcrypt, nil},
	{"argon2", argon2, nil},
}

// checkNamed returns the check called name, or nil.
func checkNamed(name string) *check {
	for i := range checks {
		if checks[i].name == name {
			return &checks[i]
		}
	}
	return nil
}
