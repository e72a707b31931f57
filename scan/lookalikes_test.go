package scan

// lookalike is a kind of text that looks as if it held a secret and holds none.
// Its lines are templates as detectors.Expand reads them; [[a|b]] is one of the
// texts between the bars.
type lookalike struct {
	kind  string
	lines []string
}

// lookalikes are what hard negatives are drawn from.
var lookalikes = []lookalike{
	{"uuid", []string{
		`request_id={uuid} method=GET path=/v1/items status=200`,
		`{"trace":{"id":"{uuid}"},"span":"{hex:16}","msg":"done"}`,
		`Created instance {uuid} in zone eu-[[west|north|central]]-{digit:1}`,
		`X-Request-Id: {uuid}`,
		`correlationId: {uuid}, tenantId: {uuid}`,
		`WARN  [main] o.s.b.a.s.ServletInit : sessionless request {uuid} took {digit:3} ms`,
		`volume /dev/disk/by-uuid/{uuid} mounted on /var`,
		`UUID="{uuid}" TYPE="ext4" PARTUUID="{uuid}"`,
		`subscription /subscriptions/{uuid}/resourceGroups/{word}-rg`,
		`deployment "{word}" rolled out, revision {uuid}`,
	}},
	{"commit", []string{
		`commit {hex:40}`, `HEAD is now at {hex:7} fix the [[key|token|auth]] handling`,
		`Checking out {hex:40} (refs/remotes/origin/main)`, `From github.com:{word}/{word}   {hex:7}..{hex:7}  main -> origin/main`,
		`built from rev {hex:40} of the token service`, `index {hex:7}..{hex:7} 100644`,
		`git checkout {hex:40}`, `"gitCommit":"{hex:40}","gitTreeState":"clean"`,
		`source = "git::https://example.com/{word}.git?ref={hex:40}"`, `Merge: {hex:8} {hex:8}`,
		`{hex:40} refs/tags/v{digit:1}.{digit:2}.{digit:1}`,
	}},
	{"digest", []string{
		`Digest: sha256:{hex:64}`, `Status: Downloaded newer image for {word}:latest@sha256:{hex:64}`,
		`{hex:64}  {word}-{digit:1}.{digit:1}.tar.gz`, `MD5 ({word}.iso) = {hex:32}`,
		`sha512sum mismatch: want {hex:128}`, `layer sha256:{hex:64}: already exists`,
		`"checksum":"{hex:64}","size":{digit:6}`, `image id {hex:12} pulled in {digit:1}.{digit:2}s`,
		`blob {hex:40} {digit:4} bytes`, `ContentHash=sha256:{hex:64} key=manifests/{word}`,
		`checksum/config: {hex:64}`, `Verifying checksum {hex:64} ok`,
		`docker.io/library/{word}@sha256:{hex:64}`,
	}},
	{"etag", []string{
		`ETag: "{hex:32}"`, `ETag: W/"{hex:10}-{hex:11}"`, `If-None-Match: "{hex:32}-{digit:2}"`,
		`"ETag":"\"{hex:32}\"","Size":{digit:5},"Key":"{word}/{word}.json"`, `upload finished etag={hex:32}-{digit:1}`,
		`x-amz-version-id: {alnum:32}`, `< etag: "{hex:40}"`,
	}},
	{"trace", []string{
		`traceparent: 00-{hex:32}-{hex:16}-01`, `trace_id={hex:32} span_id={hex:16} trace_flags=01`,
		`X-B3-TraceId: {hex:32}`, `x-amzn-trace-id: Root=1-{hex:8}-{hex:24}`, `[{word},{hex:16},{hex:16},true] handled`,
		`"traceId":"{hex:32}","spanId":"{hex:16}","parentSpanId":"{hex:16}"`, `dd.trace_id={digit:19} dd.span_id={digit:19}`,
		`uber-trace-id: {hex:16}:{hex:16}:0:1`, `X-Cloud-Trace-Context: {hex:32}/{digit:19};o=1`,
		`logging.googleapis.com/trace: projects/{word}/traces/{hex:32}`,
	}},
	{"requestid", []string{
		`x-amz-request-id: {upnum:16}`, `x-amz-id-2: {base64:75}=`, `RequestId: {uuid} Version: $LATEST`, `REPORT RequestId: {uuid} Duration: {digit:3}.{digit:2} ms Billed Duration: {digit:3} ms`,
		`CF-RAY: {hex:16}-FRA`, `X-Request-ID: {alnum:20}`, `"requestID":"{upnum:26}","eventID":"{uuid}"`, `x-ms-request-id: {uuid}`,
		`X-Github-Request-Id: {HEX:4}:{HEX:5}:{HEX:6}:{HEX:6}:{HEX:8}`, `request-id: req_{alnum:14}`, `ulid 01{of:[0-9A-HJKMNP-TV-Z]:24} stored`,
	}},
	{"arn", []string{
		`arn:aws:iam::{digit:12}:role/{word}-deploy`, `arn:aws:s3:::{word}-logs/{word}/{digit:4}`,
		`AssumeRole arn:aws:sts::{digit:12}:assumed-role/{word}/i-{hex:17}`, `secretArn: arn:aws:secretsmanager:eu-west-1:{digit:12}:secret:{word}-{alnum:6}`,
		`kmsKeyId=arn:aws:kms:us-east-1:{digit:12}:key/{uuid}`, `"SecretId":"arn:aws:secretsmanager:eu-west-1:{digit:12}:secret:prod/db-{alnum:6}"`,
		`eni-{hex:17} attached to i-{hex:17} in subnet-{hex:17}`, `vpc-{hex:17} sg-{hex:17} created`,
		`ocid1.instance.oc1.iad.{lownum:60}`, `projects/{word}-{digit:6}/secrets/db-password/versions/{digit:1}`,
		`projects/{word}/serviceAccounts/{word}@{word}.iam.gserviceaccount.com/keys/{hex:40}`, `keyVaultSecretId: https://{word}.vault.azure.net/secrets/{word}/{hex:32}`,
		`KMS key arn:aws:kms:eu-west-1:{digit:12}:alias/{word} is enabled`,
	}},
	{"path", []string{
		`open /etc/ssl/private/{word}.key: permission denied`, `reading secret from /run/secrets/db_password`,
		`token file /var/run/secrets/kubernetes.io/serviceaccount/token not found`, `loading C:\Users\{word}\.ssh\id_rsa.pub`,
		`src/main/java/com/{word}/security/PasswordEncoder.java:{digit:3}: warning`, `./internal/auth/token_test.go:{digit:2}:{digit:1}: undefined: key`,
		`wrote ~/.config/{word}/credentials.json`, `mount -o ro /dev/sda1 /mnt/secret`, `/usr/lib/python3/dist-packages/keyring/backends/SecretService.py`,
		`GET /api/v1/users/password/reset 200`, `GET /static/js/token.{hex:8}.chunk.js 304`, `POST /oauth/token 401`, `keystore: /opt/{word}/conf/keystore.jks`,
		`--key-file=/etc/kubernetes/pki/apiserver.key --token-file=/etc/kubernetes/tokens.csv`, `ssl_certificate_key /etc/nginx/ssl/{word}.key;`,
		`passwordFile=/etc/{word}/password.txt`, `secretPath: secret/data/{word}/{word}`,
	}},
	{"class", []string{
		`at com.{word}.auth.TokenService.refreshToken(TokenService.java:{digit:3})`, `org.springframework.security.authentication.UsernamePasswordAuthenticationToken@{hex:8}`,
		`Caused by: java.security.InvalidKeyException: Wrong key size`, `bean 'passwordEncoder' of type [org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder]`,
		`System.Security.Cryptography.CryptographicException: Key not valid for use in specified state.`, `keyDeserializer=org.apache.kafka.common.serialization.StringDeserializer`,
		`key.serializer = class org.apache.kafka.common.serialization.StringSerializer`, `sasl.login.callback.handler.class = null`,
		`tokenProvider=com.{word}.JwtTokenProvider$$EnhancerBySpringCGLIB$${hex:8}`, `Illuminate\Auth\Passwords\PasswordBroker::sendResetLink()`,
		`secretResolver: io.{word}.vault.SecretResolver@{hex:7}`, `authenticator: org.apache.cassandra.auth.PasswordAuthenticator`,
		`ActionController::InvalidAuthenticityToken (ActionController::InvalidAuthenticityToken):`, `password_validators=[<django.contrib.auth.password_validation.MinimumLengthValidator object at 0x{hex:12}>]`,
		`keyGenerator=org.hibernate.id.enhanced.SequenceStyleGenerator`, `passwordEncoder: Argon2PasswordEncoder`,
	}},
	{"host", []string{
		`dial tcp: lookup auth.{word}.svc.cluster.local: no such host`, `connecting to redis://cache-{digit:1}.{word}.internal:6379/0`,
		`tokenEndpoint=https://login.{word}.example/oauth2/token`, `upstream keyserver.ubuntu.com:11371 answered`,
		`authority: {word}.example.com:443`, `jdbc:postgresql://db-{digit:1}.{word}.internal:5432/{word}?sslmode=require`,
		`auth_url=https://auth.{word}.example/realms/main`, `mongodb://mongo-0.mongo:27017,mongo-1.mongo:27017/{word}?replicaSet=rs0`,
		`amqp://rabbitmq.{word}.svc:5672/%2F`, `git@github.com:{word}/{word}.git`, `ssh {word}@{word}-{digit:1}.example.com -p 2222`,
		`user {word}@{word}.example logged in`, `https://{word}@dev.azure.com/{word}/_git/{word}`, `smtp://{word}%40example.com@smtp.example.com:587`,
		`http://proxy.{word}.example:3128/`, `ldap://dc{digit:1}.{word}.example:389/dc={word},dc=example`,
	}},
	{"version", []string{
		`keyring-{digit:1}.{digit:2}.{digit:1}-py3-none-any.whl`, `jsonwebtoken@{digit:1}.{digit:1}.{digit:1}`, `token-bucket v0.{digit:1}.{digit:1} downloaded`,
		`password-hash = "0.{digit:1}.{digit:1}"`, `secrets-store-csi-driver:v1.{digit:1}.{digit:1}`, `auth0-js: ^9.{digit:2}.{digit:1}`,
		`golang.org/x/crypto v0.{digit:2}.0 h1:{base64:43}=`, `keycloak:{digit:2}.0.{digit:1}-{digit:1}`, `libsecret-1-0 amd64 0.20.{digit:1}-2 [{digit:3} kB]`,
		`passlib==1.7.{digit:1}`, `apt-key is deprecated`, `gnome-keyring (42.1-{digit:1}) unpacked`,
	}},
	{"time", []string{
		`token_expires_at=2026-0{of:[1-9]:1}-1{digit:1}T0{digit:1}:{of:[0-5]:1}{digit:1}:00Z`, `password_changed=2026-01-1{digit:1} 0{digit:1}:20:{of:[0-5]:1}{digit:1}`,
		`"iat":17{digit:8},"exp":17{digit:8},"nbf":17{digit:8}`, `session started at 17{digit:11}`, `key rotation due in {digit:2}d`,
		`last password change: Mar {of:[1-2]:1}{digit:1}, 2026`, `token ttl={digit:4}s`, `auth latency={digit:2}.{digit:3}ms`, `session_timeout=30m0s`,
		`access_token_lifetime: {digit:4}`, `secret last synced 1{digit:1}h{digit:2}m ago`, `passwordLastSet: 1336{digit:14}`,
	}},
	{"count", []string{
		`tokens=123 prompt_tokens={digit:4} completion_tokens={digit:3} total_tokens={digit:4}`, `max_tokens={digit:4} temperature=0.{digit:1}`,
		`"usage":{"prompt_tokens":{digit:4},"completion_tokens":{digit:3},"cached_tokens":0}`, `keys={digit:5} expires={digit:4} avg_ttl={digit:6}`,
		`db0:keys={digit:4},expires={digit:2},avg_ttl=0`, `sessions: {digit:3} active, {digit:4} total`, `secrets: {digit:2}`, `password attempts left: {digit:1}`,
		`tokens/s: {digit:2}.{digit:2}`, `keyspace_hits:{digit:6}`, `auth_failures={digit:3}`, `n_tokens = {digit:4}, n_past = {digit:3}`, `cookies: {digit:2} set`,
		`evicted_keys:{digit:3}`, `failed_passwords={digit:2} locked=false`, `key_len={digit:2} ref=const rows={digit:3}`, `Innodb_buffer_pool_read_requests {digit:7} Key_reads {digit:4}`,
		`token_count: {digit:5}`, `input_token_count={digit:4} output_token_count={digit:3}`,
	}},
	{"image", []string{
		`<img src="data:image/png;base64,iVBORw0KGgo{base64:120}">`, `background:url(data:image/gif;base64,R0lGODlh{base64:60})`,
		`"avatar":"/9j/4AAQSkZJRg{base64:100}"`, `"thumbnail":"iVBORw0KGgo{base64:80}="`, `body=UEsDBB{base64:90}`, `attachment: JVBERi0xLj{base64:90}`,
		`font data:font/woff2;base64,d09GMg{base64:64}`,
	}},
	{"publickey", []string{
		`ssh-rsa AAAAB3NzaC1yc2EA{base64:200} {word}@{word}`, `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{base64:43} {word}@{word}`,
		`Accepted publickey for {word} from 10.0.{digit:1}.{digit:2} port 5{digit:4} ssh2: ED25519 SHA256:{base64:43}`, `"publicKey":"ssh-rsa AAAAB3NzaC1yc2EA{base64:160}"`,
		`public_key=ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTY{base64:86}=`, `{"kty":"EC","crv":"P-256","x":"{base64url:43}","y":"{base64url:43}","kid":"{word}-1","use":"sig"}`,
		`{"kty":"RSA","n":"{base64url:342}","e":"AQAB","kid":"{hex:40}","alg":"RS256"}`, `-----BEGIN PUBLIC KEY-----`, `-----BEGIN CERTIFICATE-----`, `-----BEGIN SSH2 PUBLIC KEY-----`,
		`pubkey: age1{bech32:58}`, `peer: {base64:43}= endpoint 10.0.0.{digit:1}:51820`, `minisign public key RW{base64:54}`, `node pubkey 0{of:[23]:1}{hex:64}`,
		`publicKeyToken={hex:16}`, `Culture=neutral, PublicKeyToken={hex:16}, processorArchitecture=MSIL`, `pub   rsa4096/{HEX:16} 2024-01-1{digit:1} [SC]`,
	}},
	{"certificate", []string{
		`MIID{base64:4}CCA{base64:3}gAwIBAgIU{base64:120}`, `subject=CN = {word}.example.com, O = {word}`, `Serial Number: {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}`,
		`X509v3 Subject Key Identifier: {HEX:2}:{HEX:2}:{HEX:2}:{HEX:2}:{HEX:2}:{HEX:2}:{HEX:2}:{HEX:2}:{HEX:2}:{HEX:2}`, `Authority Key Identifier: keyid:{HEX:2}:{HEX:2}:{HEX:2}:{HEX:2}:{HEX:2}:{HEX:2}`,
		`Signature Algorithm: sha256WithRSAEncryption`, `Public Key Algorithm: id-ecPublicKey`, `RSA Public-Key: (2048 bit)`, `thumbprint={HEX:40}`, `certificate serial {digit:18} expires in {digit:2} days`,
		`keyUsage: digitalSignature, keyEncipherment`, `pin-sha256="{base64:43}="`, `key usage: critical, Certificate Sign, CRL Sign`, `SSL certificate verify ok, key type RSA, 2048 bits`,
	}},
	{"fingerprint", []string{
		`SHA256:{base64:43} {word}@{word} (ED25519)`, `MD5:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}`,
		`Server host key: ssh-ed25519 SHA256:{base64:43}`, `RSA key fingerprint is SHA256:{base64:43}.`, `gpg: using RSA key {HEX:40}`, `Primary key fingerprint: {HEX:4} {HEX:4} {HEX:4} {HEX:4} {HEX:4}  {HEX:4} {HEX:4} {HEX:4} {HEX:4} {HEX:4}`,
		`gpg: Signature made Tue 03 Mar 2026 using key ID {HEX:8}`, `key fingerprint={HEX:40}`, `"fingerprint":"{hex:64}"`, `gpg: key {HEX:16}: public key "{word} <{word}@example.com>" imported`,
		`NO_PUBKEY {HEX:16}`, `Offending ECDSA key in /home/{word}/.ssh/known_hosts:{digit:2}`, `host key SHA256:{base64:43} accepted`,
	}},
	{"cursor", []string{
		`"next_page_token":"{base64url:40}"`, `nextToken={base64:60}`, `"NextContinuationToken":"1{base64:60}="`, `GET /v1/items?page_token={base64url:24}&limit=50`,
		`continuation-token: {base64:40}`, `"nextCursor":"{b64:{"id":{digit:6},"v":1}}"`, `cursor=eyJpZCI6{base64:12}`, `"continue":"{base64url:80}"`, `GET /api/v1/pods?limit=500&continue={base64url:80} 200`,
		`NextMarker={base64:44}`, `pagination_token={alnum:24}`, `sync_token={alnum:20}==`, `"nextSyncToken":"{base64:18}="`, `resume token: {"_data":"{HEX:64}"}`, `start_key={hex:16} end_key={hex:16}`,
	}},
	{"mask", []string{
		`password=******** user={word}`, `"password":"[FILTERED]","user":"{word}"`, `Authorization: Bearer [REDACTED]`, `token=<redacted>`, `api_key=***`, `"secret":"[Filtered]"`,
		`Authorization: Basic *****`, `aws_secret_access_key=****************`, `postgres://app:***@db:5432/{word}`, `https://***:***@{word}.example/`, `password: (sensitive value)`, `password = (sensitive)`,
		`client_secret=HIDDEN_DUE_TO_SECURITY_REASONS`, `"token":"xxxxxxxxxxxx"`, `DB_PASSWORD=xxxxx`, `password: '••••••••'`, `passwd=[hidden]`, `Cookie: [FILTERED]`, `"authorization":"<redacted>"`,
		`sasl.jaas.config = [hidden]`, `ssl.keystore.password = null`, `ssl.key.password = [hidden]`, `Parameters: {"user"=>"{word}", "password"=>"[FILTERED]", "commit"=>"Log in"}`, `--password=***** --force`, `token: ***`, `TOKEN=***`, `Set-Cookie: sid=********; Path=/`,
		`"private_key":"[PRIVATE DATA HIDDEN]"`, `x-api-key: *** redacted ***`, `password=...`, `api_key: "<masked>"`,
	}},
	{"interpolation", []string{
		`password=${DB_PASSWORD}`, `password: {{ .Values.db.password }}`, `DB_URL=postgres://${USER}:${PASSWORD}@${HOST}/app`, `token=$TOKEN`, `curl -u "$USER:$PASS" https://{word}.example`, `Authorization: Bearer $ACCESS_TOKEN`,
		`secret=%s`, `password=%(password)s`, `api_key={api_key}`, `"password": "#{password}"`, `token=$(cat /run/token)`, `PASSWORD=%PASSWORD%`, `secret: ${{ secrets.DEPLOY_KEY }}`, `password="{{ lookup('env','DB_PASS') }}"`,
		`-H "Authorization: token ${GITHUB_TOKEN}"`, `password: !vault |`, `api_key = var.api_key`, `token = data.vault_generic_secret.{word}.data["token"]`, `password=<%= ENV['DB_PASSWORD'] %>`, `secret_key_base: <%= ENV["SECRET_KEY_BASE"] %>`,
		`password = os.environ["DB_PASSWORD"]`, `token := os.Getenv("API_TOKEN")`, `const token = process.env.API_TOKEN;`, `password=@DB_PASSWORD@`, `https://{user}:{password}@{host}/{path}`, `--password "$PASSWORD"`, `mysql -u root -p"$MYSQL_ROOT_PASSWORD"`,
	}},
	{"reference", []string{
		`password: vault:secret/data/{word}#password`, `DB_PASSWORD=op://{word}/{word}/password`, `token: secret://{word}/token`, `password: @Microsoft.KeyVault(SecretUri=https://{word}.vault.azure.net/secrets/db/{hex:32})`, `secretKeyRef: {name: {word}-secret, key: password}`,
		`valueFrom: secretKeyRef`, `password: file:/run/secrets/db_password`, `api_key: env:API_KEY`,
		`{{resolve:secretsmanager:{word}:SecretString:password}}`, `ssm:/{word}/prod/db_password`, `password: arn:aws:secretsmanager:eu-west-1:{digit:12}:secret:{word}-{alnum:6}`, `sops: kms arn:aws:kms:eu-west-1:{digit:12}:key/{uuid}`, `$ANSIBLE_VAULT;1.1;AES256`,
	}},
	{"jwtlike", []string{
		`com.{word}.{word}.TokenFilter1`, `{word}.{word}.{word}:{digit:4}`, `module eyJs.core.min loaded`, `org.{word}.auth.OAuth2`, `kube-system.{word}-{lownum:10}-{lownum:5}.{hex:16}`, `stats.gauges.{word}.sessions.active 12`, `{word}-{hex:8}.{word}.svc.cluster.local`,
		`sessions.{hex:8}.{digit:10}.tmp removed`, `spark.yarn.token.renewal.exclude`, `io.jsonwebtoken.ExpiredJwtException: JWT expired at 2026-03-0{digit:1}T10:00:00Z`,
	}},
	{"idname", []string{
		`client_id={word}-web`, `user_id={digit:8}`, `sessionIdentifierType=cookie`, `token_id={digit:6}`, `key_id={hex:8}`, `kid={hex:16}`, `"keyId":"{uuid}"`, `tenant_id: {uuid}`, `AccessKeyId=AKIA****************`, `account_key_id={digit:5}`, `secret_id={word}/{word}`,
		`"authId":"{uuid}","credentialId":"{digit:6}"`, `apiKeyId={alnum:10}`, `"sessionType":"persistent","sessionState":"closed"`, `auth_provider_id={word}`, `certificate_id={digit:7}`, `"key_name":"{word}-deploy"`, `token_name={word}-ci`, `api_key_name: {word}`, `secret_version=7`, `"access_key_type":"long-lived"`,
	}},
	{"cachekey", []string{
		`cache miss key={word}:{digit:5}`, `cache_key=user:{digit:4}:profile`, `GET key="{word}:{uuid}" ttl=300`, `evicting key {word}/{word}/{hex:32}`, `key={word}.{word}.{digit:3} partition={digit:1} offset={digit:6}`, `Duplicate entry '{word}-{digit:3}' for key 'users.PRIMARY'`,
		`redis: SET {word}:lock:{digit:5} NX PX 30000`, `partition_key={uuid}`, `s3 key={word}/2026/03/{digit:2}/{uuid}.json.gz`, `"key":"{word}_{word}","value":{digit:3}`, `KeyError: 'access_token'`, `KeyError: '{word}'`, `foreign key constraint fails (key_{word}_{digit:2})`, `unique key idx_{word}_token`,
		`routing_key={word}.{word}.created`, `map key {word} not found`, `"Key":"builds/{word}/{hex:40}.tar.zst"`, `idempotency_key={uuid}`, `primary_key=id`, `sort_key=created_at`, `Idempotency-Key: {uuid}`, `dedup key: {hex:40}`, `cacheKey=v2-linux-node-{hex:64}`, `Cache restored from key: Linux-build-{hex:64}`,
		`restore-keys: linux-{word}-`, `key: ${{ runner.os }}-{word}-${{ hashFiles('go.sum') }}`, `lock key {hex:32} acquired by {word}-{digit:1}`, `sentry event key={hex:32} grouped`, `keyset={word},{word}`,
	}},
	{"prose", []string{
		`password changed for user {word}`, `password authentication failed for user "{word}"`, `FATAL:  password authentication failed for user "{word}"`, `the password must contain at least {digit:1} characters`, `Failed password for invalid user {word} from 10.{digit:1}.{digit:2}.{digit:1} port {digit:5} ssh2`,
		`Failed password for root from 192.168.{digit:1}.{digit:2} port 4{digit:4} ssh2`, `password: required`, `password: must not be empty`, `Password for {word}@EXAMPLE.COM:`, `Enter passphrase for key '/home/{word}/.ssh/id_ed25519':`, `[sudo] password for {word}:`, `invalid token: token is expired by {digit:1}m{digit:2}s`, `error: token signature is invalid`,
		`secret "{word}-tls" not found`, `failed to load secret: permission denied`, `user {word} has no password set`, `token refreshed successfully`, `api key is missing`, `API key not valid. Please pass a valid API key.`, `authentication token has expired, please login again`, `unexpected token } in JSON at position {digit:3}`, `Unexpected token '<', "<!DOCTYPE "... is not valid JSON`,
		`syntax error near unexpected token 'done'`, `mysql: [Warning] Using a password on the command line interface can be insecure.`, `Access denied for user '{word}'@'10.0.0.{digit:1}' (using password: YES)`, `password reset email sent to {word}@example.com`, `Your password will expire in {digit:2} days`, `session closed for user {word}`, `pam_unix(sshd:session): session opened for user {word}(uid={digit:4}) by (uid=0)`,
		`credentials verified: ok`, `auth: ok`, `auth=none`, `credential helper: osxkeychain`, `The security token included in the request is invalid`, `Passwords do not match`, `token=expired`, `token: invalid`, `password: incorrect`, `password incorrect`, `passphrase: wrong`, `session: created`, `secret: not found`, `pin: blocked after 3 attempts`, `otp: sent by sms`, `PIN entry cancelled`, `authorization: denied`, `authorization failed: insufficient scope`,
		`key: not found`, `key: missing`, `cookie: expired`, `password is too short`, `password is required`, `password was not accepted`, `secret key is not set`, `Token is not valid yet`, `no passwd entry for user {word}`, `token has been revoked`, `api_key: not provided`, `password = missing`,
	}},
	{"kubernetes", []string{
		`secretName: {word}-tls`, `imagePullSecrets: [{name: {word}-registry}]`, `secret/{word}-credentials created`, `Warning  FailedMount  MountVolume.SetUp failed for volume "{word}-token-{lownum:5}" : secret "{word}" not found`, `serviceAccountName: {word}`, `secretRef: {word}-env`, `kind: Secret`, `type: kubernetes.io/tls`, `type: kubernetes.io/service-account-token`,
		`existingSecret: {word}-postgresql`, `tokenSecretName: {word}-token`, `"secretName":"{word}-cert","defaultMode":420`, `pod/{word}-{hex:10}-{lownum:5} condition met`, `Normal  Pulled  kubelet  Container image "registry.example/{word}:{hex:7}" already present`, `resourceVersion: "{digit:8}"`, `uid: {uuid}`, `controller-revision-hash={hex:9}`, `pod-template-hash={hex:10}`,
		`secrets "{word}-db" is forbidden: User "system:serviceaccount:{word}:default" cannot get resource "secrets"`, `tokenreviews.authentication.k8s.io`, `--service-account-key-file=/etc/kubernetes/pki/sa.pub`, `--tls-private-key-file=/var/lib/kubelet/pki/kubelet.key`, `--authentication-token-webhook=true`, `NAME TYPE DATA AGE`, `{word}-token kubernetes.io/service-account-token 3 {digit:2}d`, `automountServiceAccountToken: false`, `keyName: tls.key`, `passwordSecret: {name: {word}, key: password}`,
		`spec.template.spec.containers[0].env[3].valueFrom.secretKeyRef.key: Required value`, `secretProviderClass: {word}-vault`,
	}},
	{"sql", []string{
		`SELECT id, password, token FROM users WHERE email = $1`, `INSERT INTO sessions (token, user_id) VALUES ($1, $2)`, `UPDATE users SET password = ? WHERE id = ?`, `ALTER TABLE users ADD COLUMN password_hash varchar(255) NOT NULL`, `CREATE INDEX idx_api_key ON keys (api_key)`, `SELECT * FROM tokens WHERE token = :token`, `CREATE TABLE secrets (id int primary key, secret text)`, `DROP USER {word}`, `Query: SELECT key, value FROM settings WHERE key = ?`,
		`duration: {digit:1}.{digit:3} ms  statement: SELECT count(*) FROM api_keys`, `binding parameter [1] as [VARCHAR] - [null]`, `column "password" of relation "users" does not exist`, `SHOW KEYS FROM {word}`, `PRIMARY KEY (id), KEY token_idx (token)`, `parameters: $1 = '{digit:3}', $2 = NULL`, `WHERE password IS NULL AND token_expires < now()`, `SELECT pg_advisory_lock({digit:9})`, `ON CONFLICT (key) DO UPDATE SET value = excluded.value`, `SET password_encryption = 'scram-sha-256'`, `IDENTIFIED WITH caching_sha2_password BY ?`,
	}},
	{"compiler", []string{
		`error: undefined identifier 'password'`, `warning: unused variable 'token' [-Wunused-variable]`, `expected ';' before 'key' token`, `error TS2339: Property 'apiKey' does not exist on type 'Config'.`, `cannot use token (variable of type string) as int value in argument`, `src/auth.rs:{digit:2}:{digit:2}: error[E0425]: cannot find value 'secret' in this scope`, `NameError: name 'password' is not defined`, `TypeError: Cannot read properties of undefined (reading 'token')`, `undefined reference to 'crypto_sign_keypair'`, `error: macro "TOKEN" requires 2 arguments, but only 1 given`,
		`javac: symbol: variable passwordEncoder`, `note: expected type 'Token', found type 'String'`, `./token.go:{digit:2}:{digit:1}: token redeclared in this block`, `DeprecationWarning: 'key' parameter is deprecated`, `go: downloading github.com/{word}/keyring v1.{digit:1}.0`, `Compiling secrecy v0.8.{digit:1}`, `[INFO] Building password-service 1.{digit:1}.0-SNAPSHOT`, `CC crypto/key_wrap.o`, `ld: warning: key_{word}.o has no symbols`, `TokenError: EOF in multi-line statement`,
	}},
	{"packages", []string{
		`Collecting keyring>={digit:2}.0`, `Downloading PyJWT-2.{digit:1}.0-py3-none-any.whl (22 kB)`, `npm http fetch GET 200 https://registry.npmjs.org/jsonwebtoken {digit:3}ms (cache hit)`, `added {digit:3} packages, and audited {digit:3} packages in {digit:1}s`, `npm warn deprecated password-validator@5.{digit:1}.0`, `Get:{digit:1} http://deb.debian.org/debian bookworm/main amd64 libpam-passwdqc amd64 2.0.{digit:1}-1 [{digit:2}.{digit:1} kB]`, `Setting up passwd (1:4.13+dfsg1-{digit:1}) ...`,
		`Fetching https://rubygems.org/gems/rotp-6.{digit:1}.0.gem`, `[INFO] Downloaded from central: https://repo.maven.apache.org/maven2/org/{word}/token-api/1.{digit:1}/token-api-1.{digit:1}.jar ({digit:2} kB at {digit:3} kB/s)`, `Using cached cryptography-4{digit:1}.0.{digit:1}-cp39-abi3-manylinux_2_28_x86_64.whl`, `> Task :auth-service:compileJava UP-TO-DATE`, `Resolving "https://proxy.golang.org/github.com/{word}/jwt/v5/@v/v5.{digit:1}.0.info"`, `rpm: warning: {word}.rpm: Header V4 RSA/SHA256 Signature, key ID {hex:8}: NOKEY`, `npm verb cache tarball: sha512-{base64:86}==`,
		`Hash of package: sha256:{hex:64} (from --require-hashes)`, `Stored in directory: /root/.cache/pip/wheels/{hex:2}/{hex:2}/{hex:2}/{hex:56}`, `Created wheel for {word}: filename={word}-1.0-py3-none-any.whl size={digit:5} sha256={hex:64}`, `Locking key {hex:40}`, `brew: ==> Pouring libsecret--0.21.{digit:1}.arm64_sonoma.bottle.tar.gz`,
	}},
	{"lockfile", []string{
		`"integrity": "sha512-{base64:86}=="`, `integrity sha512-{base64:86}==`, `resolved "https://registry.yarnpkg.com/{word}/-/{word}-1.{digit:1}.0.tgz#{hex:40}"`, `github.com/{word}/token v0.{digit:1}.0/go.mod h1:{base64:43}=`, `--hash=sha256:{hex:64}`, `checksum = "{hex:64}"`, `{word}@npm:^1.{digit:1}.0: checksum: {hex:128}`, `sha256 = "{hex:64}",`, `{file = "{word}-1.0.tar.gz", hash = "sha256:{hex:64}"},`, `narHash = "sha256-{base64:43}=";`, `"narHash": "sha256-{base64:43}="`, `"content-hash": "{hex:32}"`, `CHECKSUM: {word} (1.{digit:1}.0) sha256={hex:64}`, `h1:{base64:43}=`, `zh:{hex:64}`,
	}},
	{"flags", []string{
		`--token-file /etc/{word}/token`, `--password-stdin`, `docker login -u {word} --password-stdin registry.example`, `--key /etc/ssl/{word}.key --cert /etc/ssl/{word}.crt`, `curl --cacert ca.pem --key client.key https://{word}.example`, `-key-length 2048`, `--api-key-env API_KEY`, `--secret id=npm,src=/root/.npmrc`, `--passphrase-file=/etc/borg/pass`, `openssl rsa -in {word}.key -passin env:KEY_PASS`, `--auth-type=basic`, `--auth-mode none`, `--key-prefix {word}`, `--no-password --quiet`, `ssh -i ~/.ssh/{word}_key {word}@host`,
		`--require-auth=true`, `--session-affinity ClientIP`, `psql --no-password --host db`, `--key-algorithm ed25519`, `rsync -e "ssh -i /keys/deploy_key" a b`, `usage: {word} [--token TOKEN] [--password PASSWORD]`, `--password=PASSWORD   password to use`, `-p, --password string   Password (default "")`, `--token string   bearer token (env TOKEN)`, `mysqldump --defaults-extra-file=/etc/my.cnf {word}`,
	}},
	{"words", []string{
		`author: {word}`, `monkey: banana`, `keyboard: us layout=qwerty`, `compass: north`, `turkey: sandwich`, `hockey=ice`, `tokenizer={word}-bpe-v{digit:1}`, `secretary: {word}`, `passenger={digit:3}`, `bypass=true`, `authority={word}`, `authored by {word}`, `passive=yes`, `keynote: {word}`, `Keywords: {word}, {word}, {word}`, `keyframes {word} 0.{digit:1}s`, `passage={word}`, `compassion=high`, `signatures: 3 valid`, `whiskey: tango`, `donkey = kong`, `tokenization complete: {digit:5}`, `session_affinity: none`, `assignee={word} authors={word}`, `key-value store {word} ready`, `spinner=dots pinned={digit:2} spin=fast`, `pin_count={digit:2} opinion={word}`, `saltstack: minion {word}`, `bearing={digit:3}`, `cookiecutter template={word}`, `designated={word}`, `basalt={word}`,
	}},
	{"keys", []string{
		`keypress: Ctrl+Shift+{of:[A-Z]:1}`, `key={of:[a-z]:1} code=Key{of:[A-Z]:1}`, `KeyboardEvent key=ArrowDown`, `bindkey "^[[{of:[A-D]:1}" up-line`, `hotkey: Cmd+{of:[A-Z]:1}`, `"key":"ctrl+k ctrl+{of:[a-z]:1}","command":"workbench.action.{word}"`, `KEY_LEFTSHIFT pressed`, `key: Enter`, `keycode={digit:2}`, `input: Key(Char('{of:[a-z]:1}'))`, `shortcut key=Alt+F{digit:1}`, `accesskey="{of:[a-z]:1}"`, `keydown Backspace`, `XF86AudioPlay key released`,
	}},
	{"algorithm", []string{
		`cipher: TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`, `SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384`, `kex: algorithm: curve25519-sha256`, `signature_algorithm=sha256WithRSAEncryption`, `key_algorithm: RSA_2048`, `auth: scram-sha-256`, `password_hash_algorithm=argon2id`, `jwt alg=RS256 typ=JWT`, `kex: host key algorithm: rsa-sha2-512`, `MACs: hmac-sha2-256-etm@openssh.com`, `token_signing_alg: ES256`, `"enc":"A256GCM","alg":"RSA-OAEP-256"`, `keystore type: PKCS12`, `secret_engine=kv-v2`,
		`sasl.mechanism=SCRAM-SHA-512`, `key_type=ecdsa-p384`, `cipher suite ECDHE-ECDSA-CHACHA20-POLY1305`, `auth_method=kubernetes`, `authentication_plugin=caching_sha2_password`, `password.encoder.cipher.algorithm = AES/CBC/PKCS5Padding`, `password.encoder.keyfactory.algorithm = null`, `X-Amz-Algorithm=AWS4-HMAC-SHA256`, `key exchange: ECDH prime256v1`, `auth.mechanisms: PLAIN LOGIN XOAUTH2`, `wrap_algorithm: AES-KWP`,
	}},
	{"types", []string{
		`token: string`, `password: str`, `"password":{"type":"string","minLength":8}`, `secret: bytes`, `password String @db.VarChar(255)`, `api_key: Optional[str] = None`, `func Login(user, password string) error`, `token *Token`, `def login(self, username, password):`, `private String password;`, `public string ApiKey { get; set; }`, `interface Config { token: string; secret?: string }`, `password: Annotated[str, Field(min_length=8)]`, `"format": "password"`, `type="password" name="password"`, `<input type="password" name="pwd" id="pwd">`, `token text NOT NULL`, `secret = serializers.CharField(write_only=True)`, `password: z.string().min(8)`, `"token": {"type": "keyword"}`, `x-api-key: {type: apiKey, in: header}`, `password=forms.CharField(widget=forms.PasswordInput)`, `validates :password, presence: true`, `token: undefined`, `apiKey: null`, `password: None`, `{"password":["This field is required."]}`, `{"errors":{"password":["is too short (minimum is 8 characters)"]}}`,
	}},
	{"http", []string{
		`"GET /login?next=/account/password HTTP/1.1" 200 {digit:4}`, `Content-Type: multipart/form-data; boundary=----WebKitFormBoundary{alnum:16}`, `Sec-WebSocket-Accept: {base64:27}=`, `Content-MD5: {base64:22}==`, `Vary: Authorization, Cookie`, `Access-Control-Allow-Headers: Authorization, X-Api-Key, Content-Type`, `WWW-Authenticate: Bearer realm="{word}", error="invalid_token"`, `WWW-Authenticate: Basic realm="{word}"`, `Server: nginx/1.{digit:2}.{digit:1}`, `X-RateLimit-Remaining: {digit:4}`, `Strict-Transport-Security: max-age=31536000`, `Authorization: Bearer`, `Authorization: Basic`, `Cookie:`, `Set-Cookie: theme=dark; Path=/`, `Cookie: lang=en; theme=light`, `Content-Security-Policy: script-src 'sha256-{base64:43}='`, `Link: </page/2>; rel="next"`, `Digest: SHA-256={base64:43}=`, `ETag: "{hex:8}-{hex:3}"`, `Public-Key-Pins: pin-sha256="{base64:43}="`, `proxy_set_header Authorization "";`,
	}},
	{"settings", []string{
		`auth.enabled=true`, `password.min.length=12`, `spring.security.user.password.encoder=bcrypt`, `token.validity.seconds=3600`, `session.cookie.secure=true`, `secret.rotation.days={digit:2}`, `key.converter=org.apache.kafka.connect.storage.StringConverter`, `server.ssl.key-store-type=PKCS12`, `ssh.publickey.enabled=yes`, `PasswordAuthentication no`, `PermitEmptyPasswords no`, `AuthorizedKeysFile .ssh/authorized_keys`, `"requirePassword":true`, `use_auth_token=False`, `token_policies: [default {word}]`, `password_policy={word}-strict`, `auth_backend={word}`, `session_driver=redis`, `require_password=1`, `allow_anonymous_auth=false`, `sessionStorage: memory`, `apiKeyHeader=X-Api-Key`, `token_header_name: Authorization`, `auth_basic "Restricted";`, `password_expiry_warning=14`, `key_buffer_size=16M`, `tokenLifespanSeconds: {digit:4}`, `secretsProvider: passphrase`, `cookie_domain=.{word}.example`, `session_name={word}_session`, `csrf_enabled=true`, `jwt_issuer=https://{word}.example/`, `auth_token_header=X-Auth-Token`,
	}},
	{"terraform", []string{
		`aws_secretsmanager_secret.{word}: Refreshing state... [id=arn:aws:secretsmanager:eu-west-1:{digit:12}:secret:{word}-{alnum:6}]`, `random_password.{word}: Creation complete after 0s [id=none]`, `+ password = (sensitive value)`, `+ secret_string = (sensitive value)`, `~ token = (known after apply)`, `tls_private_key.{word}: Creating...`, `aws_key_pair.{word}: Creation complete after 1s [id={word}-key]`, `module.{word}.aws_iam_access_key.this: Read complete after 0s`, `azurerm_key_vault_secret.{word}: Still creating... [10s elapsed]`, `google_service_account_key.{word}: Refreshing state... [id=projects/{word}/serviceAccounts/{word}@{word}.iam.gserviceaccount.com/keys/{hex:40}]`, `# vault_token.{word} will be created`, `key_name = "{word}-deploy"`, `kms_key_id = (known after apply)`, `+ api_key = (known after apply)`,
	}},
	{"ci", []string{
		`##[group]Run actions/checkout@{hex:40}`, `  token: ***`, `  ssh-strict: true`, `  persist-credentials: true`, `[command]/usr/bin/git config --local http.https://github.com/.extraheader AUTHORIZATION: basic ***`, `Temporarily overriding HOME='/home/runner/_temp/{uuid}' before making global git config changes`, `GITHUB_TOKEN Permissions`, `Masking supported secrets`, `[Pipeline] withCredentials`, `Masking supported pattern matches of $PASSWORD or $TOKEN`, `using credential {word}-deploy-key`, ` > git fetch --tags --force --progress -- https://github.com/{word}/{word}.git +refs/heads/*:refs/remotes/origin/* # timeout=10`, `section_start:17{digit:8}:prepare_executor`, `$ docker login -u "$CI_REGISTRY_USER" -p "$CI_REGISTRY_PASSWORD" $CI_REGISTRY`, `Authenticating with credentials from job payload (GitLab Registry)`, `Runner token verified, id={digit:3}`, `Uploading artifacts as "archive" to coordinator... 201 Created id={digit:8} responseStatus=201 Created token=64_***`, `TASK [{word} : create password file] ****`, `changed: [{word}-{digit:1}] => (item=None)`, `ok: [{word}] => {"censored": "the output has been hidden due to the fact that 'no_log: true' was specified for this result"}`, `credentialsId: {word}-ssh`, `secrets: inherit`,
	}},
	{"kafka", []string{
		`[Producer clientId={word}-1] ProducerId set to {digit:4} with epoch 0`, `sasl.kerberos.service.name = null`, `sasl.oauthbearer.token.endpoint.url = null`, `ssl.truststore.password = null`, `delegation.token.secret.key = null`, `delegation.token.max.lifetime.ms = 604800000`, `sasl.login.class = null`, `key.deserializer = class org.apache.kafka.common.serialization.ByteArrayDeserializer`, `Kafka commitId: {hex:16}`, `Cluster ID: {base64url:22}`, `topicId={base64url:22} partition={digit:1}`, `memberId={word}-1-{uuid}, generationId={digit:2}`, `security.inter.broker.protocol = SASL_SSL`, `sasl.enabled.mechanisms = [GSSAPI]`, `password.encoder.secret = null`, `ssl.keystore.key = null`, `session.timeout.ms = 45000`,
	}},
	{"cloudaudit", []string{
		`"userIdentity":{"type":"AssumedRole","principalId":"AROA{upnum:17}:{word}","arn":"arn:aws:sts::{digit:12}:assumed-role/{word}/{word}"}`, `"eventName":"GetSecretValue","requestParameters":{"secretId":"{word}/prod"},"responseElements":null`, `"eventName":"CreateAccessKey","requestParameters":{"userName":"{word}"}`, `"sessionContext":{"attributes":{"mfaAuthenticated":"false","creationDate":"2026-03-02T09:14:07Z"}}`, `"eventType":"AwsApiCall","recipientAccountId":"{digit:12}","eventID":"{uuid}"`, `"authorizationInfo":[{"permission":"secretmanager.versions.access","granted":true}]`, `"callerIp":"10.0.{digit:1}.{digit:2}","authenticationInfo":{"principalEmail":"{word}@{word}.iam.gserviceaccount.com"}`, `"annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC: allowed by ClusterRoleBinding \"{word}\""}`, `"requestURI":"/api/v1/namespaces/{word}/secrets/{word}-tls","verb":"get","user":{"username":"system:node:{word}"}`, `"tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256"}`, `"keyId":"arn:aws:kms:eu-west-1:{digit:12}:key/{uuid}","encryptionContext":{"SecretARN":"arn:aws:secretsmanager:eu-west-1:{digit:12}:secret:{word}-{alnum:6}"}`, `"operationName":"SecretGet","resultType":"Success","correlationId":"{uuid}"`},
	},
	{"vault", []string{
		`"auth":{"client_token":"hmac-sha256:{hex:64}","accessor":"hmac-sha256:{hex:64}","policies":["default"]}`, `"request":{"id":"{uuid}","operation":"read","client_token":"hmac-sha256:{hex:64}","path":"secret/data/{word}"}`, `core: security barrier not initialized`, `expiration: revoked lease: lease_id=auth/token/create/h{hex:64}`, `token store: renewed path=auth/token/renew-self`, `secrets.kv: upgrading keys`, `identity: groups restored`, `lease_duration={digit:5} renewable=true`, `"wrap_info":null,"token_type":"service"`, `seal: auto-unseal key retrieved`, `vault: post-unseal setup complete`,
	}},
	{"ssh", []string{
		`debug1: identity file /home/{word}/.ssh/id_rsa type 0`, `debug1: Offering public key: /home/{word}/.ssh/id_ed25519 ED25519 SHA256:{base64:43}`, `debug1: Authentications that can continue: publickey,password,keyboard-interactive`, `debug1: Next authentication method: password`, `debug2: key: /home/{word}/.ssh/id_dsa ((nil))`, `debug1: Server accepts key: /home/{word}/.ssh/id_rsa RSA SHA256:{base64:43} agent`, `debug3: receive packet: type 51`, `debug1: kex: server->client cipher: chacha20-poly1305@openssh.com MAC: <implicit> compression: none`, `Connection closed by authenticating user {word} 10.0.0.{digit:1} port {digit:5} [preauth]`, `Invalid user {word} from 10.0.{digit:1}.{digit:2} port {digit:5}`, `debug1: SSH2_MSG_KEXINIT sent`, `Postponed keyboard-interactive for {word} from 10.0.0.{digit:1}`, `error: maximum authentication attempts exceeded for {word}`, `debug1: ssh_rsa_verify: signature correct`,
	}},
	{"systemd", []string{
		`systemd[1]: Started Dispatch Password Requests to Console.`, `systemd-logind[{digit:3}]: New session c{digit:1} of user {word}.`, `sudo: {word} : TTY=pts/0 ; PWD=/home/{word} ; USER=root ; COMMAND=/usr/bin/passwd {word}`, `polkitd[{digit:3}]: Registered Authentication Agent for unix-session:{digit:1}`, `gdm-password]: gkr-pam: unlocked login keyring`, `kernel: Key type dns_resolver registered`, `kernel: Loaded X.509 cert '{word}: {hex:40}'`, `kernel: integrity: Loading X.509 certificate: UEFI:db`, `passwd[{digit:4}]: password for '{word}' changed by 'root'`, `useradd[{digit:4}]: new user: name={word}, UID={digit:4}, GID={digit:4}, home=/home/{word}, shell=/bin/bash`, `unix_chkpwd[{digit:5}]: password check failed for user ({word})`, `audit: type=1103 audit(17{digit:8}.{digit:3}:{digit:3}): pid={digit:4} uid=0 auid=4294967295 ses=4294967295 msg='op=PAM:setcred acct="{word}" exe="/usr/sbin/sshd" res=success'`, `su: pam_unix(su-l:auth): authentication failure; logname={word} uid={digit:4}`, `dbus-daemon: Activating service name='org.freedesktop.secrets'`, `cron[{digit:4}]: pam_unix(cron:session): session closed for user root`},
	},
	{"database", []string{
		`[{word}] FATAL: no pg_hba.conf entry for host "10.0.0.{digit:1}", user "{word}", database "{word}"`, `connection authorized: user={word} database={word} SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)`, `connection authenticated: identity="{word}" method=scram-sha-256 (/etc/postgresql/pg_hba.conf:{digit:2})`, `{"t":{"$date":"2026-03-02T09:14:07.123Z"},"s":"I","c":"ACCESS","id":{digit:5},"msg":"Authentication succeeded","attr":{"mechanism":"SCRAM-SHA-256","principalName":"{word}"}}`, `MongoServerError: E11000 duplicate key error collection: {word}.users index: email_1 dup key: { email: "{word}@example.com" }`, `Slow query: lookup on key PRIMARY took {digit:3} ms`, `WRONGPASS invalid username-password pair or user is disabled.`, `NOAUTH Authentication required.`, `ERR AUTH <password> called without any password configured for the default user.`, `ORA-01017: invalid username/password; logon denied`, `ORA-00001: unique constraint ({word}.PK_KEY) violated`, `SQLSTATE[28000] [1045] Access denied for user '{word}'@'localhost' (using password: NO)`, `connection string: host=db port=5432 dbname={word} sslmode=disable`, `LOG:  could not receive data from client: Connection reset by peer`, `Server=tcp:{word}.database.windows.net,1433;Initial Catalog={word};Encrypt=True;Authentication=Active Directory Default`, `Data Source={word};Integrated Security=True;`,
	}},
	{"rails", []string{
		`Started POST "/users/password" for 10.0.0.{digit:1} at 2026-03-02 09:14:07 +0000`, `Processing by Devise::PasswordsController#create as HTML`, `Can't verify CSRF token authenticity.`, `Completed 422 Unprocessable Content in {digit:2}ms (ActiveRecord: {digit:1}.{digit:1}ms)`, `User Load ({digit:1}.{digit:1}ms)  SELECT "users".* FROM "users" WHERE "users"."reset_password_token" IS NULL LIMIT 1`, `Filter chain halted as :authenticate_user! rendered or redirected`, `{"message":"The given data was invalid.","errors":{"password":["The password field is required."]}}`, `Illuminate\Session\TokenMismatchException: CSRF token mismatch.`, `django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.`, `Forbidden (CSRF token missing.): /login/`, `Using generated security password: ********`, `Rendered devise/passwords/new.html.erb within layouts/application ({digit:2}.{digit:1}ms)`, `DEBUG o.s.s.w.a.AnonymousAuthenticationFilter - Set SecurityContextHolder to anonymous SecurityContext`, `o.s.security.web.csrf.CsrfFilter : Invalid CSRF token found for http://localhost:8080/login`, `AuthenticationError: jwt malformed`, `passport: deserializing user id={digit:5}`, `[nest] AuthModule dependencies initialized +{digit:1}ms`,
	}},
	{"session", []string{
		`session 0x{hex:16} established, negotiated timeout = 30000`, `Closing session: 0x{hex:15}`, `Processed session termination for sessionid: 0x{hex:15}`, `New session: {digit:5}`, `session={digit:6} seq={digit:3}`, `LogonId: 0x{HEX:5}`, `S-1-5-21-{digit:10}-{digit:10}-{digit:9}-{digit:4}`, `Logon GUID: {{uuid}}`, `tmux: session {word} created`, `TLS session ticket lifetime hint: 7200 (seconds)`, `Session-ID: {HEX:64}`, `sess_count={digit:3}`, `LSASS: token elevation type %%1936`, `wsgi session saved: modified=False`},
	},
	{"hexdump", []string{
		`{hex:8}  {hex:2} {hex:2} {hex:2} {hex:2} {hex:2} {hex:2} {hex:2} {hex:2}  |........|`, `0x{hex:4}:  {hex:4} {hex:4} {hex:4} {hex:4} {hex:4} {hex:4} {hex:4} {hex:4}`, `RIP: 0033:0x{hex:12} RSP: 002b:{hex:16}`, `#{digit:1}  0x{hex:16} in key_lookup () from /lib/libc.so.6`, `goroutine {digit:2} [running]: main.(*Auth).token(0x{hex:10}, {0x{hex:6}, 0x{hex:2}})`, `rax: {hex:16} rbx: {hex:16} key: 0`, `Call Trace: key_alloc+0x{hex:3}/0x{hex:3}`, `ptr=0x{hex:12} key=0x{hex:8}`, `mac {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2} auth ok`, `wlan0: associated aid={digit:1} auth=open`, `WPA: Key negotiation completed with {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2} [PTK=CCMP GTK=CCMP]`},
	},
	{"placeholder", []string{
		`password=<your-password>`, `api_key: YOUR_API_KEY`, `token=<TOKEN>`, `export API_KEY=<api key here>`, `Authorization: Bearer <token>`, `Authorization: Bearer YOUR_TOKEN`, `"secret":"<secret>"`, `AWS_SECRET_ACCESS_KEY=YOUR_SECRET_KEY`, `https://<user>:<password>@{word}.example/`, `postgres://<username>:<password>@localhost/{word}`, `curl -u <user>:<password> https://{word}.example`, `password: "<insert password>"`, `x-api-key: {{apiKey}}`, `token: "<access_token>"`, `--token=<token>`, `client_secret: <client-secret>`, `"api_key":"your-api-key-here"`, `password=[password]`, `api_key=<redacted:api_key>`},
	},
	{"model", []string{
		`tokenizer.json: 100% {digit:1}.{digit:2}M/{digit:1}.{digit:2}M`, `eos_token='</s>' bos_token='<s>'`, `special_tokens_map={'pad_token': '[PAD]', 'unk_token': '<unk>'}`, `pad_token_id={digit:5} eos_token_id={digit:5}`, `"stop_token":"<|endoftext|>"`, `next token logits: -{digit:1}.{digit:3}`, `token type ids: [0, 0, 1]`, `llama_model_loader: - kv   3: tokenizer.ggml.model str = gpt2`, `EOS token = {digit:3} '</s>'`, `BOS token = 1 '<s>'`, `max_new_tokens={digit:3}, do_sample=True`, `key_cache shape (1, {digit:2}, {digit:3}, 128)`, `attn.key.weight torch.Size([{digit:3}, {digit:3}])`, `vocab token '<0x0{of:[0-9A]:1}>' is not marked as control`, `mask_token=[MASK] sep_token=[SEP]`},
	},
	{"encodedtext", []string{
		`message={b64:the quick {word} jumps over the {word}}`, `"data":"{b64:{"event":"{word}","count":{digit:3}}}"`, `payload={b64:<html><body>{word} {word}</body></html>}`, `state={b64url:{word}={digit:4}}`, `body={pct:a b c {word}}`, `Subject: =?UTF-8?B?{b64:{word} {word} {word}}?=`, `etag={b64:{digit:10}}`, `"value":"{b64:{word}}"`, `filter={pct:name eq '{word}'}`, `kafka key={b64:{word}-{digit:4}}`,
	}},
	{"events", []string{
		`{"level":"info","event":"password_changed","user":"{word}"}`, `event=token.refreshed user={word} ok=true`, `action=CREATE_API_KEY actor={word}`, `"type":"user.session.start","outcome":"SUCCESS"`, `metric=auth.token.issued value={digit:3}`, `auth_token_requests_total{code="200"} {digit:4}`, `process_secret_sync_seconds_bucket{le="0.5"} {digit:3}`, `feature_flag=password_less_login enabled=true`, `job=rotate-secrets status=done`, `topic=auth.session.created`, `permission=secrets.read denied user={word}`, `scope="openid profile token:read"`, `grant_type=password`, `grant_type=refresh_token&client_id={word}`, `token_use=access`, `reason=bad_password`, `error=invalid_grant error_description="Invalid user credentials"`, `credential_type=password`, `auth_type=api_key`, `authentication=token`, `policy=password-policy`, `template=password_reset_email`, `queue=secret-rotation depth={digit:2}`, `route=/auth/token`, `type=PASSWORD_RESET`, `mfa=otp`, `login_method=passkey`, `authn: method=oidc`, `key rotation=automatic`},
	},
	{"tokensthing", []string{
		`token 'EOF' expected`, `Token{type=IDENT, text='{word}', line={digit:2}}`, `Token(type=NUMBER, value={digit:3})`, `unexpected token: {word}`, `token=IDENT pos={digit:3}`, `lexer: token={word} kind=keyword`, `csrf check: token matches`, `ERC20 token=USDC amount={digit:4}`, `token: USDT`, `token_symbol=WETH`, `"token":"BTC","price":"{digit:5}.{digit:2}"`, `transfer token 0x{hex:40} to 0x{hex:40}`, `token bucket: rate={digit:3}/s burst={digit:3}`, `design token color-primary=#{hex:6}`, `ring token={digit:19} owner={word}`, `Token range: ({digit:19},{digit:19}]`, `nodetool: tokens: 256`, `ownership token -{digit:19}`},
	},
	{"pwd", []string{
		`PWD=/home/{word}/src`, `OLDPWD=/var/lib/{word}`, `pwd: /workspace/{word}`, `SSH_AUTH_SOCK=/tmp/ssh-{alnum:12}/agent.{digit:4}`, `XAUTHORITY=/home/{word}/.Xauthority`, `GPG_TTY=/dev/pts/{digit:1}`, `KEYBOARD_LAYOUT=us`, `SESSION_MANAGER=local/{word}:@/tmp/.ICE-unix/{digit:4},unix/{word}:/tmp/.ICE-unix/{digit:4}`, `DESKTOP_SESSION=gnome`, `XDG_SESSION_ID=c{digit:1}`, `XDG_SESSION_TYPE=wayland`, `INVOCATION_ID={hex:32}`, `DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus`, `GNOME_KEYRING_CONTROL=/run/user/1000/keyring`, `JOURNAL_STREAM=8:{digit:5}`, `SSH_CONNECTION=10.0.0.{digit:1} {digit:5} 10.0.0.2 22`, `GOPRIVATE=github.com/{word}`, `JWT_ALGORITHM=RS256`, `TOKEN_ISSUER={word}`, `AUTH_MODE=ldap`, `PGPASSFILE=/root/.pgpass`, `CI_JOB_TOKEN_SCOPE_ENABLED=true`},
	},
	{"graphql", []string{
		`query Login($password: String!) { login(password: $password) { token } }`, `{"query":"mutation($token: String!){ verify(token: $token){ ok } }","variables":null}`, `field 'token' is not defined on type 'User'`, `Variable "$password" of required type "String!" was not provided.`, `"operationName":"RefreshToken","variables":{}`, `Cannot query field "apiKey" on type "Viewer".`, `"path":["login","token"],"locations":[{"line":{digit:1},"column":{digit:1}}]`},
	},
	{"i18n", []string{
		`Passwort vergessen? Bitte klicken Sie hier`, `mot de passe: obligatoire`, `contraseña: campo requerido`, `senha: obrigatória`, `"password_label":"Mot de passe"`, `password.placeholder=Enter your password`, `token.expired.message=Your session has expired`, `errors.password.mismatch=Passwords do not match`, `"passwordHint":"At least 8 characters"`, `msgid "password"`, `login.password.title=Choose a new password`, `"forgotPassword": "Forgot your password?"`, `"token": "Token"`, `auth.failed: 'These credentials do not match our records.'`},
	},
	{"diff", []string{
		`-  password_hash: string;`, `+  token, err := s.issue(ctx, user)`, `+    "auth": "^2.{digit:1}.0",`, `-import { getToken } from './auth/token';`, `+++ b/internal/secret/secret.go`, `rename from auth/token.go`, `+	key := sha256.Sum256(data)`, `-	password := r.FormValue("password")`, `+  secret = get_secret(name)`, `+    self.api_key = api_key`, `-  apiKey: config.apiKey,`, `+const token = await getAccessToken();`, `+        password = getpass.getpass()`, `-    token = request.headers.get("Authorization")`, `+  key = hashlib.sha256(payload).hexdigest()`, `+	req.Header.Set("Authorization", "Bearer "+token)`, `+    headers = {"Authorization": f"Bearer {token}"}`, `+  password: user.password,`, `+ return token == expected`, `-    secret=settings.SECRET_KEY,`, `+  .setPassword(properties.getPassword())`, `+  sessionKey = generateKey();`},
	},
}
