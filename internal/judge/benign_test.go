package judge

import (
	"encoding/base64"
	"strings"
	"testing"
)

// der is base64 of a SEQUENCE's beginning and enough zeros.
func der(header ...byte) string {
	return base64.StdEncoding.EncodeToString(append(header, make([]byte, 64)...))
}

func TestBenign(t *testing.T) {
	for why, values := range map[Reason][]string{
		Empty:  {"null", "true", "-"},
		Number: {"12345", "-1.5", "1,234", "10MB", "1h30m", "250ms", "0x1fffff", "99%", "1700000000000"},
		UUID: {"550e8400-e29b-41d4-a716-446655440000", "{550E8400-E29B-41D4-A716-446655440000}", "req-550e8400-e29b-41d4-a716-446655440000",
			"urn:uuid:550e8400-e29b-41d4-a716-446655440000"},
		Commit:      {randHex},
		ShortHash:   {"a1b2c3d", "0f1e2d3c4b5a"},
		Digest:      {"sha256:" + randHex + randHex[:24], "sha1-" + base64.StdEncoding.EncodeToString(make([]byte, 20)), "md5:" + randHex[:32]},
		Fingerprint: {"SHA256:" + random + random[:11], strings.TrimSuffix(strings.Repeat("a1:", 16), ":")},
		ULID:        {"01ARZ3NDEKTSV4RRFFQ69G5FAV"},
		Trace:       {"00-" + randHex[:32] + "-" + randHex[:16] + "-01"},
		ETag:        {`W/"abc123"`, `"` + randHex[:32] + `-12"`},
		Resource:    {"arn:aws:iam::123456789012:role/reader", "i-0abcdef1234567890", "projects/my-project/topics/orders"},
		SystemID:    {"S-1-5-21-1004336348-1177238915", "0000:00:1f.2", "system_u:object_r:httpd_t:s0", "0x00112233445566778899aabbccddeeff00112233"},
		URL:         {"https://example.com/a/b?page=2", "redis://cache.internal:6379/0", "https://login.example.com/oauth/authorize"},
		Email:       {"bob.smith@example.com"},
		Host:        {"db-01.prod.internal:5432", "example.com", "kafka-1.internal:9092,kafka-2.internal:9092", "localhost:8080"},
		IP:          {"10.0.0.1", "10.0.0.1:80", "10.0.0.0/8", "::1", "fe80::1%eth0", "[2001:db8::1]:443", "2001:db8:0:0:0:0:0:1"},
		MAC:         {"00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E"},
		Path: {"/usr/local/bin", "./config/server.yaml", "~/.ssh/config", `C:\Users\bob\file.txt`,
			"/var/lib/docker/overlay2/" + randHex + "/merged", "kubernetes.io/service-account-token"},
		Version:  {"v1.2.3", "1.0.0-rc.1", "2.4.1-SNAPSHOT", "1.26.8"},
		Time:     {"2024-05-01T10:00:00Z", "2024-05-01", "10:00:00.123", "Mon, 02 Jan 2006 15:04:05 GMT"},
		Sequence: {"abcdefghijklmnop", "0123456789abcdef", "aaaaaaaab", "qwertyuiop"},
		Object:   {"java.lang.Object@1a2b3c4d", "Foo::Bar", "com.example.Outer$Inner"},
		Words: {"mySecretHandlerFactory", "ActiveDirectoryPassword", "us-east-1", "true-horse", "SERVICE_ACCOUNT", "AES-256-GCM", "HMAC-SHA256",
			"the quick brown fox", "application-server-02"},
		Label:     {"task_1445144423722_0020_m_000008", "R00-M0-N2-C:J10-U11", "rdd_42_12345"},
		File:      {"iVBORw0KGgo" + random, "data:image/png;base64,xyz", "H4sIA" + random},
		Encrypted: {"ENC[AES256_GCM,data:abc,iv:def,tag:ghi,type:str]", "ENC(" + random + ")", "{cipher}" + randHex},
		Boundary:  {"----WebKitFormBoundary" + random[:16]},
		Public: {"ssh-ed25519 AAAA" + random, "-----BEGIN PUBLIC KEY-----\nabc", "-----BEGIN CERTIFICATE-----\nabc",
			der(0x30, 0x82, 3, 1, 0x30, 0x82, 2, 1, 0xa0, 3, 2, 1, 2, 2, 1, 1), // certificate
			der(0x30, 0x82, 1, 0x22, 0x30, 13, 6, 9, 0x2a, 0x86, 0x48),         // public key
			`{"kty":"RSA","n":"x","e":"AQAB"}`},
		None: {random, randHex[:32], randHex + randHex[:24], random[:16], "P@ssw0rd123", "hunter2!x", "[REDACTED:hunter2]",
			"-----BEGIN PRIVATE KEY-----\nabc", "-----BEGIN CERTIFICATE-----\nx\n-----BEGIN RSA PRIVATE KEY-----",
			der(0x30, 0x82, 4, 0xbe, 2, 1, 0, 0x30, 13, 6, 9, 0x2a), // PKCS #8
			"https://bob:" + random[:12] + "@example.com/", "https://hooks.example.com/services/T0/" + random,
			"https://example.com/cb?code=" + random, "/" + random, "S-1-" + random, `{"kty":"RSA","d":"x"}`,
			"sha256:" + random, "v1." + random, "$2b$12$" + random, "AB12-CD34-EF56-GH78", "sk-550e8400-e29b-41d4-a716-446655440000",
			"live_" + random},
	} {
		for _, v := range values {
			if got := Benign([]byte(v)); got != why {
				t.Errorf("%q: %v, want %v", v, got, why)
			}
		}
	}
	for r := range reasons {
		if Reason(r).String() == "" {
			t.Errorf("reason %d has no name", r)
		}
	}
}
