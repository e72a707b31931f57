package cluster

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/aws_msk_iam_v2"
)

// alone takes everything out of the environment that AWS's chain looks at.
func alone(t *testing.T) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	none := filepath.Join(t.TempDir(), "none")
	t.Setenv("AWS_CONFIG_FILE", none)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", none)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// sign is AWS's signature, version 4, of a request to connect, with its parameters
// in the query
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
func sign(host, key, secret, session, region string, at time.Time) string {
	day, now := at.Format("20060102"), at.Format("20060102T150405Z")
	scope := day + "/" + region + "/kafka-cluster/aws4_request"
	query := url.Values{"Action": {"kafka-cluster:Connect"}, "X-Amz-Algorithm": {"AWS4-HMAC-SHA256"}, "X-Amz-Credential": {key + "/" + scope},
		"X-Amz-Date": {now}, "X-Amz-Expires": {"300"}, "X-Amz-SignedHeaders": {"host"}, "X-Amz-Security-Token": {session}}
	request := "GET\n/\n" + query.Encode() + "\nhost:" + host + "\n\nhost\n" + digest("")
	mac := []byte("AWS4" + secret)
	for _, part := range []string{day, region, "kafka-cluster", "aws4_request", "AWS4-HMAC-SHA256\n" + now + "\n" + scope + "\n" + digest(request)} {
		h := hmac.New(sha256.New, mac)
		h.Write([]byte(part))
		mac = h.Sum(nil)
	}
	return hex.EncodeToString(mac)
}

func digest(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

func TestMSK(t *testing.T) {
	alone(t)
	key, secret, session := "AKI"+"A"+strings.Repeat("Q7", 8), strings.Repeat("a secret of AWS/", 2), "session+of/AWS=="
	t.Setenv("AWS_ACCESS_KEY_ID", key)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
	t.Setenv("AWS_SESSION_TOKEN", session)
	t.Setenv("AWS_REGION", "eu-west-1")
	at := time.Date(2026, 1, 31, 15, 4, 5, 0, time.UTC)
	for region, want := range map[string]string{"": "eu-west-1", "us-east-2": "us-east-2"} {
		m, err := SASL{Mechanism: "AWS_MSK_IAM", Region: region}.mechanism()
		if err != nil || m.Name() != "AWS_MSK_IAM" {
			t.Fatal(m, err)
		}
		m.(*aws_msk_iam_v2.Mechanism).SignTime = at
		ctx := sasl.WithMetadata(t.Context(), &sasl.Metadata{Host: "b-1.example", Port: 9098})
		session2, first, err := m.Start(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal(first, &got); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"version": "2020_10_22", "host": "b-1.example", "action": "kafka-cluster:Connect", "x-amz-algorithm": "AWS4-HMAC-SHA256",
			"x-amz-credential": key + "/20260131/" + want + "/kafka-cluster/aws4_request", "x-amz-date": "20260131T150405Z", "x-amz-expires": "300",
			"x-amz-signedheaders": "host", "x-amz-security-token": session, "x-amz-signature": sign("b-1.example", key, secret, session, want, at),
		} {
			if got[name] != want {
				t.Errorf("%s: %q, want %q", name, got[name], want)
			}
		}
		if strings.Contains(string(first), secret) {
			t.Error("the secret key is sent")
		}
		if done, _, err := session2.Next(ctx, []byte(`{}`)); !done || err != nil {
			t.Errorf("the broker's answer: %v, %v", done, err)
		}
	}
}

// TestMSKErrors: without a region nothing is made, without credentials nothing
// connects, and no error quotes what was found instead.
func TestMSKErrors(t *testing.T) {
	alone(t)
	if _, err := New(Config{Brokers: []string{"a:1"}, SASL: SASL{Mechanism: "AWS_MSK_IAM"}}); err == nil || !strings.Contains(err.Error(), "no region") {
		t.Errorf("without a region: %v", err)
	}
	m, err := SASL{Mechanism: "AWS_MSK_IAM", Region: "eu-west-1"}.mechanism()
	if err != nil {
		t.Fatal(err)
	}
	ctx := sasl.WithMetadata(t.Context(), &sasl.Metadata{Host: "b-1.example"})
	if _, _, err := m.Start(ctx); err == nil || !strings.Contains(err.Error(), "no credentials") {
		t.Errorf("without credentials: %v", err)
	}
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte("[default]\ncredential_process = echo hunter2-and-more\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", file)
	if m, err = (SASL{Mechanism: "AWS_MSK_IAM", Region: "eu-west-1"}).mechanism(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.Start(ctx); err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, err), "hunter2") {
		t.Errorf("the error of a program: %v", err)
	}
}
