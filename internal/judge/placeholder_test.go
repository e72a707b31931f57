package judge

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"testing"
)

// jwtIO builds the sample token of jwt.io.
func jwtIO() string {
	enc := base64.RawURLEncoding
	head := enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." +
		enc.EncodeToString([]byte(`{"sub":"1234567890","name":"John Doe","iat":1516239022}`))
	mac := hmac.New(sha256.New, []byte("your-256-bit-secret"))
	mac.Write([]byte(head))
	return head + "." + enc.EncodeToString(mac.Sum(nil))
}

func TestPlaceholder(t *testing.T) {
	holds(t, Placeholder,
		[]string{"$DB_PASSWORD", "${DB_PASSWORD}", "${DB_PASSWORD:-}", "${env:DB_PASS}", "${db.password}", "${{ secrets.TOKEN }}", "$1", "$$DB_PASS",
			"%DB_PASS%", "%s", "%v", "%+v", "%(password)s", "{}", "{0}", "{password}", "{{ .Values.password }}", "{{token}}", "<% secret %>", "<%= @key %>",
			"#{password}", "@DB_PASS@", "!Ref DatabasePassword", "$(cat /run/secrets/db)", "$password", "$db_password", ":password", "@password",
			"process.env.API_KEY", `os.environ["API_KEY"]`, "os.getenv('DB_PASS')",
			"vault:secret/data/db#password", "secret://prod/db", "op://vault/item/field",
			"@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/x)", "projects/p1/secrets/db/versions/latest", "file:/run/secrets/db",
			"env:DB_PASS", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-x1", "valueFrom",
			"<your-token>", "<YOUR_API_KEY>", "<password>", "<api key>", "YOUR_API_KEY", "your-token-here", "[your token]", "INSERT_TOKEN_HERE",
			"replace-with-your-key", "PLACEHOLDER",
			"AKIA" + "IOSFODNN7" + "EXAMPLE", "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY", jwtIO()},
		[]string{"", "hunter2", "true-horse", "${DB:-hunter2}", "${DB_PASS:hunter2}", "$ecret123", "$Passw0rd", "$hunter", "P$password", "{hunter2}",
			"<hunter2>", "<k8Jq-2mX>", "my-password", "changeme", "admin", "secret", "test", "password", "123456", "YOUR_API_KEY" + random, "x${DB}",
			"${DB}x", "%hunter2", `{{ "hunter2" }}`, "vault:hunter2", "env:hunter2", "file:hunter2", "@hunter2", "EXAMPLE", random + "EXAMPLE",
			"hunter2EXAMPLEKEY", "token", "api-key", "your", jwtIO() + "x", "$(echo 'hunter2')"})
}
